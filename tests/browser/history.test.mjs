/** What happened to a picture: a picture editor finds out, in a real browser against the real program. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';
import { openBrowser, openPage, startLysbord, until } from './lysbord.mjs';

/** In the last but one a rename never arrived: two assets, which only a person can know to be one. */
const STORIES = ['rename', 'new version', 'restore', 'two archives', 'rename missing between', 'unreadable'];
const CAPTION = 120;

/** @type {import('./lysbord.mjs').Running} */
let lysbord;
let browser;
let page;
let complaints;

before(async () => {
  lysbord = await startLysbord();
  browser = await openBrowser();
  ({ page, complaints } = await openPage(browser, lysbord.ui));
  await page.getByText('Connect your archive').waitFor();
});

after(async () => {
  await browser?.close();
  await lysbord?.end();
});

const tiles = () => page.locator('.table [role=option]');
const lines = () => page.getByRole('listbox', { name: 'Events' }).getByRole('option');
const inspector = () => page.getByRole('complementary', { name: 'Inspector' });
const handle = () => page.getByRole('slider', { name: 'Moment in time' });
const newest = async (filter) => (await lysbord.ask(`/events?limit=1&${filter}`)).items[0];

/** Waits until the button says how many would be exported. */
const exported = (total) =>
  until(`the table to show ${total} assets`, async () =>
    page
      .getByRole('main')
      .getByRole('button', { name: `Export ${total}`, exact: true })
      .isVisible(),
  );

async function toTable() {
  await page.getByRole('button', { name: /^Assets/ }).click();
  await page.getByRole('listbox', { name: 'Assets' }).waitFor();
}

/** Few enough to be in the page all at once. */
function untilShown(total) {
  return until(`the table to show ${total} assets`, async () => (await tiles().count()) === total);
}

function untilLines(total) {
  return until(`${total} events to be listed`, async () => (await lines().count()) === total);
}

async function named(filename) {
  const { items } = await lysbord.ask('/assets');
  return items.find((asset) => asset.filename.endsWith(filename));
}

async function open(asset, tab) {
  await page.locator(`.table [data-asset="${asset}"]`).click();
  await inspector().getByRole('tab', { name: tab }).click();
}

function step(event) {
  return inspector().locator(`li[data-event="${event}"]`);
}

async function settings(tab) {
  await page.getByRole('button', { name: 'Settings' }).click();
  const dialog = page.getByRole('dialog', { name: 'Settings' });
  await dialog.getByRole('tab', { name: tab }).click();
  return dialog;
}

test('a rename is told in the timeline with both names', async () => {
  await lysbord.tell(...STORIES);
  await tiles().first().waitFor();
  const renamed = await newest('change=renamed');
  await open(renamed.asset_id, /Versions/);
  const told = step(renamed.event_id);
  await told.getByRole('heading', { name: /^Renamed/ }).waitFor();
  await told.locator('del').filter({ hasText: renamed.previous_name }).waitFor();
  await told.locator('ins').filter({ hasText: renamed.filename }).waitFor();
});

test('an uploaded version has a picture of its own, beside the one before', async () => {
  const uploaded = await newest('change=new_version');
  const { versions } = await lysbord.ask(`/assets/${uploaded.asset_id}`);
  await open(uploaded.asset_id, /Versions/);
  await step(uploaded.event_id)
    .getByRole('heading', { name: /^New version uploaded/ })
    .waitFor();
  assert.equal(await inspector().getByRole('listitem').count(), versions.length);
  const pictures = inspector().getByRole('listitem').locator('img');
  await until('a picture of every version', () =>
    pictures.evaluateAll(
      (all, wanted) => all.length >= wanted && all.every(({ naturalWidth }) => naturalWidth > 0),
      versions.length,
    ),
  );
});

test('the words of a caption that came and went are marked, those that stayed are not', async () => {
  const { items } = await lysbord.ask(`/events?limit=100&field=${CAPTION}`);
  const edited = items.find(({ change }) => change === 'metadata');
  const { versions } = await lysbord.ask(`/assets/${edited.asset_id}`);
  const { changes } = versions.find(({ event_id }) => event_id === edited.event_id);
  const { pieces } = changes.find(({ id }) => id === CAPTION);
  await open(edited.asset_id, /Versions/);
  for (const [kind, mark] of [
    ['added', 'ins'],
    ['removed', 'del'],
  ]) {
    const marks = await step(edited.event_id).locator(mark).allInnerTexts();
    for (const { text } of pieces.filter((piece) => piece.kind === kind)) {
      assert.ok(
        marks.some((marked) => marked.includes(text.trim())),
        `${kind}: ${text}`,
      );
    }
  }
  assert.ok(pieces.some(({ kind }) => kind !== 'same'));
});

