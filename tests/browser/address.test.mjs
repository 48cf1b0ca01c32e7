/** Every view, asset, version, moment and search has an address: a reload, a link and Back lead to it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, openPage, startLysbord, until } from './lysbord.mjs';

/** @type {import('./lysbord.mjs').Running} */
let lysbord;
let browser;
let page;
let complaints;
let asset;

before(async () => {
  lysbord = await startLysbord();
  browser = await openBrowser();
  await lysbord.play(24, 50);
  ({ page, complaints } = await openPage(browser, lysbord.ui));
  const { items } = await lysbord.ask('/assets?limit=200');
  // Near enough to the top to be in the page.
  asset = items.slice(0, 12).find(({ version_count }) => version_count > 1);
  assert.ok(asset, 'the stories have an asset with two versions');
});

after(async () => {
  await browser?.close();
  await lysbord?.end();
});

const tiles = () => page.locator('.table [role=option]');
const inspector = () => page.getByRole('complementary', { name: 'Inspector' });
const heading = (name) => inspector().getByRole('heading', { level: 2, name });
const nameOf = ({ title, filename }) => title || filename;
const hash = () => new URL(page.url()).hash;

/** Opens it as somebody does who was sent the link. */
async function openAsLink(address) {
  await page.goto('about:blank');
  await page.goto(new URL(`/${address}`, lysbord.ui).href);
}

test('an asset has an address, and the title of the window says its name', async () => {
  await tiles().first().waitFor();
  await page.locator(`.table [data-asset="${asset.id}"]`).click();
  await heading(nameOf(asset)).waitFor();
  await until('the address to name it', () => hash().includes(encodeURIComponent(asset.id)));
  await until('the title to say it', async () => (await page.title()).startsWith(nameOf(asset)));
  await page.reload();
  await heading(nameOf(asset)).waitFor();
  await page.locator(`.table [data-asset="${asset.id}"][aria-selected=true]`).waitFor();
});

test('Back closes what was opened, and does not leave the page', async () => {
  await page.goBack();
  await until('the address to be that of all assets', () => hash() === '' || hash() === '#/assets');
  await until('nothing to be selected', async () => (await page.locator('.table [aria-selected=true]').count()) === 0);
  await page.goForward();
  await heading(nameOf(asset)).waitFor();
});

test('an earlier version has an address', async () => {
  await inspector().getByRole('tab', { name: /Versions/ }).click();
  await inspector().getByRole('listitem').last().getByRole('button').first().click();
  await inspector().getByText(/^Version 1 of/).first().waitFor();
  const address = hash();
  assert.match(address, /version=/);
  await openAsLink(address);
  await inspector().getByText(/^Version 1 of/).first().waitFor();
});

test('a search with its filters has an address', async () => {
  await openAsLink('#/assets');
  await tiles().first().waitFor();
  await page.getByRole('combobox', { name: 'Search' }).fill('is:present');
  await page.getByLabel('Sort by').selectOption('name');
  await until('the address to say both', () => hash().includes('is%3Apresent') && hash().includes('sort=name'));
  const address = hash();
  await openAsLink(address);
  assert.equal(await page.getByLabel('Sort by').inputValue(), 'name');
  const { total } = await lysbord.ask('/gallery?query=is:present');
  await page.getByRole('main').getByRole('button', { name: `Export ${total}` }).waitFor();
  assert.equal(hash(), address);
});

test('a span of time that is marked under the gallery has an address', async () => {
  const { items, total } = await lysbord.ask('/assets?limit=500');
  const from = new Date(items.at(-1).changed_at).toISOString();
  const until_ = new Date(Date.parse(from) + 1000).toISOString();
  const address = `#/assets?from=${encodeURIComponent(from)}&until=${encodeURIComponent(until_)}`;
  const { total: within } = await lysbord.ask(`/gallery?from=${from}&until=${until_}`);
  assert.ok(within > 0 && within < total, `${within} of ${total}`);
  const shown = async () => {
    await page.getByRole('main').getByRole('button', { name: `Export ${within}`, exact: true }).waitFor();
    await page.getByRole('search').getByRole('button', { name: /^Remove/ }).waitFor();
    assert.equal(hash(), address);
  };
  await openAsLink(address);
  await shown();
  await page.reload();
  await shown();
});

test('the events, as they are filtered, and the deliveries have addresses, and Back leads through them', async () => {
  await openAsLink('#/events?change=metadata');
  const list = page.getByRole('listbox', { name: 'Events' });
  await list.getByRole('option').first().waitFor();
  assert.equal(await page.getByLabel('What happened').inputValue(), 'metadata');
  await until('the title to say it', async () => (await page.title()).startsWith('Events'));
  await page.getByRole('button', { name: /^Duplicates/ }).first().click();
  await until('the address of the duplicates', () => hash() === '#/deliveries/duplicates');
  await until('the title to say it', async () => (await page.title()).startsWith('Duplicates'));
  await page.goBack();
  await list.getByRole('option').first().waitFor();
  assert.equal(hash(), '#/events?change=metadata');
});

test('a moment has an address', async () => {
  const { versions } = await lysbord.ask(`/assets/${asset.id}`);
  const at = new Date(versions.at(-1).created_at).toISOString();
  await openAsLink(`#/assets?at=${encodeURIComponent(at)}`);
  await page.getByText(/^The library as it was/).waitFor();
  const { total } = await lysbord.ask(`/gallery?at=${at}`);
  await page.getByRole('main').getByRole('button', { name: `Export ${total}` }).waitFor();
  await page.keyboard.press('n');
  await until('the address to be of now', () => !hash().includes('at='));
});

test('a link leads to an asset that is far down, and selects it', async () => {
  const { items } = await lysbord.ask('/assets?limit=200');
  const last = items.at(-1);
  await openAsLink(`#/assets?asset=${last.id}`);
  await heading(nameOf(last)).waitFor();
  await page.locator(`.table [data-asset="${last.id}"][aria-selected=true]`).waitFor();
});

test('what an address does not make sense of is left out', async () => {
  await openAsLink('#/nowhere?change=exploded&at=yesterday');
  await tiles().first().waitFor();
});

test('the browser complained of nothing', () => assert.deepEqual(complaints, []));
