/** From an empty table to the first notice, through a tunnel; and what is chosen about it later. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { openBrowser, openPage, startLysbord, until } from './lysbord.mjs';
import { standInTunnel } from './tunnel.mjs';

/** @type {import('./lysbord.mjs').Running} */
let lysbord;
/** @type {import('./tunnel.mjs').StandIn} */
let tunnel;
let browser;
let page;
let complaints;

before(async () => {
  tunnel = await standInTunnel();
  await tunnel.spoil('ERROR: authentication failed: ERR_NGROK_4018');
  lysbord = await startLysbord(tunnel.env);
  browser = await openBrowser();
  ({ page, complaints } = await openPage(browser, lysbord.ui));
});

after(async () => {
  await browser?.close();
  await lysbord?.end();
  await tunnel?.end();
});

const press = (name) => page.getByRole('button', { name, exact: true }).click();
const heading = (name) => page.getByRole('heading', { name, exact: true });
const way = (name) => page.getByRole('radio', { name });
const status = () => page.getByRole('contentinfo');
const dialog = (name) => page.getByRole('dialog', { name });

/** Copies an address as a person would, to hand it to Fotoware. */
async function copied(name) {
  await press(`Copy: ${name}`);
  await page.getByText('Copied').first().waitFor();
  return page.evaluate(() => navigator.clipboard.readText());
}

async function openPane(name) {
  await press('Settings');
  await dialog('Settings').getByRole('tab', { name }).click();
}

test('step 1: where Fotoware is, several and by their bare names', async () => {
  await heading('Where is your Fotoware?').waitFor();
  const address = page.getByRole('textbox', { name: 'Address of a Fotoware site' });
  await address.fill('pictures.example.com');
  await press('Add');
  await page.getByText('https://pictures.example.com', { exact: true }).waitFor();
  // What is typed and not added is not lost by going on.
  await address.fill('https://dam.example.com/fotoweb/');
  await press('Next');
  await heading('How will Fotoware reach this computer?').waitFor();
  assert.deepEqual((await lysbord.ask('/settings')).tenants, [
    'https://pictures.example.com',
    'https://dam.example.com',
  ]);
});

test('step 2: looking at a way opens nothing, and says what it would open', async () => {
  await way(/^This network/).check();
  await page.getByRole('radio', { name: 'All addresses of this computer' }).check();
  await page.getByText(/Opens port \d+ in every network/).waitFor();
  assert.equal((await lysbord.ask('/reach')).way, 'this_computer');
});

test('step 2: a tunnel that cannot come up says its last words', async () => {
  await way(/^Through a tunnel/).check();
  await press('Start ngrok');
  await page.getByText('Problem with ngrok').waitFor();
  await page.getByText('ERROR: authentication failed: ERR_NGROK_4018').last().waitFor();
  await tunnel.install();
  await press('Stop ngrok');
  await page.getByText('Problem with ngrok').waitFor({ state: 'detached' });
});

test('step 2: a tunnel that comes up shows its address', async () => {
  await press('Start ngrok');
  const { hook_base } = await until('the tunnel to be up', async () => {
    const reach = await lysbord.ask('/reach');
    return reach.hook_base ? reach : undefined;
  });
  await page.getByText(new URL(hook_base).origin, { exact: true }).waitFor();
  await status().getByText('not tested yet').waitFor();
});

