/** Exports from each list: workbooks, chosen columns, pictures, contact sheets, the report. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { rowsOf } from './csv.mjs';
import { openBrowser, openPage, startLysbord, until } from './lysbord.mjs';

const ASSETS = 12;

/** @type {import('./lysbord.mjs').Running} */
let lysbord;
let browser;
let page;
let complaints;

before(async () => {
  lysbord = await startLysbord();
  await lysbord.play(ASSETS, 50);
  browser = await openBrowser();
  ({ page, complaints } = await openPage(browser, lysbord.ui));
  await page.locator('.table [role=option]').first().waitFor();
});

after(async () => {
  await browser?.close();
  await lysbord?.end();
});

const dialog = () => page.getByRole('dialog', { name: 'Export' });
const exporting = () => page.getByRole('main').getByRole('button', { name: /^Export/ });

async function go(name) {
  await page.getByRole('navigation').getByRole('button', { name }).first().click();
}

/** Presses the button and returns the file's name and bytes. */
async function download() {
  const begun = page.waitForEvent('download');
  await dialog().getByRole('button', { name: 'Export', exact: true }).click();
  const file = await begun;
  await dialog().getByText('It is in your browser’s downloads.').waitFor();
  return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
}

async function close() {
  await dialog().getByRole('button', { name: 'Close' }).last().click();
  await dialog().waitFor({ state: 'hidden' });
}

test('a workbook is what is exported first, and its name says what is in it', async () => {
  await page.getByRole('combobox', { name: 'Search' }).fill('type:image');
  await until('the search to be done', async () => !(await exporting().innerText()).endsWith('…'));
  await exporting().click();
  assert.ok(await dialog().getByLabel('Excel workbook').isChecked());
  const { name, bytes } = await download();
  assert.match(name, /^lysbord-type-image-\d{4}-\d\d-\d\d\.xlsx$/);
  assert.equal(bytes.subarray(0, 2).toString(), 'PK');
  await close();
  await page.getByRole('combobox', { name: 'Search' }).fill('');
});

test('columns are chosen, moved by keyboard, renamed and kept', async () => {
  await exporting().click();
  await dialog().getByRole('radio', { name: /^CSV/ }).check();
  await dialog().getByLabel('Which columns').selectOption('Chosen here…');
  const names = dialog().locator('ol input');
  for (let left = await names.count(); left > 2; left -= 1) {
    await dialog().getByRole('button', { name: /^Remove / }).last().click();
  }
  await dialog().getByLabel('Add a column…').selectOption('Keywords');
  const keywords = dialog().getByLabel('Name of the column Keywords');
  await keywords.fill('Stikkord');
  await keywords.press('Alt+ArrowUp');
  await keywords.press('Alt+ArrowUp');
  await until('the hand to stay on the column', () => keywords.evaluate((input) => input === document.activeElement));
  await dialog().getByLabel('Save these columns as…').fill('Desk');
  await dialog().getByRole('button', { name: 'Save', exact: true }).click();
  await dialog().getByRole('button', { name: 'Remove “Desk”' }).waitFor();
  const { bytes } = await download();
  const [head, ...rows] = rowsOf(bytes.toString());
  assert.deepEqual(head, ['Stikkord', 'asset_id', 'filename']);
  assert.equal(rows.length, ASSETS);
  await close();

  await page.reload();
  await page.locator('.table [role=option]').first().waitFor();
  await exporting().click();
  await until('the preset to be there', async () =>
    (await dialog().getByLabel('Which columns').locator('option').allInnerTexts()).includes('Desk'),
  );
  await dialog().getByLabel('Which columns').selectOption('Desk');
  await dialog().getByRole('button', { name: 'Remove “Desk”' }).click();
  await dialog().getByLabel('Which columns').selectOption('All columns');
  await dialog().getByRole('button', { name: 'Cancel' }).click();
});

test('pictures come with it in an archive', async () => {
  await exporting().click();
  await dialog().getByLabel('Pictures as files').selectOption('Thumbnails');
  const { name, bytes } = await download();
  assert.match(name, /^lysbord-assets-.*\.zip$/);
  assert.ok(bytes.includes('pictures/') && bytes.includes('.jpg'));
  await close();
});

test('a contact sheet is a PDF', async () => {
  await exporting().click();
  await dialog().getByRole('radio', { name: /^Contact sheet/ }).check();
  await dialog().getByLabel('Second line below a picture').selectOption('Byline');
  const { name, bytes } = await download();
  assert.match(name, /^lysbord-contact-sheet-.*\.pdf$/);
  assert.equal(bytes.subarray(0, 5).toString(), '%PDF-');
  await close();
});

test('events are exported as they are filtered, and the button says how many', async () => {
  await go(/^Events/);
  const counted = () => exporting().innerText();
  await until('all to be counted', async () => /^Export \d/.test(await counted()));
  const all = Number((await counted()).replace(/\D/g, ''));
  await page.getByLabel('What happened').selectOption('ingested');
  await until('fewer to be counted', async () => Number((await counted()).replace(/\D/g, '')) < all);
  const filtered = Number((await counted()).replace(/\D/g, ''));
  await exporting().click();
  await dialog().getByText('The events that the list shows').waitFor();
  await dialog().getByRole('radio', { name: /^CSV/ }).check();
  const { name, bytes } = await download();
  assert.match(name, /^lysbord-events-ingested-/);
  assert.equal(rowsOf(bytes.toString()).length, filtered + 1);
  await close();
});

test('the report of the month is shown and exported', async () => {
  await page.getByRole('main').getByRole('button', { name: 'Report' }).click();
  const report = page.getByRole('dialog', { name: 'Report' });
  await report.getByText('What happened', { exact: true }).or(report.getByText('Nothing happened in this month.')).waitFor();
  if (await report.getByText('What happened', { exact: true }).count()) {
    await report.getByRole('button', { name: 'Export report…' }).click();
    const { name, bytes } = await download();
    assert.match(name, /^lysbord-report-.*\.csv$/);
    assert.match(bytes.toString(), /^part,name,events,assets/);
    await close();
  } else await page.keyboard.press('Escape');
});

test('deliveries are exported by outcome', async () => {
  await go(/^All deliveries/);
  await until('them to be counted', async () => /^Export \d/.test(await exporting().innerText()));
  await exporting().click();
  const { name, bytes } = await download();
  assert.match(name, /^lysbord-deliveries-/);
  assert.match(bytes.toString(), /^delivery_id,received_at,/);
  await close();
});

test('the browser has nothing to complain of', () => {
  assert.deepEqual(complaints, []);
});
