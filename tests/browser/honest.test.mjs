/**
 * What is said of a picture, in every state and at every place that shows it. The program tells the states through its
 * own API, with words put in: a picture that is on its way lasts too short a time to be looked at.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, openPage, startLysbord, until } from './lysbord.mjs';

/** @type {import('./lysbord.mjs').Running} */
let lysbord;
let browser;
let page;
let complaints;
/** What becomes of an asset or a version before the page hears of it. */
let state;
let compared = (answer) => answer;

const none = (picture, more) => ({ ...picture, url: null, width: null, height: null, ...more });
const both = (change) => (asset) => ({
  ...asset,
  thumbnail: change(asset.thumbnail),
  preview: change(asset.preview),
  ...('large' in asset ? { large: null } : {}),
});
const earlier = (more) => (picture) => ({ ...picture, earlier_version: 1, ...more });

/** Each state: what it does to the answers, the words it is told by, and what the tile shows in short. */
const STATES = {
  'on its way': {
    change: both((picture) => none(picture, { state: 'waiting' })),
    words: 'Picture on its way',
  },
  missing: {
    change: both((picture) => none(picture, { state: 'missing', reason: 'expired' })),
    words: 'No picture: expired',
  },
  'earlier, the new one on its way': {
    change: both(earlier({ state: 'waiting' })),
    words: 'Picture of version 1. The picture of version 2 is on its way.',
    badge: 'Older picture',
    inEvents: 'picture of v1',
  },
  'earlier, the new one missing': {
    change: both(earlier({ state: 'missing', reason: 'expired' })),
    words: 'Picture of version 1. There is no picture of version 2: expired.',
    badge: 'Older picture',
    inEvents: 'picture of v1',
  },
  partial: {
    change: both((picture) => ({ ...picture, partial: true })),
    words: 'Only part of this picture arrived',
    badge: 'Part',
  },
  deleted: { change: (asset) => ({ ...asset, state: 'deleted' }), words: 'Deleted', badge: 'Deleted' },
};

before(async () => {
  lysbord = await startLysbord();
  // Some past to look back to, then one with two versions.
  await lysbord.play(8, 50);
  await lysbord.tell('new version');
  browser = await openBrowser();
  ({ page, complaints } = await openPage(browser, lysbord.ui));
  const told = async (path, change) => {
    await page.route(path, async (route) => {
      const answer = await route.fetch().catch(() => undefined);
      if (answer)
        await route.fulfill({ response: answer, json: change(await answer.json()) }).catch(() => {});
    });
  };
  const changed = (asset) => (state ? state.change({ ...asset, version_count: 2 }) : asset);
  await told('**/api/assets?*', (answer) => ({ ...answer, items: answer.items.map(changed) }));
  await told(/\/api\/assets\/[^/?]+(\?|$)/, (asset) => ({
    ...changed(asset),
    versions: asset.versions.map((step, nth) => (state && nth === 0 ? state.change(step) : step)),
  }));
  await told('**/api/events?*', (answer) => ({
    ...answer,
    items: answer.items.map((line, nth) => {
      if (!state || nth > 0) return line;
      const { preview, large, ...told } = state.change({ ...line, preview: line.thumbnail });
      return { ...told, version: 2 };
    }),
  }));
  await told('**/api/assets/*/compare?*', (answer) => compared(answer));
});

after(async () => {
  await page?.unrouteAll({ behavior: 'ignoreErrors' });
  await browser?.close();
  await lysbord?.end();
});

const inspector = () => page.getByRole('complementary', { name: 'Inspector' });
const look = () => page.getByRole('dialog', { name: /full size/ });

async function open() {
  // A reload alone would show what was shown last.
  await page.evaluate(() => history.replaceState(null, '', '#/assets'));
  await page.reload();
  const tile = page.locator('.table [role=option][data-asset]').first();
  await tile.waitFor();
  return tile;
}

for (const [name, { change, words, badge, inEvents }] of Object.entries(STATES)) {
  test(`${name}: the words on the tile, in the inspector, at full size, in the events, and for screen readers`, async () => {
    state = { change };
    const tile = await open();
    assert.ok((await tile.locator('.unseen').first().textContent()).includes(words), 'the name for screen readers');
    await tile.getByText(badge ?? words, { exact: true }).waitFor();

    await tile.click();
    await inspector().getByText(words, { exact: true }).first().waitFor();

    await page.keyboard.press('Space');
    await look().getByText(words, { exact: true }).first().waitFor();
    await page.keyboard.press('Escape');
    await look().waitFor({ state: 'detached' });

    if (name === 'deleted') return;
    await page.getByRole('button', { name: /^Events \d/ }).click();
    const line = page.getByRole('listbox', { name: 'Events' }).getByRole('option').first();
    await line.waitFor();
    assert.ok((await line.locator('.unseen').first().textContent()).includes(words), 'the name of the event for screen readers');
    assert.ok((await line.locator('.picture').getAttribute('title')).includes(words));
    if (inEvents) await line.getByText(inEvents).waitFor();
  });
}

test('a picture of its own is shown without a word', async () => {
  state = undefined;
  const tile = await open();
  assert.doesNotMatch(await tile.locator('.unseen').first().textContent(), /picture/i);
  await tile.click();
  await inspector().locator('img').first().waitFor();
  assert.equal(await inspector().getByText(/Picture of version/).count(), 0);
});

const ABSENT = {
  'on its way': [
    { state: 'waiting' },
    'The picture of the new version is on its way. The two are compared as soon as it arrives.',
    'Picture on its way',
  ],
  missing: [
    { state: 'missing', reason: 'expired' },
    'There is no picture of the new version, so the two cannot be compared.',
    'No picture: expired',
  ],
};

for (const [name, [more, finding, stage]] of Object.entries(ABSENT)) {
  test(`compared with one that is ${name}: it says so, and shows no other picture instead`, async () => {
    state = undefined;
    compared = (answer) => ({
      ...answer,
      new: both((picture) => none(picture, more))(answer.new),
      picture: { ...answer.picture, state: 'absent', which_absent: 'new', share: null, difference_url: null },
    });
    const tile = await open();
    await tile.click();
    await inspector().getByRole('tab', { name: 'Compare' }).click();
    await inspector().getByText(finding).waitFor();
    await inspector().getByText(stage, { exact: true }).first().waitFor();
    compared = (answer) => answer;
  });
}

test('looking back, the list, its name and the full-size look say as of when', async () => {
  state = undefined;
  await open();
  await page.keyboard.press('t');
  await page.keyboard.press('ArrowLeft');
  await page.getByText(/^The library as it was on/).waitFor();
  await until('the list to say so', async () =>
    /^Assets as of /.test(await page.locator('.table').getAttribute('aria-label')),
  );
  const tile = page.locator('.table [role=option][data-asset]').first();
  await tile.click();
  await page.keyboard.press('Space');
  await look()
    .getByText(/^As of /)
    .waitFor();
  await page.keyboard.press('Escape');
});

test('the browser had nothing to complain of', () => {
  assert.deepEqual(complaints, []);
});
