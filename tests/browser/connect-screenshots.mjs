/** Renders the pictures of docs/connecting-fotoware.md: node browser/connect-screenshots.mjs */
import { fileURLToPath } from 'node:url';
import { openBrowser, openPage, startLysbord } from './lysbord.mjs';
import { standInTunnel } from './tunnel.mjs';

const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));
/** The stand-in's own address would mislead a reader. */
const SHOWN = 'ab12-cd34.ngrok-free.app';

const tunnel = await standInTunnel();
await tunnel.install();
const lysbord = await startLysbord(tunnel.env);
const browser = await openBrowser();
try {
  const { page } = await openPage(browser, lysbord.ui, {
    colorScheme: 'dark',
    viewport: { width: 1200, height: 820 },
  });
  const shot = async (name) => {
    await page.mouse.move(0, 0);
    await page.waitForTimeout(600);
    await page.screenshot({ path: `${DOCS}${name}.png` });
  };
  await page.route(/\/api\/(reach|reach\/tunnel|status)$/, async (route) => {
    const answer = await route.fetch();
    const body = await answer.text();
    await route.fulfill({ response: answer, body: body.replaceAll(/localhost:\d+/g, SHOWN) });
  });
  const press = (name) => page.getByRole('button', { name, exact: true }).click();

  await page.getByRole('textbox', { name: 'Address of a Fotoware site' }).fill('https://example.fotoware.cloud');
  await press('Next');
  await page.getByRole('radio', { name: /^Through a tunnel/ }).check();
  await press('Start ngrok');
  await page.getByText(`https://${SHOWN}`, { exact: true }).waitFor();
  await shot('first-start');

  await press('Next');
  await page.getByRole('img', { name: /Site Configuration/ }).waitFor();
  await shot('first-start-webhooks');

  await press('Next');
  await page.getByText(`Test delivery arrived through ${SHOWN}`).waitFor();
  await lysbord.tell('ingest only');
  await page.getByText('The first notice has arrived').waitFor();
  await page.getByRole('main').locator('img[alt=""]').waitFor();
  await shot('first-notice');
} finally {
  await browser.close();
  await lysbord.end();
  await tunnel.end();
}
