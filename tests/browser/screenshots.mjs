/** Renders the pictures of the documents from the running program: node browser/screenshots.mjs */
import { fileURLToPath } from 'node:url';
import { openBrowser, openPage, picturesLoaded, startLysbord } from './lysbord.mjs';

const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));
const ASSETS = 60;

const lysbord = await startLysbord();
const browser = await openBrowser();
try {
  const { page } = await openPage(browser, lysbord.ui, { colorScheme: 'dark' });
  const shot = async (name) => {
    await page.waitForTimeout(600);
    await page.screenshot({ path: `${DOCS}${name}.png` });
  };
  const tiles = page.locator('.table [role=option]');

  await page.getByText('Your light table is ready').waitFor();
  await shot('first-start');

  // At an archive's own pace, so that the figures in the status line are an archive's as well.
  await lysbord.play(ASSETS, 3);
  await page.reload();
  await tiles.first().waitFor();
  await picturesLoaded(page);
  await richest(page, tiles);
  await page.getByRole('tab', { name: /Versions/ }).click();
  await shot('gallery-dark');

  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByRole('tab', { name: 'Info' }).click();
  await shot('gallery-light');

  await page.emulateMedia({ colorScheme: 'dark' });
  await page.getByRole('tab', { name: 'Payload' }).click();
  await page.getByRole('treeitem').first().waitFor();
  await shot('inspector');

  await tiles.nth(1).click();
  await tiles.nth(8).click({ modifiers: ['Shift'] });
  await page
    .getByRole('main')
    .getByRole('button', { name: /^Export/ })
    .click();
  await page.getByRole('dialog').waitFor();
  await shot('export');
} finally {
  await browser.close();
  await lysbord.end();
}

/** Selects the tile in view that has the most to tell, in letters that most readers of the documents read. */
async function richest(page, tiles) {
  const ids = await tiles.evaluateAll((all) => all.map((tile) => tile.dataset.asset));
  const assets = await Promise.all(ids.map((id) => lysbord.ask(`/assets/${id}`)));
  const worth = ({ title, versions, state, preview }) =>
    state === 'present' && preview.state === 'kept' && /\p{Script=Latin}/u.test(title)
      ? versions.reduce((sum, { changes }) => sum + 1 + changes.length, 0)
      : 0;
  const inView = await tiles.evaluateAll(
    (all) => all.filter((tile) => tile.getBoundingClientRect().bottom < innerHeight - 40).length,
  );
  const best = assets
    .slice(0, inView)
    .reduce((best, asset, nth) => (worth(asset) > worth(assets[best]) ? nth : best), 0);
  await tiles.nth(best).click();
  await page.getByRole('complementary', { name: 'Inspector' }).getByRole('tab').first().waitFor();
}
