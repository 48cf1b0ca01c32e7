/** A picture editor's first hour, in a real browser against the real program. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { rowsOf } from './csv.mjs';
import { openBrowser, openPage, picturesLoaded, startLysbord, until } from './lysbord.mjs';

const ASSETS = 24;

/** @type {import('./lysbord.mjs').Running} */
let lysbord;
let browser;
let page;
let complaints;

before(async () => {
  lysbord = await startLysbord();
  browser = await openBrowser();
  ({ page, complaints } = await openPage(browser, lysbord.ui));
});

after(async () => {
  await browser?.close();
  await lysbord?.end();
});

const tiles = () => page.locator('.table [role=option]');
const inspector = () => page.getByRole('complementary', { name: 'Inspector' });
const exportButton = () => page.getByRole('main').getByRole('button', { name: /^Export/ });

async function search(words) {
  await page.getByRole('combobox', { name: 'Search' }).fill(words);
  const { total } = await lysbord.ask(`/gallery?query=${encodeURIComponent(words)}`);
  await until(
    `the table to show ${total} assets`,
    async () => (await exportButton().innerText()).trim() === (total ? `Export ${total}` : 'Export'),
  );
  return total;
}

test('the token is gone from the address', () => {
  assert.equal(new URL(page.url()).search, '');
});

test('the first start is skipped with one click, and shows the three hook addresses, ready to copy', async () => {
  await page.getByText('Connect your archive').waitFor();
  await page.getByRole('button', { name: 'Skip setup' }).click();
  for (const kind of ['ingested', 'modified', 'deleted']) {
    await page.getByText(`${lysbord.hooks}/${kind}`, { exact: true }).waitFor();
  }
  await page.getByRole('button', { name: 'Copy: Asset modified' }).click();
  await page.getByRole('button', { name: 'Copy: Asset modified' }).getByText('Copied').waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), `${lysbord.hooks}/modified`);
});

test('what the archive sends appears by itself, with pictures', async () => {
  await lysbord.play(ASSETS, 50);
  await until('the sidebar to count them', async () =>
    (await page.getByRole('button', { name: /^Assets/ }).innerText()).includes(String(ASSETS)),
  );
  await tiles().first().waitFor();
  await picturesLoaded(page);
  assert.ok((await tiles().count()) > 5);
});

test('a search narrows as it is typed, and Escape takes it back', async () => {
  const { items } = await lysbord.ask('/assets?limit=1');
  const found = await search(`filename:${items[0].filename.replace(/\.\w+$/, '')}`);
  assert.ok(found > 0 && found < ASSETS, `${found} found`);
  assert.equal(await search('nosuchwordanywhere'), 0);
  await page.getByText('No results').waitFor();
  await page.getByRole('combobox', { name: 'Search' }).press('Escape');
  await tiles().first().waitFor();
});

test('a finished term becomes a chip', async () => {
  const box = page.getByRole('combobox', { name: 'Search' });
  await box.fill('');
  await box.pressSequentially('is:present ');
  await page.getByRole('button', { name: 'Remove is:present' }).click();
  await tiles().first().waitFor();
});

test('a tile opens the inspector, and its tabs tell everything', async () => {
  const tile = tiles().first();
  await tile.click();
  const asset = await lysbord.ask(`/assets/${await tile.getAttribute('data-asset')}`);
  await inspector()
    .getByRole('heading', { level: 2, name: asset.title || asset.filename })
    .waitFor();
  assert.equal((await inspector().getByRole('definition').count()) > asset.fields.length, true);

  await inspector()
    .getByRole('tab', { name: /Versions/ })
    .click();
  assert.equal(await inspector().getByRole('listitem').count(), asset.versions.length);

  await inspector()
    .getByRole('tab', { name: /Versions/ })
    .press('End');
  await inspector().getByRole('treeitem').first().waitFor();
  assert.ok((await inspector().getByRole('treeitem').count()) > 3);
});

test('the keyboard walks the table, and Space takes a full-size look', async () => {
  const table = page.getByRole('listbox', { name: 'Assets' });
  await table.focus();
  await page.keyboard.press('Home');
  const start = await table.getAttribute('aria-activedescendant');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowDown');
  assert.notEqual(await table.getAttribute('aria-activedescendant'), start);
  await page.keyboard.press('Home');

  await page.keyboard.press('Space');
  const look = page.getByRole('dialog', { name: /full size/ });
  await look.getByText(`1 of ${ASSETS}`).waitFor();
  await page.keyboard.press('ArrowRight');
  await look.getByText(`2 of ${ASSETS}`).waitFor();
  await page.waitForFunction(() =>
    [...document.querySelectorAll('dialog img')].every((picture) => picture.complete),
  );
  await page.keyboard.press('Escape');
  await look.waitFor({ state: 'detached' });
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute('role')), 'listbox');
});

