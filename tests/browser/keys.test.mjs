/** Every verb that the list of keyboard shortcuts names, done by its keys. A row of that list without a test fails. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, openPage, startLysbord, until } from './lysbord.mjs';

/** @type {import('./lysbord.mjs').Running} */
let lysbord;
let browser;
let page;
let complaints;
/** Somewhere in the first rows, with two versions and a picture. */
let asset;

before(async () => {
  lysbord = await startLysbord();
  browser = await openBrowser();
  await lysbord.play(24, 50);
  ({ page, complaints } = await openPage(browser, lysbord.ui));
  const { items } = await lysbord.ask('/assets?limit=12');
  const found = items.find(({ version_count, preview }) => version_count > 1 && preview.state === 'kept');
  assert.ok(found, 'the stories have an asset with two versions');
  asset = await lysbord.ask(`/assets/${found.id}`);
});

after(async () => {
  await browser?.close();
  await lysbord?.end();
});

const table = () => page.getByRole('listbox', { name: 'Assets' });
const inspector = () => page.getByRole('complementary', { name: 'Inspector' });
const selected = () => page.locator('.table [role=option][aria-selected=true]').count();
const cursor = () =>
  table().evaluate((list) => Number(document.getElementById(list.getAttribute('aria-activedescendant'))?.dataset.index));
const press = (keys) => page.keyboard.press(keys);
const clipboard = () => page.evaluate(() => navigator.clipboard.readText());
const selects = (n) => until(`${n} to be selected`, async () => (await selected()) === n);

async function start() {
  await page.locator(`.table [data-asset="${asset.id}"]`).click();
  await inspector().getByRole('tab', { name: 'Info' }).waitFor();
  await until('the inspector to show it', async () =>
    (await inspector().getByRole('heading', { level: 2 }).innerText()) === (asset.title || asset.filename));
  await table().focus();
}

