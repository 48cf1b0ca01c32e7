/** The log of deliveries and the list of events, as an integrator and a picture editor use them, against the real program. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, openPage, startLysbord, until } from './lysbord.mjs';

/** @type {import('./lysbord.mjs').Running} */
let lysbord;
let browser;
let page;
let complaints;

const MANY = 320;
const BROKEN = '{"data": {"filename": "cut-off.j';

async function post(kind, body, headers = {}) {
  const answer = await fetch(`${lysbord.hooks}/${kind}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'FotoWare-Test/8.1', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  assert.equal(answer.status, 200);
}

/** A notice about an asset, so many minutes before now. */
function notice(id, name, minutesAgo, metadata = {}) {
  const time = new Date(Date.now() - minutesAgo * 60_000).toISOString();
  const href = `/fotoweb/archives/5000-All-files/Log/${name}.info`;
  return {
    id,
    type: 'asset',
    created: time,
    href: `https://dam.example${href}`,
    data: {
      href,
      archiveHREF: '/fotoweb/archives/5000-All-files/',
      filename: name,
      physicalFileId: `log/${name}`,
      doctype: 'image',
      modified: time,
      metadata,
    },
  };
}

before(async () => {
  lysbord = await startLysbord();
  browser = await openBrowser();
  ({ page, complaints } = await openPage(browser, lysbord.ui));
  for (let nth = 0; nth < MANY; nth++) await post('ingested', notice(`many-${nth}`, `many-${nth}.jpg`, 3 * 24 * 60 - nth));
  await post('ingested', notice('first', 'fjord.jpg', 10, { 25: { value: ['draft', 'sea'] }, 5: { value: 'Old title' } }));
  const changed = notice('second', 'fjord.jpg', 5, { 25: { value: ['sea', 'cleared'] }, 5: { value: 'New title' } });
  await post('modified', changed, { authorization: 'Bearer top-secret', 'x-request-id': 'request-4711' });
  await post('modified', changed);
  await post('modified', BROKEN);
  await until('all of it is shown', async () => (await lysbord.ask('/sidebar')).assets === MANY + 1);
  await page.getByRole('button', { name: /^All deliveries/ }).waitFor();
});

after(async () => {
  await browser?.close();
  await lysbord?.end();
});

const list = () => page.getByRole('listbox', { name: 'Deliveries' });
const option = (name) => list().getByRole('option', { name });
const panel = () => page.getByRole('complementary', { name: 'Delivery' });

async function toDeliveries() {
  await page.getByRole('button', { name: /^All deliveries/ }).click();
  await list().getByRole('option').first().waitFor();
}

test('a line says when to the millisecond, what changed, who sent it and how it was answered', async () => {
  await page.setViewportSize({ width: 1920, height: 1000 });
  await toDeliveries();
  const line = option(/Modified|Metadata updated/).first();
  const words = await line.innerText();
  assert.match(words, /\d\d:\d\d:\d\d\.\d\d\d/);
  assert.match(words, /Title, Keywords|Keywords, Title/);
  assert.match(words, /fjord\.jpg/);
  assert.match(words, /127\.0\.0\.1/);
  assert.match(words, /FotoWare-Test/);
  assert.match(words, /200 · [\d.,]+ ms/);
  await page.setViewportSize({ width: 1440, height: 900 });
});

test('the log is one list: its length is said, End leads to its end, and letters walk through it', async () => {
  await page.getByText(`${MANY + 4} deliveries`).waitFor();
  await list().focus();
  await page.keyboard.press('End');
  await option(/many-0\.jpg/).and(page.locator('[aria-selected=true]')).waitFor();
  assert.equal(await option(/many-0\.jpg/).getAttribute('aria-posinset'), String(MANY + 4));
  await page.keyboard.press('ArrowUp');
  await panel().getByRole('heading', { name: 'many-1.jpg' }).waitFor();
  await page.keyboard.press('Home');
  await panel().getByText('JSON ends too early').waitFor();
});

test('a broken body shows where it breaks', async () => {
  await panel().getByText(`JSON ends too early, at byte ${BROKEN.length}`).waitFor();
  assert.equal(await panel().locator('pre mark').count(), 1);
  assert.match(await panel().locator('pre').innerText(), /cut-off\.j.*ends here/);
});

test('headers are there but for those that may be secret', async () => {
  await option(/fjord\.jpg/).nth(1).click();
  await panel().getByRole('radio', { name: 'Headers' }).check();
  const table = panel().getByRole('table');
  await table.getByText('request-4711').waitFor();
  assert.doesNotMatch(await panel().innerText(), /top-secret/);
});