test('what is selected is exported as CSV, and nothing else', async () => {
  await tiles().nth(1).click();
  await tiles()
    .nth(5)
    .click({ modifiers: ['Shift'] });
  await tiles()
    .nth(3)
    .click({ modifiers: ['ControlOrMeta'] });
  await page.getByText('4 selected', { exact: true }).waitFor();
  const wanted = [];
  for (const nth of [1, 2, 4, 5]) wanted.push(await tiles().nth(nth).getAttribute('data-asset'));

  await exportButton().click();
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await dialog.getByRole('radio', { name: /^CSV/ }).check();
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  const [head, ...rows] = rowsOf(await readFile(await (await download).path(), 'utf8'));

  assert.deepEqual(head.slice(0, 3), ['asset_id', 'filename', 'title']);
  assert.deepEqual(rows.map(([id]) => id).sort(), wanted.sort());
  await dialog.getByText('4 rows').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
});

test('for Excel in Norway there is a file with semicolons, and the choice is remembered', async () => {
  await exportButton().click();
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await dialog.getByLabel('For Excel (semicolon)').check();
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  const file = await readFile(await (await download).path(), 'utf8');
  assert.ok(file.startsWith('\u{feff}asset_id;filename;title;'), file.slice(0, 60));
  await dialog.getByText('It is in your browser’s downloads.').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).last().click();

  await page.reload();
  await tiles().first().waitFor();
  await exportButton().click();
  await until('the choice to be remembered', () =>
    page.getByRole('dialog', { name: 'Export' }).getByLabel('For Excel (semicolon)').isChecked(),
  );
  await dialog.getByRole('radio', { name: /^CSV/ }).check();
  const plain = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  assert.ok((await readFile(await (await plain).path(), 'utf8')).startsWith('asset_id,filename,'));
  await dialog.getByRole('button', { name: 'Close' }).last().click();
});

test('everything selected is everything exported', async () => {
  await page.getByRole('listbox', { name: 'Assets' }).press('ControlOrMeta+a');
  await page.getByText(`${ASSETS} selected`, { exact: true }).waitFor();
  await exportButton().click();
  const dialog = page.getByRole('dialog', { name: 'Export' });
  const download = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  const rows = rowsOf(await readFile(await (await download).path(), 'utf8'));
  assert.equal(rows.length, ASSETS + 1);
  await page.keyboard.press('Escape');
});

test('the log of deliveries shows bodies as they came', async () => {
  await page.getByRole('button', { name: 'All deliveries' }).click();
  await page.getByRole('listbox', { name: 'Deliveries' }).getByRole('option').first().click();
  await page.getByRole('treeitem').first().waitFor();
  await page.getByRole('button', { name: /^Assets/ }).click();
  await tiles().first().waitFor();
});

test('a box drawn with the mouse selects the tiles that it touches', async () => {
  const selected = () => page.locator('.table [role=option][aria-selected=true]').count();
  const [one, other] = await Promise.all([tiles().nth(0).boundingBox(), tiles().nth(1).boundingBox()]);
  await page.mouse.move(one.x - 8, one.y + 20);
  await page.mouse.down();
  await page.mouse.move(other.x + 20, other.y + 40, { steps: 6 });
  await page.mouse.up();
  await until('two tiles to be selected', async () => (await selected()) === 2);
  await page.mouse.click(one.x - 8, one.y + 20);
  await until('none to be selected', async () => (await selected()) === 0);
});

test('C waits for the versions that are still on their way', async () => {
  const { items } = await lysbord.ask('/assets?limit=200');
  const { id } = items.findLast(({ version_count }) => version_count > 1);
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await page.route(`**/api/assets/${id}*`, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(`${page.url().split('#')[0]}#/assets?asset=${id}`);
  const tile = page.locator(`.table [data-asset="${id}"]`);
  await tile.click();
  await page.keyboard.press('c');
  assert.equal(await page.getByRole('dialog').count(), 0);
  release();
  await page.getByRole('dialog', { name: /^Compare versions of/ }).waitFor();
  await page.keyboard.press('Escape');
  await page.unroute(`**/api/assets/${id}*`);
});

test('light and dark follow the system', async () => {
  const background = () => page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await background();
  await page.emulateMedia({ colorScheme: 'light' });
  assert.notEqual(await background(), dark);
});

test('the browser had nothing to complain of: no error, no breach of the page policy', () => {
  assert.deepEqual(complaints, []);
});
