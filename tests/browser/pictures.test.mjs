/** Pictures that come late, early and in any order: whatever has been loaded is seen. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, openPage, picturesLoaded, startLysbord, until } from './lysbord.mjs';

const ASSETS = 24;

/** @type {import('./lysbord.mjs').Running} */
let lysbord;
let browser;
let page;
let complaints;

before(async () => {
  lysbord = await startLysbord();
  await lysbord.play(ASSETS, 50);
  browser = await openBrowser();
  ({ page, complaints } = await openPage(browser, lysbord.ui, { deviceScaleFactor: 2 }));
});

after(async () => {
  await page?.unrouteAll({ behavior: 'ignoreErrors' });
  await browser?.close();
  await lysbord?.end();
});

/** Pictures that the browser has and nobody sees. */
const unseen = () =>
  page
    .locator('.table [role=option] img')
    .evaluateAll((all) =>
      all
        .filter((image) => image.complete && image.naturalWidth > 0 && getComputedStyle(image).opacity !== '1')
        .map(({ src }) => src),
    );

/** Which of its two pictures a tile gets after how many milliseconds. */
const ORDERS = {
  'the thumbnail first': { thumbnail: () => 0, preview: () => 300 },
  'the preview first': { thumbnail: () => 900, preview: () => 0 },
  'both at once': { thumbnail: () => 0, preview: () => 0 },
  'one in two the other way round': {
    thumbnail: (nth) => (nth % 2) * 900,
    preview: (nth) => ((nth + 1) % 2) * 300,
  },
};

for (const [order, delay] of Object.entries(ORDERS)) {
  test(`no tile stays soft whose preview came: ${order}`, async () => {
    const { items } = await lysbord.ask(`/assets?limit=${ASSETS}`);
    const waits = new Map(
      items.flatMap(({ thumbnail, preview }, nth) => [
        [preview.url, delay.preview(nth)],
        [thumbnail.url, delay.thumbnail(nth)],
      ]),
    );
    await page.route('**/api/blobs/*', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, waits.get(new URL(route.request().url()).pathname) ?? 0));
      await route.continue().catch(() => {});
    });
    await page.reload();
    await page.waitForFunction(() => document.querySelectorAll('.table [role=option] img + img').length > 3);
    await picturesLoaded(page);
    await until('every loaded picture to be seen', async () => (await unseen()).length === 0, 3_000);
    await page.unroute('**/api/blobs/*');
  });
}

test('the browser had nothing to complain of', () => {
  assert.deepEqual(complaints, []);
});
