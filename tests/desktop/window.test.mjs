// The window on a real screen: how it opens, how it closes, and that there is only one.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { choose, newHome, start, story } from './lysbord.mjs';
import {
  activeWindow,
  closeByKeyboard,
  confirm,
  minimise,
  until,
  windowCalled,
  windowManager,
} from './screen.mjs';

let desk;
before(() => (desk = windowManager()));
after(() => desk.kill());

story('closing the window ends the program of one who wants it so', async (t) => {
  const home = await newHome();
  t.after(home.remove);
  await choose(home, (settings) => (settings.background.keep_listening = 'no'));
  const lysbord = start(home);

  await closeByKeyboard(await windowCalled('Lysbord'));

  assert.equal(await lysbord.ended, 0, lysbord.said);
});

story('a session that logs out ends the program as politely', async (t) => {
  const home = await newHome();
  t.after(home.remove);
  const lysbord = start(home);
  await windowCalled('Lysbord');

  lysbord.child.kill('SIGTERM');

  assert.equal(await lysbord.ended, 0, lysbord.said);
});

story('a second start brings the first window to the front', async (t) => {
  const home = await newHome();
  t.after(home.remove);
  const first = start(home);
  const window = await windowCalled('Lysbord');
  await minimise(window);

  const second = start(home);

  assert.equal(await second.ended, 0, second.said);
  await until('the first window has the keyboard', async () => (await activeWindow()) === window);
  first.child.kill('SIGTERM');
  assert.equal(await first.ended, 0, first.said);
});

story('a library that is in use is named on the screen', async (t) => {
  const home = await newHome();
  t.after(home.remove);
  const serving = start(home, 'serve', '--ui', '127.0.0.1:0', '--json');
  await until('it serves', async () => serving.said.includes('"hooks"'));

  const second = start(home);
  await confirm(await windowCalled('Lysbord cannot start'));

  assert.equal(await second.ended, 1, second.said);
  serving.child.kill('SIGTERM');
  assert.equal(await serving.ended, 0, serving.said);
});