test('a restore says which version it equals', async () => {
  const restored = await newest('change=restored');
  await open(restored.asset_id, /Versions/);
  await step(restored.event_id).getByText('The same as version 1.').waitFor();
});

test('two versions are compared in each of the three ways', async () => {
  const uploaded = await newest('change=new_version');
  const { versions } = await lysbord.ask(`/assets/${uploaded.asset_id}`);
  const before = versions[versions.findIndex(({ event_id }) => event_id === uploaded.event_id) + 1];
  const { picture } = await lysbord.ask(
    `/assets/${uploaded.asset_id}/compare?old=${before.event_id}&new=${uploaded.event_id}`,
  );
  assert.equal(picture.state, 'compared');
  assert.ok(picture.share > 0.001 || picture.old_part || picture.new_part, `${picture.share} changed`);

  await open(uploaded.asset_id, /Versions/);
  const told = step(uploaded.event_id);
  await told.getByRole('button', { name: /version uploaded/ }).click();
  await told.getByRole('button', { name: 'Compare with the previous version' }).click();
  const share = `${(picture.share * 100).toFixed(1)}%`;
  await inspector()
    .getByText(
      picture.old_part || picture.new_part
        ? new RegExp(`of the picture.* (otherwise unchanged|all of what both show changed|${share} of what both show)`)
        : `${share} of the picture changed`,
    )
    .waitFor();

  await inspector().getByRole('button', { name: 'Compare at full size' }).click();
  const large = page.getByRole('dialog', { name: /^Compare versions of/ });
  const loaded = (wanted) =>
    until(`${wanted} pictures side by side or over each other`, () =>
      large
        .locator('.stage img')
        .evaluateAll(
          (all, wanted) => all.length === wanted && all.every(({ naturalWidth }) => naturalWidth > 0),
          wanted,
        ),
    );
  await large.getByRole('group', { name: /^Side by side/ }).waitFor();
  await loaded(2);

  await page.keyboard.press('2');
  await loaded(2);
  const slider = large.getByRole('slider', { name: 'Slider between the two pictures' });
  await slider.press('End');
  assert.equal(await slider.getAttribute('aria-valuetext'), '100% of the old picture');

  await large.getByText('Difference', { exact: true }).click();
  await loaded(1);
  const address = await large.getByAltText(/highlighted/).getAttribute('src');
  assert.equal(address, picture.difference_url);

  await page.keyboard.press('Escape');
  await large.waitFor({ state: 'detached' });
});

test('events are filtered by what happened, by the notice, by the field that changed', async () => {
  await page.getByRole('button', { name: /^Events \d/ }).click();
  const { items: all } = await lysbord.ask('/events?limit=100');
  await untilLines(all.length);

  const renames = all.filter(({ change }) => change === 'renamed');
  await page.getByLabel('What happened').selectOption('renamed');
  await untilLines(renames.length);
  assert.ok(
    (await lines().evaluateAll((told) => told.map((line) => line.querySelector('.unseen').textContent))).every((line) =>
      line.startsWith('Renamed: '),
    ),
  );
  await page.getByRole('button', { name: 'Remove: Renamed' }).click();
  await untilLines(all.length);

  const uploads = all.filter(({ kind }) => kind === 'ingested');
  await page.getByLabel('Notice', { exact: true }).selectOption('ingested');
  await untilLines(uploads.length);
  await page.getByLabel('Notice', { exact: true }).selectOption('');

  const { fields } = await lysbord.ask('/events/choices');
  const caption = fields.find(({ id }) => id === CAPTION);
  const captions = all.filter(({ changed }) => changed.some(({ id }) => id === CAPTION));
  assert.ok(captions.length > 0 && captions.length < all.length, `${captions.length} captions changed`);
  await page.getByLabel('Field', { exact: true }).selectOption({ label: `${caption.label} changed` });
  await untilLines(captions.length);
  await page.getByRole('button', { name: 'Clear all' }).click();
  await untilLines(all.length);
});

test('a line opens the asset at the version that it tells of', async () => {
  const { items } = await lysbord.ask('/events?limit=100');
  const earlier = items.find(({ change, version }) => change === 'ingested' && version === 1);
  await page.locator(`[data-event="${earlier.event_id}"][role=option]`).click();
  await inspector().locator(`li[data-event="${earlier.event_id}"] [aria-current=step]`).waitFor();
  await toTable();
});

