// Running in the background: the window is opened and closed, notices are stored all the while, and none is lost.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { after, before } from 'node:test';
import { promisify } from 'node:util';
import { choose, exported, freePort, hooksOf, newHome, run, start, story } from './lysbord.mjs';
import { activeWindow, closeByKeyboard, press, until, windowCalled, windowGone, windowManager } from './screen.mjs';
import { ingested, post, slowArchive, standIn } from './session.mjs';

const QUESTION = 'Keep listening in the background?';
const icon = resolve(import.meta.dirname, '../../icons/64x64.png');

let desk;
before(() => (desk = windowManager()));
after(() => desk.kill());

async function home(t) {
  const made = await newHome();
  t.after(made.remove);
  return made;
}

async function session(t, ...args) {
  const made = await standIn(...args);
  t.after(made.stop);
  return made;
}

story('closing the window asks once, and then notices are kept without one', async (t) => {
  const [here, tray] = [await home(t), await session(t)];
  const first = start(here, '--json');
  const hooks = await hooksOf(first);
  await tray.menu('listens', ([state]) => state === 'Listening');

  await closeByKeyboard(await windowCalled('Lysbord'));
  await press(await windowCalled(QUESTION), 'Escape');
  await windowGone(QUESTION);
  await closeByKeyboard(await windowCalled('Lysbord'));
  await press(await windowCalled(QUESTION), 'Return');
  await windowGone('Lysbord');

  for (let number = 1; number <= 7; number += 1) assert.equal(await post(hooks, ingested(number)), 200);
  const menu = await tray.menu('tells the last', ([, last]) => last.startsWith('harbour 7'));
  assert.equal(menu.length, 9, 'five of them');
  assert.deepEqual(menu.slice(1, 4), [7, 6, 5].map((number) => `harbour ${number}.jpg – ingested`));

  const second = start(here);
  assert.equal(await second.ended, 0, second.said);
  const window = await windowCalled('Lysbord');
  await until('the window has the keyboard', async () => (await activeWindow()) === window);

  await closeByKeyboard(window);
  await windowGone('Lysbord');
  tray.say('press Quit');
  assert.equal(await first.ended, 0, first.said);
  assert.equal((await exported(here, 'events')).length, 7);
});

story('without a tray it is said how the window comes back, and nothing is hidden before', async (t) => {
  const here = await home(t);
  await choose(here, (settings) => (settings.background.keep_listening = 'yes'));
  const first = start(here, '--json');
  await hooksOf(first);

  // The user agreed while there was a tray. Without one, Lysbord asks again.
  await closeByKeyboard(await windowCalled('Lysbord'));
  await press(await windowCalled(QUESTION), 'Return');
  await windowGone('Lysbord');
  assert.equal(first.child.exitCode, null);

  assert.equal(await start(here).ended, 0);
  await closeByKeyboard(await windowCalled('Lysbord'));
  await windowGone('Lysbord');
  first.child.kill('SIGTERM');
  assert.equal(await first.ended, 0, first.said);
});

story('a desktop without the library of tray icons has all the rest', async (t) => {
  const here = await home(t);
  const broken = join(here.folder, 'no library');
  await mkdir(broken);
  const names = ['libayatana-appindicator3', 'libappindicator3'].flatMap((name) => [`${name}.so.1`, `${name}.so`]);
  for (const name of names) await writeFile(join(broken, name), 'none');
  here.env.LD_LIBRARY_PATH = broken;
  const first = start(here, '--json');

  assert.equal(await post(await hooksOf(first), ingested(1)), 200);
  await windowCalled('Lysbord');
  await until('it is told', async () => /no tray icon/.test(first.said));
  first.child.kill('SIGTERM');
  assert.equal(await first.ended, 0, first.said);
});

story('started at login it shows no window until somebody wants it', async (t) => {
  const [here, tray] = [await home(t), await session(t)];
  await choose(here, (settings) => (settings.background.start_at_login = true));
  const first = start(here, '--json', '--background');
  assert.equal(await post(await hooksOf(first), ingested(1)), 200);
  await tray.menu('is there', (entries) => entries.length === 5);
  await windowGone('Lysbord');

  const entries = join(here.folder, '.config/autostart');
  const [entry] = await until('the entry is written', () => readdir(entries));
  const written = await readFile(join(entries, entry), 'utf8');
  assert.match(written, /^Exec=\S+lysbord --background --data-dir "\S+library"$/m);

  // The session starts it at login, hidden: no user asked for the window.
  assert.equal(await start(here, '--background').ended, 0);
  await windowGone('Lysbord');
  tray.say('press Open Lysbord');
  await windowCalled('Lysbord');
  first.child.kill('SIGTERM');
  assert.equal(await first.ended, 0, first.said);
});

