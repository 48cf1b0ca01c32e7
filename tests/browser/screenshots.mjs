/** Renders the pictures of the documents from the running program: node browser/screenshots.mjs */
import { fileURLToPath } from 'node:url';
import { openBrowser, openPage, picturesLoaded, startLysbord, until } from './lysbord.mjs';

const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));
const ASSETS = 90;

const lysbord = await startLysbord();
const browser = await openBrowser();
try {
  const { page } = await openPage(browser, lysbord.ui, { colorScheme: 'dark' });
  const shot = async (name) => {
    await page.waitForTimeout(600);
    await page.screenshot({ path: `${DOCS}${name}.png` });
  };
  const tiles = page.locator('.table [role=option]');

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
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');

  const inspector = page.getByRole('complementary', { name: 'Inspector' });
  const edited = await edit();
  await visit(edited);
  await inspector.locator(`li[data-event="${edited.event_id}"] ins`).first().scrollIntoViewIfNeeded();
  await shot('history');

  await visit(await retouch());
  await inspector.getByRole('button', { name: 'Compare with the previous version' }).click();
  await inspector.getByRole('button', { name: 'Compare at full size' }).click();
  const large = page.getByRole('dialog', { name: /^Compare versions/ });
  await large.getByText('Slider', { exact: true }).click();
  await drawn(large);
  await shot('compare-slider');
  await large.getByText('Difference', { exact: true }).click();
  await large.getByAltText(/highlighted/).waitFor();
  await drawn(large);
  await shot('compare-difference');
  await page.keyboard.press('Escape');

  await page.emulateMedia({ colorScheme: 'light' });
  await page.getByRole('button', { name: /^Events \d/ }).click();
  await page.getByLabel('Field', { exact: true }).selectOption('120');
  const { items: captions } = await lysbord.ask('/events?field=120&limit=5');
  const list = page.getByRole('listbox', { name: 'Events' });
  await list.locator(`[data-index="4"][data-event="${captions[4].event_id}"]`).click();
  // With room for what changed.
  await page.getByRole('button', { name: 'Hide the inspector' }).click();
  await drawn(list);
  await shot('events');
  await page.getByRole('button', { name: 'Show the inspector' }).click();

  await page.emulateMedia({ colorScheme: 'dark' });
  await page.getByRole('button', { name: 'Clear all' }).click();
  await page.getByRole('button', { name: /^Assets/ }).click();
  await page.keyboard.press('t');
  for (let days = 0; days < 3; days += 1) await page.keyboard.press('Shift+ArrowLeft');
  await page.getByText(/^The library as it was/).waitFor();
  const at = await page.getByRole('slider', { name: /^Moment/ }).getAttribute('aria-valuenow');
  const { items: then } = await lysbord.ask(`/assets?limit=1&at=${new Date(Number(at)).toISOString()}`);
  await page.locator(`.table [data-index="0"][data-asset="${then[0].id}"]`).waitFor();
  await richest(page, tiles);
  await picturesLoaded(page);
  await shot('looking-back');

  async function visit({ event_id }) {
    await page.getByRole('button', { name: /^Events \d/ }).click();
    const list = page.getByRole('listbox', { name: 'Events' });
    const line = list.locator(`[data-event="${event_id}"]`);
    await list.press('Home');
    while ((await line.count()) === 0) {
      await list.press('PageDown');
      // What comes into view is put into the page a moment later.
      await page.waitForTimeout(100);
    }
    await line.click();
    await inspector.locator(`li[data-event="${event_id}"] [aria-current=step]`).waitFor();
    await drawn(inspector);
  }
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

function drawn(place) {
  return until('the pictures to be drawn', () =>
    place
      .locator('img:visible')
      .evaluateAll((all) => all.length > 0 && all.every(({ naturalWidth }) => naturalWidth > 0)),
  );
}

/** An edited caption in which words stayed, came and went, the richer the asset's history the better. */
async function edit() {
  const { items } = await lysbord.ask('/events?change=metadata&field=120&limit=200');
  return best(items, async ({ asset_id, event_id, title, thumbnail }) => {
    if (!latin(title) || thumbnail.state !== 'kept') return 0;
    const { versions } = await lysbord.ask(`/assets/${asset_id}`);
    const { changes } = versions.find((version) => version.event_id === event_id);
    const kinds = new Set(changes.flatMap(({ pieces }) => pieces.map(({ kind }) => kind)));
    return kinds.size * 2 + versions.length;
  });
}

/** A new version that is not another picture altogether, as broad as a screen. */
async function retouch() {
  const { items } = await lysbord.ask('/events?change=new_version&limit=200');
  return best(items, async ({ asset_id, event_id, title }) => {
    const { versions, ratio } = await lysbord.ask(`/assets/${asset_id}`);
    const before = versions[versions.findIndex((version) => version.event_id === event_id) + 1];
    if (!before || !latin(title)) return 0;
    const {
      picture,
      old,
      new: now,
    } = await lysbord.ask(
      `/assets/${asset_id}/compare?old=${before.event_id}&new=${event_id}`,
    );
    const share = picture.share ?? 0;
    // A crop is told in words; here something is to be seen within the picture.
    const whole = old.pixel_width === now.pixel_width ? 2 : 0;
    if (picture.state !== 'compared') return 0;
    return share < 0.02 || share > 0.6 ? 0.1 + whole : 1 + share + whole + (ratio > 1.3 ? 1 : 0);
  });
}

async function best(items, worth) {
  const worths = await Promise.all(items.map(worth));
  return items[worths.indexOf(Math.max(...worths))];
}

function latin(words) {
  return /^[\p{Script=Latin}\P{Letter}]+$/u.test(words);
}
