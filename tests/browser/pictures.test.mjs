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
    // On a screen this sharp no thumbnail is enough.
    await page.waitForFunction(() => {
      const frames = [...document.querySelectorAll('.table [role=option] .frame:has(img)')];
      return frames.length > 0 && frames.every((frame) => frame.querySelector('img + img'));
    });
    await picturesLoaded(page);
    await until('every loaded picture to be seen', async () => (await unseen()).length === 0, 3_000);
    await page.unroute('**/api/blobs/*');
  });
}

/** Rows in the page that do not reach the margin, though other pictures of their day follow. */
const ragged = () =>
  page.evaluate(() => {
    const number = (element, side) => Number.parseFloat(element.style[side]);
    const rows = new Map();
    for (const tile of document.querySelectorAll('.table [role=option]')) {
      const top = number(tile, 'top');
      const end = number(tile, 'left') + number(tile, 'width');
      rows.set(top, Math.max(rows.get(top) ?? 0, end));
    }
    const margin = Math.max(...rows.values());
    const headings = [...document.querySelectorAll('.table .heading')].map((each) => number(each, 'top'));
    const tops = [...rows.keys()].sort((a, b) => a - b);
    return tops.filter((top, nth) => {
      const next = tops[nth + 1];
      const lastOfDay = next === undefined || headings.some((heading) => heading > top && heading < next);
      return !lastOfDay && rows.get(top) < margin - 1;
    });
  });

test('no row is narrower than it should be but the last of a day, also after arrivals while scrolled', async () => {
  await page.reload();
  const table = page.getByRole('listbox', { name: 'Assets' });
  await picturesLoaded(page);
  assert.deepEqual(await ragged(), []);
  await table.evaluate((element) => element.scrollTo({ top: 500 }));
  const before = await lysbord.ask('/sidebar');
  await lysbord.tell('ingest only', 'new version', 'caption and keywords');
  const { events } = await lysbord.ask('/sidebar');
  assert.ok(events > before.events);
  await until('the new ones to be counted', async () =>
    (await page.getByRole('button', { name: /^Events/ }).innerText()).includes(String(events)),
  );
  await until('all rows to be closed while scrolled', async () => (await ragged()).length === 0);
  await table.evaluate((element) => element.scrollTo({ top: 0 }));
  await until('all rows to be closed at the top', async () => (await ragged()).length === 0);
});

test('tiles become larger with the slider, and it is remembered', async () => {
  const height = () =>
    page
      .locator('.table [role=option]')
      .first()
      .evaluate((tile) => Number.parseFloat(tile.style.height));
  const usual = await height();
  await page.getByRole('slider', { name: 'Size of the tiles' }).fill('90');
  await until('larger tiles', async () => (await height()) > usual * 1.3);
  await page.reload();
  await page.locator('.table [role=option]').first().waitFor();
  await until('larger tiles after a reload', async () => (await height()) > usual * 1.3);
  await page.getByRole('button', { name: 'Names and ratings under the tiles' }).click();
  await page.locator('.table .caption').first().waitFor();
});

test('the full-size look zooms to actual pixels, says how many there are, and shows metadata', async () => {
  await page.locator('.table [role=option]').first().click();
  await page.keyboard.press('Space');
  const look = page.getByRole('dialog', { name: /full size/ });
  await look.getByText(/^\d+ (of|×) \d+ px/).waitFor();
  const shown = () => look.locator('figure img').last().evaluate((image) => image.getBoundingClientRect().width);
  const whole = await shown();
  const share = Number.parseInt(await look.getByRole('button', { name: 'Fit to window' }).innerText(), 10);
  await page.keyboard.press('+');
  await until('a nearer look', async () => (await shown()) > whole * 1.2);
  assert.ok(Number.parseInt(await look.getByRole('button', { name: 'Fit to window' }).innerText(), 10) > share);
  await page.keyboard.press('0');
  await until('the whole picture', async () => Math.abs((await shown()) - whole) < 2);
  await page.keyboard.press('i');
  await look.getByRole('complementary').getByText('Original').waitFor();
  await page.keyboard.press('ArrowRight');
  await look.getByText(/^2 of \d+/).waitFor();
  await page.keyboard.press('Escape');
  // One version alone has nothing to be compared with.
  const { items } = await lysbord.ask('/assets?limit=50');
  await page.locator(`.table [data-asset="${items.find((item) => item.version_count > 1).id}"]`).click();
  await page.getByRole('tab', { name: /^Versions/ }).waitFor();
  await page.keyboard.press('Space');
  await look.waitFor();
  await page.keyboard.press('c');
  await page.getByRole('dialog', { name: /^Compare versions/ }).waitFor();
  await page.keyboard.press('Escape');
});

test('the browser had nothing to complain of', () => {
  assert.deepEqual(complaints, []);
});