test('what the notices could not tell is joined by hand, and taken back', async () => {
  await toTable();
  const [before, later] = [await named('a.jpg'), await named('c.jpg')];
  const { total } = await lysbord.ask('/gallery');
  await page.locator(`.table [data-asset="${before.id}"]`).click();
  await page.locator(`.table [data-asset="${later.id}"]`).click({ modifiers: ['ControlOrMeta'] });
  await page.getByRole('button', { name: 'Merge…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Merge' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await untilShown(total - 1);
  const joined = await named('c.jpg');
  assert.equal(joined.version_count, before.version_count + later.version_count);

  const dialog = await settings('Merged and split');
  await dialog.getByText('Merged into one asset').waitFor();
  await dialog.getByRole('button', { name: 'Undo' }).click();
  await dialog.getByText('Nothing has been merged or split by hand.').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await untilShown(total);
});

test('one asset is split in two, and taken back', async () => {
  await toTable();
  const { asset_id, event_id } = await newest('change=restored');
  const { total } = await lysbord.ask('/gallery');
  await open(asset_id, /Versions/);
  await step(event_id)
    .getByRole('button', { name: /^Earlier version restored/ })
    .click();
  await step(event_id).getByRole('button', { name: 'Split from here…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Split' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await untilShown(total + 1);

  const dialog = await settings('Merged and split');
  await dialog.getByText('Split in two').waitFor();
  await dialog.getByRole('button', { name: 'Undo' }).click();
  await dialog.getByText('Nothing has been merged or split by hand.').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await untilShown(total);
});

test('a field has the name that the user gives it, until he takes it back', async () => {
  await toTable();
  const field = (await lysbord.ask('/fields')).items.find(({ id }) => id === CAPTION);
  const dialog = await settings('Field names');
  const given = dialog.getByRole('textbox', {
    name: `Your name for field ${CAPTION}, ${field.default_label}`,
  });
  await given.fill('Picture text');
  await given.press('Enter');
  await until('the name to be kept', async () =>
    (await lysbord.ask('/fields')).items.some(({ label }) => label === 'Picture text'),
  );
  await dialog.getByRole('button', { name: 'Close' }).click();

  const { asset_id } = await newest(`field=${CAPTION}`);
  await open(asset_id, 'Info');
  await inspector().getByRole('term').filter({ hasText: 'Picture text' }).waitFor();
  await inspector()
    .getByRole('tab', { name: /Versions/ })
    .click();
  await inspector().getByRole('listitem').getByText('Picture text').first().waitFor();

  const again = await settings('Field names');
  await again.getByRole('button', { name: `Back to ${field.default_label}` }).click();
  await again.getByRole('button', { name: 'Close' }).click();
  await inspector().getByText('Picture text').waitFor({ state: 'detached' });
});

test('a delivery goes again to an address that the user vouches for, and to no other within', async () => {
  const received = [];
  const standIn = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    received.push({ type: request.headers['content-type'], body: Buffer.concat(parts).toString() });
    response.end('taken, thank you');
  }).listen(0, '127.0.0.1');
  await once(standIn, 'listening');
  try {
    const origin = `http://127.0.0.1:${standIn.address().port}`;
    const { delivery_id } = await newest('change=new_version');
    await page.getByRole('button', { name: 'All deliveries' }).click();
    await page.locator(`[data-id="${delivery_id}"]`).click();
    await page.getByRole('treeitem').first().waitFor();

    await page.getByRole('button', { name: 'Send again…' }).click();
    const asked = page.getByRole('dialog', { name: 'Send this delivery again' });
    await asked.getByLabel('Address').fill(`${origin}/hook`);
    await asked.getByRole('button', { name: 'Send' }).click();
    await asked.getByText('It was not sent').waitFor();
    assert.equal(received.length, 0);
    await asked.getByRole('button', { name: 'Cancel' }).click();

    const dialog = await settings('Connection');
    await dialog.getByRole('textbox', { name: 'Address of a Fotoware site' }).fill(origin);
    await dialog.getByRole('button', { name: 'Add' }).click();
    await dialog.getByRole('button', { name: `Remove ${origin}` }).waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();

    await page.getByRole('button', { name: 'Send again…' }).click();
    await asked.getByLabel('Address').fill(`${origin}/hook`);
    await asked.getByRole('button', { name: 'Send' }).click();
    await asked.getByText(/Answered 200 after/).waitFor();
    await asked.getByText('taken, thank you').waitFor();
    assert.equal(received.length, 1);
    assert.match(received[0].type, /json/);
    assert.equal(received[0].body, (await lysbord.ask(`/deliveries/${delivery_id}`)).body);
    await asked.getByRole('button', { name: 'Close' }).last().click();
  } finally {
    standIn.close();
    standIn.closeAllConnections();
  }
});

test('looking back shows the names of then, and Now is one key away', async () => {
  await toTable();
  await lysbord.play(24, 50);
  await page.getByRole('listbox', { name: 'Assets' }).press('Escape');
  const { items, total: now } = await lysbord.ask('/assets?limit=200');
  await exported(now);
  const names = new Map(items.map(({ id, filename }) => [id, filename]));

  await page.keyboard.press('t');
  let at;
  let was;
  await until('a moment when something was called otherwise', async () => {
    await page.keyboard.press('ArrowLeft');
    at = new Date(Number(await handle().getAttribute('aria-valuenow'))).toISOString();
    const then = await lysbord.ask(`/assets?limit=200&at=${at}`);
    was = then.items.find(({ id, filename }) => names.has(id) && names.get(id) !== filename);
    return was !== undefined;
  });
  const { total: then } = await lysbord.ask(`/gallery?at=${at}`);
  assert.ok(then < now, `${then} then, ${now} now`);
  await page.getByText(/^The library as it was on/).waitFor();
  await exported(then);
  await page.locator(`.table [data-asset="${was.id}"]`).click();
  await inspector().getByText(was.filename, { exact: true }).first().waitFor();
  await inspector().getByText(names.get(was.id), { exact: true }).waitFor({ state: 'detached' });

  await page.keyboard.press('n');
  await page.getByText(/^The library as it was on/).waitFor({ state: 'detached' });
  await inspector().getByText(names.get(was.id), { exact: true }).first().waitFor();
  await page.getByRole('listbox', { name: 'Assets' }).press('Escape');
  await exported(now);
});

test('a span that is drawn on the strip of time is what the events are of', async () => {
  await page.getByRole('button', { name: /^Events \d/ }).click();
  const bars = await page.locator('.bars').boundingBox();
  const height = bars.y + bars.height / 3;
  await page.mouse.move(bars.x + bars.width * 0.3, height);
  await page.mouse.down();
  await page.mouse.move(bars.x + bars.width * 0.9, height, { steps: 4 });
  await page.mouse.up();

  const span = page.getByRole('group', { name: 'Time' });
  const end = async (name) => new Date(await span.getByLabel(name).inputValue()).toISOString();
  const [from, until_] = [await end('From'), await end('Until')];
  const { items } = await lysbord.ask(`/events?limit=200&from=${from}&until=${until_}`);
  const { events } = await lysbord.ask('/sidebar');
  assert.ok(items.length > 0 && items.length < events, `${items.length} of ${events}`);
  await until('the marked span to be listed, and nothing else', async () => {
    const listed = await lines().evaluateAll((all) => all.map((line) => line.dataset.event));
    return listed.length > 0 && listed.every((event, nth) => event === items[nth].event_id);
  });
  await page.getByRole('button', { name: 'Clear all' }).click();
  await span.waitFor({ state: 'detached' });
});

test('a span marked under the gallery narrows it and its export, and is a condition of the search like others', async () => {
  await toTable();
  const { total } = await lysbord.ask('/gallery');
  await exported(total);
  const bars = await page.locator('.bars').boundingBox();
  const height = bars.y + bars.height / 3;
  const asked = page.waitForRequest((request) => /\/api\/gallery\?.*from=/.test(request.url()));
  await page.mouse.move(bars.x + bars.width * 0.86, height);
  await page.mouse.down();
  await page.mouse.move(bars.x + bars.width * 0.99, height);
  await page.mouse.up();
  const { searchParams } = new URL((await asked).url());
  const span = `from=${searchParams.get('from')}&until=${searchParams.get('until')}`;
  const { total: within } = await lysbord.ask(`/gallery?${span}`);
  assert.ok(within > 0 && within < total, `${within} of ${total}`);
  await exported(within);

  await page.getByRole('button', { name: /^Export/ }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Export' });
  assert.equal(await dialog.getByRole('radio', { name: /^Search results/ }).isChecked(), true);
  await page.keyboard.press('Escape');
  await page.getByRole('search').getByRole('button', { name: /^Remove/ }).click();
  await exported(total);
});

/** The address that nobody vouched for is refused, and an asset that was joined to another is not there any more. */
test('the browser had nothing to complain of but what was refused and what is gone', () => {
  assert.deepEqual(
    complaints.filter((words) => !/status of (404|422)/.test(words)),
    [],
  );
});
