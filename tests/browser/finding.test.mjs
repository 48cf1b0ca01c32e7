/** Finding: suggestions by keyboard, a field that is not there, groups, values of the inspector, saved searches. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, openPage, startLysbord, until } from './lysbord.mjs';

const ASSETS = 24;

/** @type {import('./lysbord.mjs').Running} */
let lysbord;
let browser;
let page;
let complaints;
/** A city of which the pretend tenant has a picture. */
let city;

before(async () => {
  lysbord = await startLysbord();
  browser = await openBrowser();
  ({ page, complaints } = await openPage(browser, lysbord.ui));
  await page.getByRole('button', { name: 'Skip setup' }).click();
  await lysbord.play(ASSETS, 50);
  const { values } = await lysbord.ask('/suggestions?term=city:');
  city = values[0];
  assert.ok(city.assets > 0);
});

after(async () => {
  await browser?.close();
  await lysbord?.end();
});

const box = () => page.getByRole('combobox', { name: 'Search' });
const options = () => page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option');
const sidebar = () => page.getByRole('navigation');
const shows = (term) => lysbord.ask(`/gallery?query=${encodeURIComponent(term)}`).then(({ total }) => total);
const exported = () => page.getByRole('main').getByRole('button', { name: /^Export/ });
const until_found = (total) =>
  until(`${total} to be shown`, async () => (await exported().innerText()).trim() === (total ? `Export ${total}` : 'Export'));

test('a field and then its value are chosen with the arrow keys', async () => {
  await box().fill('');
  await box().pressSequentially('cit');
  await options().first().waitFor();
  assert.match(await options().first().innerText(), /^City:/);
  assert.equal(await box().getAttribute('aria-expanded'), 'true');
  await box().press('ArrowDown');
  assert.equal(await options().first().getAttribute('aria-selected'), 'true');
  assert.equal(await box().getAttribute('aria-activedescendant'), await options().first().getAttribute('id'));
  await box().press('Enter');
  assert.equal(await box().inputValue(), 'city:');
  await options().filter({ hasText: city.value }).first().waitFor();
  await box().press('ArrowDown');
  await box().press('Enter');
  await page.getByRole('button', { name: `Remove ${city.term}` }).waitFor();
  await until_found(await shows(city.term));
  assert.equal(await options().count(), 0);
});

test('Escape closes the suggestions first, and then takes the search back', async () => {
  await box().pressSequentially('byl');
  await options().first().waitFor();
  await box().press('Escape');
  await until('the list to close', async () => (await options().count()) === 0);
  assert.equal(await box().inputValue(), 'byl');
  await box().press('Escape');
  await until_found(ASSETS);
});

test('a suggestion is taken by a click', async () => {
  await box().pressSequentially('city:');
  await options().filter({ hasText: city.value }).first().click();
  await page.getByRole('button', { name: `Remove ${city.term}` }).waitFor();
  assert.equal(await box().evaluate((input) => input === document.activeElement), true);
  await box().press('Escape');
});

test('a field that is not there is said below the box', async () => {
  await box().fill('nosuchfield:here');
  await page.getByText('There is no field “nosuchfield”').waitFor();
  await box().fill('created:someday');
  await page.getByText('“created:” cannot be that').waitFor();
  await box().fill('rating:>=1');
  await until('nothing to be said', async () => (await page.getByText('There is no field').count()) === 0);
  await box().press('Escape');
  await until_found(ASSETS);
});

test('a value of a group narrows the search and its counts, and is taken back', async () => {
  const group = sidebar().locator('details', { hasText: 'Type' });
  await group.locator('summary').click();
  const value = group.getByRole('button').first();
  const [name, figure] = (await value.innerText()).split('\n');
  await value.click();
  await until_found(Number(figure));
  assert.equal(await group.getByRole('button', { name }).getAttribute('aria-pressed'), 'true');
  await group.getByRole('button', { name }).click();
  await until_found(ASSETS);
});

test('a value in the inspector is a filter', async () => {
  await page.locator('.table [role=option]').first().click();
  const narrow = page.getByRole('complementary', { name: 'Inspector' }).getByRole('button', { name: /^Show only City/ });
  await narrow.focus();
  await page.keyboard.press('Enter');
  const chip = page.getByRole('button', { name: /^Remove city:/ });
  await chip.waitFor();
  const term = (await chip.getAttribute('aria-label')).replace('Remove ', '');
  await until_found(await shows(term));
});

test('a search is saved, shown with its count, renamed and removed', async () => {
  await sidebar().getByRole('button', { name: 'Save this search' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('My city');
  await page.keyboard.press('Enter');
  const saved = sidebar().getByRole('button', { name: /^My city/ });
  await saved.waitFor();
  assert.equal(await saved.getAttribute('aria-pressed'), 'true');
  await box().press('Escape');
  await until_found(ASSETS);
  await saved.click();
  await until_found(Number((await saved.innerText()).split('\n').at(-1)));

  await sidebar().getByRole('button', { name: 'What to do with the search My city' }).click();
  await page.getByRole('menuitem', { name: 'Notify me of changes' }).click();
  await until('it to notify', async () => (await lysbord.ask('/searches')).items[0].notify);
  await sidebar().getByRole('button', { name: 'What to do with the search My city' }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('Our city');
  await page.keyboard.press('Enter');
  await sidebar().getByRole('button', { name: /^Our city/ }).waitFor();
  await sidebar().getByRole('button', { name: 'What to do with the search Our city' }).click();
  await page.getByRole('menuitem', { name: 'Remove' }).click();
  await until('none to be left', async () => (await lysbord.ask('/searches')).items.length === 0);
});

test('nothing of it made the page complain', () => {
  assert.deepEqual(complaints, []);
});