test('step 3: the addresses are those of the tunnel, and a drawing shows where they go', async () => {
  await press('Next');
  await heading('Tell Fotoware where to send its notices').waitFor();
  const { hook_base } = await lysbord.ask('/reach');
  assert.match(hook_base, /^https:\/\/localhost:\d+\/hooks\//);
  for (const kind of ['ingested', 'modified', 'deleted']) {
    assert.equal(await copied(`Asset ${kind}`), `${hook_base}/${kind}`);
  }
  await page.getByRole('img', { name: /Site Configuration.*version 2/ }).waitFor();
});

test('step 4: the check passes, and the first notice is told and not rushed past', async () => {
  await press('Next');
  await heading('Does it work?').waitFor();
  await page.getByText(/Test delivery arrived through localhost:\d+/).waitFor();
  await page.getByText('Waiting for a notice from Fotoware').waitFor();
  await status()
    .getByText(/Reachable at localhost:\d+/)
    .waitFor();

  await lysbord.tell('ingest only');
  await page.getByText('The first notice has arrived').waitFor();
  await page.getByRole('main').locator('img[alt=""]').waitFor();
  await heading('Does it work?').waitFor();
  await press('Open the gallery');
  await page.locator('.table [role=option]').first().waitFor();
  assert.equal((await lysbord.ask('/settings')).first_start_done, true);
});

test('paused, Fotoware is told to come again, until somebody listens again', async () => {
  const send = async () =>
    (await fetch(`${lysbord.hooks}/modified`, { method: 'POST', body: '{"id":"pause"}' })).status;
  await status().getByRole('button', { name: 'Pause' }).click();
  await status().getByText('Paused: Fotoware will retry later').waitFor();
  assert.equal(await send(), 503);
  await openPane('Connection');
  await dialog('Settings').getByText('Lysbord is paused.').waitFor();
  await dialog('Settings').getByRole('button', { name: 'Resume' }).click();
  await dialog('Settings').getByText('Lysbord is paused.').waitFor({ state: 'detached' });
  assert.equal(await send(), 200);
  await press('Close');
});

test('the status line leads to the settings of the connection, which keep what was chosen', async () => {
  await status()
    .getByRole('button', { name: /^Connection/ })
    .click();
  const settings = dialog('Settings');
  await way(/^Your own public URL/).check();
  await settings.getByRole('textbox', { name: 'Public URL' }).fill('https://hooks.example.invalid/press');
  await press('Use this URL');
  await settings.getByText('https://hooks.example.invalid/press/hooks/').first().waitFor();
  await settings.getByRole('button', { name: 'Test connection' }).click();
  await settings.getByText('The test delivery did not arrive').waitFor();
  await status()
    .getByText(/Not reachable at hooks\.example\.invalid/)
    .waitFor();
  await page.reload();
  await openPane('Connection');
  assert.equal(await way(/^Your own public URL/).isChecked(), true);
  assert.equal(
    await settings.getByRole('textbox', { name: 'Public URL' }).inputValue(),
    'https://hooks.example.invalid/press',
  );
});

test('the four steps are to be found again, over the table', async () => {
  await press('Connect step by step…');
  const steps = dialog('Connect Fotoware');
  await steps.getByText('https://pictures.example.com', { exact: true }).waitFor();
  await steps.getByRole('button', { name: 'Step 4 of 4: First notice' }).click();
  await steps.getByText('Waiting for a notice from Fotoware').waitFor();
  await fetch(`${lysbord.hooks}/ingested`, { method: 'POST', body: 'no notice at all' });
  await steps.getByText('Something arrived that Lysbord could not read').waitFor();
  await lysbord.tell('caption and keywords');
  await steps.getByText('A notice has arrived').waitFor();
  await steps.getByRole('button', { name: 'Open the gallery' }).click();
  await steps.waitFor({ state: 'detached' });
});

test('a browser has no panes for what only the window does', async () => {
  await press('Settings');
  const tabs = await dialog('Settings').getByRole('tab').allInnerTexts();
  assert.deepEqual(tabs, ['General', 'Connection', 'Field names', 'Merged and split', 'About']);
});

test('in the window, background and notifications keep what was chosen', async () => {
  // The page of a browser is the window's: only the status tells where it is.
  await page.route('**/api/status', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, json: { ...(await answer.json()), shell: 'window' } });
  });
  await page.reload();
  const settings = dialog('Settings');
  await openPane('Background');
  await settings.getByRole('radio', { name: 'Keep listening' }).check();
  await settings.getByRole('switch', { name: 'Start when you log in' }).check();

  await settings.getByRole('tab', { name: 'Notifications' }).click();
  assert.equal(await settings.getByRole('checkbox', { name: 'Renamed' }).isDisabled(), true);
  await settings.getByRole('switch', { name: 'Desktop notifications' }).check();
  // At first all are on; what is turned off is left out, but for the last one.
  await settings.getByRole('checkbox', { name: 'Renamed' }).uncheck();
  const archives = settings.getByRole('group', { name: 'In which archives' }).getByRole('checkbox');
  const listed = await archives.count();
  await archives.first().click();
  const query = settings.getByRole('textbox', { name: 'Only assets that match a search' });
  await query.fill('byline:solberg');
  await query.press('Tab');
  await settings.getByRole('switch', { name: 'Quiet hours' }).check();
  await settings.getByLabel('From', { exact: true }).fill('23:30');
  await settings.getByLabel('From', { exact: true }).press('Tab');

  const { background, notifications } = await until('all of it to be saved', async () => {
    const kept = await lysbord.ask('/settings');
    return kept.notifications.quiet?.from === '23:30' ? kept : undefined;
  });
  assert.equal(background.keep_listening, 'yes');
  assert.equal(background.start_at_login, true);
  assert.ok(notifications.kinds.length > 5 && !notifications.kinds.includes('renamed'), notifications.kinds);
  assert.deepEqual({ ...notifications, kinds: undefined, archives: notifications.archives.length }, {
    on: true,
    kinds: undefined,
    archives: Math.max(1, listed - 1),
    query: 'byline:solberg',
    quiet: { from: '23:30', until: '07:00' },
  });
  await page.reload();
  await openPane('Notifications');
  assert.equal(await settings.getByRole('checkbox', { name: 'Renamed' }).isChecked(), false);
  assert.equal(await settings.getByLabel('From', { exact: true }).inputValue(), '23:30');
});

test('the browser had nothing to complain of', () => {
  assert.deepEqual(complaints, []);
});