/** By the keys as the list shows them. */
const VERBS = {
  '← → ↑ ↓': async () => {
    await press('Home');
    await press('ArrowRight');
    assert.equal(await cursor(), 1);
    await press('ArrowDown');
    assert.ok((await cursor()) > 1);
    await press('ArrowUp');
    await press('ArrowLeft');
    assert.equal(await cursor(), 0);
  },
  'Shift ←→↑↓': async () => {
    await press('Home');
    await press('Shift+ArrowRight');
    await selects(2);
  },
  'Ctrl A': async () => {
    await press('Control+a');
    await page.getByRole('status').filter({ hasText: /selected/ }).first().waitFor();
    await press('Escape');
    await selects(0);
  },
  'Ctrl Click': async () => {
    await page.locator('.table [data-index="0"]').click();
    await page.locator('.table [data-index="1"]').click({ modifiers: ['Control'] });
    await selects(2);
    await page.locator('.table [data-index="1"]').click({ modifiers: ['Control'] });
    await selects(1);
  },
  'Home End': async () => {
    await press('End');
    const { total } = await lysbord.ask('/gallery');
    assert.equal(await cursor(), total - 1);
    await press('Home');
    assert.equal(await cursor(), 0);
  },
  'PgUp PgDn': async () => {
    await press('Home');
    await press('PageDown');
    assert.ok((await cursor()) > 1);
    await press('PageUp');
    await press('Home');
  },
  Enter: async () => {
    await press('i');
    await inspector().waitFor({ state: 'hidden' });
    await press('Enter');
    await inspector().waitFor();
  },
  I: async () => {
    await press('i');
    await inspector().waitFor({ state: 'hidden' });
    await press('i');
    await inspector().waitFor();
  },
  C: async () => {
    await press('c');
    await page.getByRole('dialog', { name: /^Compare versions/ }).locator('img').first().waitFor();
    await press('Escape');
  },
  '+ - 0': async () => {
    await press('c');
    const compare = page.getByRole('dialog', { name: /^Compare versions/ });
    await compare.locator('img').first().waitFor();
    const zoom = () => compare.locator('.zoom').innerText();
    const whole = await zoom();
    await press('+');
    await until('the pictures to be nearer', async () => (await zoom()) !== whole);
    await press('0');
    await until('the whole picture', async () => (await zoom()) === whole);
    await press('Escape');
  },
  '1 2 3': async () => {
    await press('c');
    const compare = page.getByRole('dialog', { name: /^Compare versions/ });
    await compare.locator('img').first().waitFor();
    for (const way of [1, 2, 3]) {
      await press(String(way));
      await until(`way ${way}`, () => compare.getByRole('radio').nth(way - 1).isChecked());
    }
    await press('1');
    await press('Escape');
  },
  'Ctrl Wheel': async () => {
    const height = async () => (await page.locator('.table [role=option]').first().boundingBox()).height;
    const usual = await height();
    await page.locator('.table [role=option]').first().hover();
    await page.keyboard.down('Control');
    await page.mouse.wheel(0, -300);
    await until('larger tiles', async () => (await height()) > usual * 1.1);
    await page.mouse.wheel(0, 300);
    await until('tiles as they were', async () => Math.abs((await height()) - usual) < usual * 0.1);
    await page.keyboard.up('Control');
  },
  Z: async () => {
    await press('Space');
    const look = page.locator('dialog.look');
    const width = () => look.locator('figure img').last().evaluate((image) => image.getBoundingClientRect().width);
    await look.locator('figure img').last().waitFor();
    const whole = await width();
    await press('z');
    await until('actual pixels', async () => (await look.locator('.zoom').innerText()).includes('100%'));
    await press('0');
    await until('the whole picture', async () => Math.abs((await width()) - whole) < 2);
    await press('Escape');
    await look.waitFor({ state: 'hidden' });
  },
  B: async () => {
    await press('c');
    const compare = page.getByRole('dialog', { name: /^Compare versions/ });
    await compare.locator('img').first().waitFor();
    const blinks = () => compare.getByRole('button', { name: /Blink/ }).getAttribute('aria-pressed');
    await page.keyboard.down('b');
    await until('the old version', async () => (await blinks()) === 'true');
    await page.keyboard.up('b');
    await until('the new version again', async () => (await blinks()) === 'false');
    await press('Escape');
  },
  Space: async () => {
    await press('Space');
    await page.locator('dialog.look').waitFor();
    await press('ArrowRight');
    await press('Escape');
    await page.locator('dialog.look').waitFor({ state: 'hidden' });
  },
  'Ctrl C': async () => {
    await press('Control+c');
    const types = () =>
      page.evaluate(async () => (await navigator.clipboard.read()).flatMap(({ types }) => types));
    await until('a picture in the clipboard', async () => (await types()).includes('image/png'));
  },
  'Ctrl Shift C': async () => {
    await press('Control+Shift+C');
    await until('the link in the clipboard', async () => (await clipboard()) === page.url());
    assert.match(page.url(), new RegExp(asset.id));
  },
  D: async () => {
    await press('d');
    await until('the caption in the clipboard', async () =>
      (await clipboard()).startsWith(asset.description || asset.title || asset.filename));
  },
  O: async () => {
    const opened = page.context().waitForEvent('page');
    await press('o');
    const other = await opened;
    await other.close();
  },
  E: async () => {
    await press('e');
    await page.getByRole('dialog', { name: /^Export/ }).waitFor();
    await press('Escape');
  },
  'Shift F10': async () => {
    await press('Shift+F10');
    const menu = page.getByRole('menu');
    await menu.waitFor();
    await press('ArrowDown');
    await press('ArrowUp');
    await press('Enter');
    await page.locator('dialog.look').waitFor();
    await press('Escape');
    await page.locator('dialog.look').waitFor({ state: 'hidden' });
    await press('Shift+F10');
    await menu.waitFor();
    await press('Escape');
    await menu.waitFor({ state: 'hidden' });
    assert.equal(await table().evaluate((list) => list === document.activeElement), true);
  },
  F6: async () => {
    const region = () => page.evaluate(() => document.activeElement.closest('nav, aside, .strip, footer, main')?.tagName);
    const seen = new Set();
    for (let parts = 0; parts < 6; parts += 1) {
      await press('F6');
      seen.add(await region());
    }
    assert.ok(seen.size >= 4, `${[...seen]}`);
    await press('Shift+F6');
  },
  '/': async () => {
    await press('/');
    assert.equal(await page.getByRole('combobox', { name: 'Search' }).evaluate((box) => box === document.activeElement), true);
    await press('ArrowDown');
  },
  Esc: async () => {
    await press('Escape');
    await selects(0);
  },
  N: async () => {
    await press('t');
    await press('Shift+ArrowLeft');
    await page.getByText(/^The library as it was/).waitFor();
    await press('n');
    await page.getByText(/^The library as it was/).waitFor({ state: 'hidden' });
  },
  T: async () => {
    await press('t');
    await until('the handle to have the focus', () => page.getByRole('slider', { name: 'Moment in time' }).evaluate((at) => at === document.activeElement));
  },
  '?': async () => {
    await press('?');
    await page.getByRole('dialog').waitFor();
    await press('Escape');
  },
};

test('every row of the list of keys is tried here', async () => {
  await page.locator('.table [role=option]').first().waitFor();
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();
  const rows = await dialog.locator('dt:has(kbd)').evaluateAll((all) =>
    all.map((row) => [...row.querySelectorAll('kbd')].map((key) => key.textContent).join(' ')));
  await page.keyboard.press('Escape');
  assert.deepEqual(rows.filter((keys) => !(keys in VERBS)), []);
});

for (const [keys, verb] of Object.entries(VERBS)) {
  test(`by the keyboard: ${keys}`, async () => {
    await start();
    await verb();
  });
}

test('who comes with the Tab key sees where in the gallery the focus is', async () => {
  await page.reload();
  await page.locator('.table [role=option]').first().waitFor();
  await page.goto(new URL('/#/assets', page.url()).href);
  for (let tabs = 0; tabs < 60; tabs += 1) {
    await page.keyboard.press('Tab');
    if (await table().evaluate((list) => list === document.activeElement)) break;
  }
  await until('a tile to be under the cursor', async () => (await cursor()) >= 0);
  const ring = await page.locator('.table .current').evaluate((tile) => getComputedStyle(tile, '::after').borderTopStyle);
  assert.notEqual(ring, 'none');
});

test('the first Tab offers to skip to the list', async () => {
  await page.reload();
  await page.locator('.table [role=option]').first().waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await until('the list to have the focus', () => table().evaluate((list) => list === document.activeElement));
});

test('the browser complained of nothing', () => assert.deepEqual(complaints, []));