story('paused from the tray, deliveries are asked to come again', async (t) => {
  const [here, tray] = [await home(t), await session(t)];
  const first = start(here, '--json');
  const hooks = await hooksOf(first);
  await tray.menu('listens', ([state]) => state === 'Listening');

  tray.say('press Pause');
  await tray.menu('is paused', (entries) => entries[0] === 'Paused' && entries.includes('Resume'));
  assert.equal(await post(hooks, ingested(1)), 503);
  tray.say('press Resume');
  await tray.menu('listens again', ([state]) => state === 'Listening');
  assert.equal(await post(hooks, ingested(1)), 200);
  first.child.kill('SIGTERM');
  assert.equal(await first.ended, 0, first.said);
});

story('a window whose page dies shows it again', async (t) => {
  const here = await home(t);
  here.env.LYSBORD_TELL_FIRST_TILE = '1';
  const first = start(here, '--json');
  assert.equal(await post(await hooksOf(first), ingested(1)), 200);
  const shown = (times) => until('the tile is there', async () => first.said.split('first_tile').length > times);
  await shown(1);
  await promisify(execFile)('pkill', ['-KILL', '-P', String(first.child.pid), 'WebKitWebProces']);
  await shown(2);
  assert.match(first.said, /the process that draws the window died/);
  first.child.kill('SIGTERM');
  assert.equal(await first.ended, 0, first.said);
});

story('a second data folder is a Lysbord of its own', async (t) => {
  const [here, there] = [await home(t), await home(t)];
  const [first, second] = [start(here, '--json'), start(there, '--json')];
  assert.notEqual(await hooksOf(first), await hooksOf(second));
  const third = start(there);
  assert.equal(await third.ended, 0, third.said);
  for (const each of [first, second]) {
    assert.equal(each.child.exitCode, null, each.said);
    each.child.kill('SIGTERM');
    assert.equal(await each.ended, 0, each.said);
  }
});

story('an end in the middle of downloads loses nothing', async (t) => {
  const here = await home(t);
  const picture = await readFile(icon);
  const slow = await slowArchive(picture, 60_000);
  const first = start(here, '--json', '--background', '--tenant', slow.url);
  const hooks = await hooksOf(first);
  const numbers = Array.from({ length: 20 }, (_, number) => number);
  const kept = await Promise.all(numbers.map((number) => post(hooks, ingested(number, { pictures: slow.url }))));
  assert.deepEqual(new Set(kept), new Set([200]));
  await until('downloads are under way', async () => slow.asked() > 0);
  first.child.kill('SIGTERM');
  assert.equal(await first.ended, 0, first.said);
  slow.stop();
  await run(here, 'doctor');

  const { port } = new URL(slow.url);
  const brisk = await slowArchive(picture, 0, Number(port));
  t.after(brisk.stop);
  const again = start(here, '--json', '--background', '--tenant', slow.url);
  await until('all pictures are kept', async () => {
    const events = await exported(here, 'events');
    return events.length === numbers.length && events.every((event) => event.thumbnail === 'kept');
  });
  again.child.kill('SIGTERM');
  assert.equal(await again.ended, 0, again.said);
});

story('a port that was taken is told, and listened on when it is free', async (t) => {
  const [here, tray] = [await home(t), await session(t)];
  const port = await freePort();
  const other = createServer().listen(port, '127.0.0.1');
  await once(other, 'listening');
  const first = start(here, '--json', '--hooks', `127.0.0.1:${port}`);
  await tray.menu('tells the trouble', ([state]) => state.startsWith('Not listening: '));

  other.close();
  await tray.menu('listens', ([state]) => state === 'Listening');
  const { hooks } = JSON.parse(await readFile(join(here.env.LYSBORD_DATA_DIR, 'secrets.json'), 'utf8'));
  assert.equal(await post(`http://127.0.0.1:${port}/hooks/${hooks}`, ingested(1)), 200);
  first.child.kill('SIGTERM');
  assert.equal(await first.ended, 0, first.said);
});

story('a way in that leads nowhere is told by the tray', async (t) => {
  const [here, tray] = [await home(t), await session(t)];
  await choose(here, (settings) => (settings.reach.way = 'own_url'));
  const first = start(here, '--json');
  await tray.menu('tells what is missing', ([state]) => state === 'Not reachable: No public address is given yet.');
  first.child.kill('SIGTERM');
  assert.equal(await first.ended, 0, first.said);
});
