/** What the page says of what is wrong. The program says so in these tests through its own API, with a word put in. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, openPage, picturesLoaded, startLysbord, until } from './lysbord.mjs';

/** @type {import('./lysbord.mjs').Running} */
let lysbord;
let browser;
let page;
let complaints;

before(async () => {
  lysbord = await startLysbord();
  await lysbord.play(6, 50);
  browser = await openBrowser();
  ({ page, complaints } = await openPage(browser, lysbord.ui));
});

after(async () => {
  // The page asks until it is closed: an answer that is on its way then is no fault.
  await page?.unrouteAll({ behavior: 'ignoreErrors' });
  await browser?.close();
  await lysbord?.end();
});

/** Lets the program answer, and says it otherwise. */
async function told(path, change) {
  await page.route(path, async (route) => {
    // A page that is loaded again gives up what it asked before.
    const answer = await route.fetch().catch(() => undefined);
    if (answer) await route.fulfill({ response: answer, json: change(await answer.json()) }).catch(() => {});
  });
}

test('a library in which all is well says nothing of trouble', async () => {
  await page
    .getByRole('contentinfo')
    .getByText(/^Listening on/)
    .waitFor();
  assert.equal(await page.getByRole('button', { name: /problem|damaged/ }).count(), 0);
});

test('what is wrong stands in the status line, and a click tells what is kept and what to do', async () => {
  const one = {
    code: 'a',
    happened: '2 deliveries are damaged.',
    kept: 'All others are shown.',
    advice: 'Run lysbord doctor.',
  };
  const two = { code: 'b', happened: 'The disk is full.', kept: 'What came is safe.', advice: 'Make room.' };
  let trouble = [one];
  await told('**/api/status', (status) => ({ ...status, trouble }));
  await page.reload();
  const line = page.getByRole('contentinfo');
  await line.getByRole('button', { name: one.happened }).click();
  const dialog = page.getByRole('dialog', { name: 'There is a problem' });
  for (const words of Object.values(one).slice(1)) await dialog.getByText(words, { exact: true }).waitFor();
  await page.keyboard.press('Escape');

  trouble = [one, two];
  await page.reload();
  await line.getByRole('button', { name: '2 problems' }).click();
  await page.getByRole('dialog', { name: 'There are 2 problems' }).getByText(two.advice).waitFor();
  await page.keyboard.press('Escape');

  trouble = [];
  await page.reload();
  await line.getByText(/^Listening on/).waitFor();
  await until(
    'the trouble to be gone',
    async () => (await line.getByRole('button', { name: /problem/ }).count()) === 0,
  );
  await page.unroute('**/api/status');
});

test('a delivery that is damaged or set aside is listed with the reason', async () => {
  const reasons = { damaged: 'its bytes cannot be unpacked', set_aside: 'showing it failed' };
  await told('**/api/deliveries?*', (log) => ({
    ...log,
    items: log.items.slice(0, 2).map((item, nth) => {
      const outcome = nth === 0 ? 'damaged' : 'set_aside';
      return { ...item, outcome, problem: reasons[outcome], asset_id: null, filename: null };
    }),
    total: 2,
  }));
  const { items } = await lysbord.ask('/deliveries?limit=2');
  await told('**/api/deliveries/*', (detail) => {
    const outcome = detail.id === items[0].id ? 'damaged' : 'set_aside';
    return { ...detail, delivery: { ...detail.delivery, outcome, problem: reasons[outcome] } };
  });
  await page.getByRole('button', { name: 'All deliveries' }).click();
  const list = page.getByRole('listbox', { name: 'Deliveries' });
  await list.getByRole('option', { name: /Damaged.*its bytes cannot be unpacked/ }).click();
  const body = page.getByRole('complementary', { name: 'Delivery' });
  await body.getByRole('alert').getByText(reasons.damaged).waitFor();
  await list.getByRole('option', { name: /Set aside/ }).click();
  await body.getByRole('alert').getByText(reasons.set_aside).waitFor();
  await page.unroute('**/api/deliveries/*');
  await page.unroute('**/api/deliveries?*');
  await page.getByRole('combobox', { name: 'Result' }).selectOption('set_aside');
  await page.getByText('Nothing has been set aside').waitFor();
});

test('half a picture is marked with words', async () => {
  const half = (picture) => ({ ...picture, partial: true });
  const halved = (asset) => ({ ...asset, thumbnail: half(asset.thumbnail), preview: half(asset.preview) });
  await told('**/api/assets?*', (page) => ({ ...page, items: page.items.map(halved) }));
  await told(/\/api\/assets\/[^/?]+(\?|$)/, (asset) => ({
    ...halved(asset),
    versions: asset.versions.map(halved),
  }));
  await page.evaluate(() => history.replaceState(null, '', '#/assets'));
  await page.reload();
  const tile = page.locator('.table [role=option]', { has: page.locator('img') }).first();
  await tile.getByText('Part', { exact: true }).waitFor();
  await picturesLoaded(page);
  await tile.click();
  await page
    .getByRole('complementary', { name: 'Inspector' })
    .getByText('Only part of this picture arrived')
    .waitFor();
  // The large picture came whole; without it the look says that it shows a half.
  await told(/\/api\/assets\/[^/?]+(\?|$)/, (asset) => ({ ...halved(asset), large: null }));
  await tile.press('Space');
  await page.getByRole('dialog', { name: /full size/ }).getByText('Only part of this picture arrived').waitFor();
  await page.keyboard.press('Escape');
});

test('the browser had nothing to complain of', () => {
  assert.deepEqual(complaints, []);
});