test('from a duplicate one comes to its original, and back, and to the asset at that version', async () => {
  await option(/Duplicate.*fjord\.jpg/).click();
  await panel().getByRole('button', { name: /^Repeats delivery/ }).click();
  await panel().getByText('Repeated once:').waitFor();
  await panel().getByRole('button', { name: /^Delivery \d+$/ }).click();
  await panel().getByText('It was kept and changed nothing', { exact: false }).waitFor();
  await panel().getByRole('button', { name: /^Repeats delivery/ }).click();
  await panel().getByRole('link', { name: 'Show asset, version 2' }).click();
  await page.getByRole('listbox', { name: 'Assets' }).waitFor();
  await page.getByRole('complementary', { name: 'Inspector' }).getByText('New title').first().waitFor();
  await page.goBack();
  await panel().getByText('Repeated once:').waitFor();
});

test('two bodies are compared line by line', async () => {
  await panel().getByRole('radio', { name: 'Compare' }).check();
  const difference = panel().getByRole('region', { name: 'Difference' });
  await difference.getByText('Old title').waitFor();
  await difference.getByText('New title').waitFor();
});

test('words in bodies and headers find deliveries, and filters narrow them', async () => {
  const search = page.getByRole('searchbox', { name: 'Search deliveries' });
  await search.fill('request-4711');
  await page.getByText('1 delivery', { exact: true }).waitFor();
  assert.match(page.url(), /query=request-4711/);
  await search.fill('');
  await page.getByRole('combobox', { name: 'Result' }).selectOption('duplicate');
  await page.getByText('1 delivery', { exact: true }).waitFor();
  await page.getByRole('combobox', { name: 'Result' }).selectOption('');
  await page.getByRole('combobox', { name: 'Webhook' }).selectOption('modified');
  await page.getByText('3 deliveries', { exact: true }).waitFor();
  await page.getByRole('combobox', { name: 'Webhook' }).selectOption('');
  await page.getByText(`${MANY + 4} deliveries`).waitFor();
});

test('several are sent again, one after the other', async () => {
  await option(/Duplicate/).click();
  await option(/many-/).first().click({ modifiers: ['Shift'] });
  await page.getByRole('group', { name: /selected$/ }).getByRole('button', { name: 'Send again…' }).click();
  const asked = page.getByRole('dialog', { name: /^Send \d deliveries again/ });
  await asked.getByRole('textbox').fill(`${lysbord.hooks}/modified`);
  await asked.getByRole('button', { name: 'Send', exact: true }).click();
  await asked.getByText(/^(\d) of \1 sent/).waitFor();
  await asked.getByRole('button', { name: 'Close' }).first().click();
});

test('what arrives is put above, and what is in view stays there', async () => {
  await list().focus();
  await page.keyboard.press('End');
  await option(/many-3\.jpg/).waitFor();
  const before = await option(/many-3\.jpg/).boundingBox();
  await post('ingested', notice('late one', 'another.jpg', 1));
  await page.getByText(/^33\d deliveries|^32\d deliveries/).waitFor();
  await until('it is counted', async () => (await lysbord.ask('/deliveries?query=another')).total > 0);
  const now = await option(/many-3\.jpg/).boundingBox();
  assert.ok(Math.abs(now.y - before.y) <= 1, `${before.y} → ${now.y}`);
});

test('the list of events has its whole length, ends at its end and leads to a day', async () => {
  await page.getByRole('button', { name: /^Events/ }).click();
  const events = page.getByRole('listbox', { name: 'Events' });
  await events.getByRole('option').first().waitFor();
  const { total } = await lysbord.ask('/events/outline');
  await page.getByText(`${total} events`, { exact: true }).waitFor();
  await events.focus();
  await page.keyboard.press('End');
  const last = events.locator(`[aria-posinset="${total}"]`);
  await last.getByText('many-0.jpg').first().waitFor();
  await page.keyboard.press('Home');
  await events.locator('[aria-posinset="1"]').waitFor();
  const day = new Date(Date.now() - 3 * 24 * 3_600_000);
  const key = `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, '0')}-${String(day.getDate()).padStart(2, '0')}`;
  await page.getByLabel('Go to a day').fill(key);
  await events.getByRole('option', { name: /many-/ }).first().waitFor();
});

test('an event tells what changed, and what came late or twice is found', async () => {
  const events = page.getByRole('listbox', { name: 'Events' });
  await page.getByRole('combobox', { name: 'Arrival' }).selectOption('repeated');
  const line = events.getByRole('option', { name: /fjord\.jpg.*Keywords: removed draft, added cleared/ });
  await line.waitFor();
  assert.match(await line.locator('div.change').innerText(), /Old.*New.*−draft.*\+cleared/s);
  assert.match(page.url(), /arrival=repeated/);
  await page.getByRole('combobox', { name: 'Arrival' }).selectOption('late');
  const { total } = await lysbord.ask('/events/outline?arrival=late');
  assert.ok(total >= MANY);
  await page.getByText(`${total} events`, { exact: true }).waitFor();
});

test('the page had nothing to complain of', () => {
  assert.deepEqual(complaints, []);
});
