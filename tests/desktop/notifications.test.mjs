// Notifications, as a server receives them that replaces the desktop's.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { after, before } from 'node:test';
import { By } from 'selenium-webdriver';
import { choose, hooksOf, newHome, start, startUnderWebDriver, story } from './lysbord.mjs';
import { activeWindow, minimise, until, windowCalled, windowManager } from './screen.mjs';
import { ingested, post, slowArchive, standIn } from './session.mjs';

const icon = resolve(import.meta.dirname, '../../icons/64x64.png');

let desk;
before(() => (desk = windowManager()));
after(() => desk.kill());

const on = (settings) => Object.assign(settings.notifications, { on: true });

story('one is told with its picture, and those that follow in one', async (t) => {
  const home = await newHome();
  const session = await standIn();
  const archive = await slowArchive(await readFile(icon), 0);
  for (const end of [home.remove, session.stop, archive.stop]) t.after(end);
  await choose(home, on);
  const lysbord = start(home, '--json', '--background', '--tenant', archive.url);
  const hooks = await hooksOf(lysbord);

  await post(hooks, ingested(0, { pictures: archive.url }));
  const told = (count) => until(`${count} are told`, async () => session.notifications().length >= count, 40);
  await told(1);
  const [first] = session.notifications();
  assert.equal(first.summary, 'harbour 0.jpg');
  assert.match(first.body, /^Ingested in /);
  assert.deepEqual(first.actions, ['default', 'Open']);
  assert.ok(first.image_bytes > 0, JSON.stringify(first));

  for (let number = 1; number <= 212; number += 1) await post(hooks, ingested(number));
  await told(2);
  const [, second, ...more] = session.notifications();
  assert.match(second.summary, /^212 assets ingested in /);
  assert.match(second.body, /^harbour 1\.jpg, .* and 209 more$/);
  assert.deepEqual(more, []);

  lysbord.child.kill('SIGTERM');
  assert.equal(await lysbord.ended, 0, lysbord.said);
});

// Longer than the first event waits for more events.
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 4000));

story('nothing is told unasked', async (t) => {
  const home = await newHome();
  const session = await standIn();
  for (const end of [home.remove, session.stop]) t.after(end);
  const lysbord = start(home, '--json', '--background');
  await post(await hooksOf(lysbord), ingested(0));
  await aWhile();
  assert.deepEqual(session.notifications(), []);
  lysbord.child.kill('SIGTERM');
  assert.equal(await lysbord.ended, 0, lysbord.said);
});

story('nothing is told to one who works in the window', async (t) => {
  const home = await newHome();
  const session = await standIn();
  for (const end of [home.remove, session.stop]) t.after(end);
  await choose(home, on);
  const lysbord = start(home, '--json');
  const hooks = await hooksOf(lysbord);
  const window = await windowCalled('Lysbord');
  await until('the window has the keyboard', async () => (await activeWindow()) === window);
  await post(hooks, ingested(0));
  await aWhile();
  assert.deepEqual(session.notifications(), []);

  await minimise(window);
  await post(hooks, ingested(1));
  await until('the next is told', async () => session.notifications().length === 1, 40);
  assert.equal(session.notifications()[0].summary, 'harbour 1.jpg');
  lysbord.child.kill('SIGTERM');
  assert.equal(await lysbord.ended, 0, lysbord.said);
});

story('a click opens the asset in the window', async (t) => {
  const home = await newHome();
  const session = await standIn();
  t.after(session.stop);
  await choose(home, on);
  const { driver, stop } = await startUnderWebDriver(home);
  t.after(() => stop().then(home.remove));
  await minimise(await windowCalled('Lysbord'));
  const { hooks } = await driver.executeAsyncScript(
    "const done = arguments[0]; fetch('/api/status').then((answer) => answer.json()).then(done)",
  );
  for (const number of [1, 2, 3]) await post(hooks.url, ingested(number));
  await until('they are told in one', async () => session.notifications().length === 1);
  await post(hooks.url, ingested(4));
  await until('the fourth is told', async () => session.notifications().length === 2, 40);

  session.say(`click ${session.notifications()[1].notified}`);
  await windowCalled('Lysbord');
  const name = driver.findElement(By.css('aside h2'));
  await until('the inspector shows it', async () => (await name.getText()) === 'harbour 4.jpg');
});
