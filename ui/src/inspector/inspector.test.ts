import { expect, it } from 'vitest';
import { FakeHistory, history, versionOf } from './history.fake';
import { Inspector } from './inspector.svelte';

const server = () =>
  new FakeHistory(
    new Map([
      ['a', history(4)],
      ['b', history(1)],
    ]),
  );

it('a chosen step shows the asset as it was, and the whole history beside it', async () => {
  const inspector = new Inspector(server().api);
  await inspector.show('a');
  expect(inspector.step).toBeUndefined();
  await inspector.choose('e2');
  expect(inspector.shown?.title).toBe('Version 2');
  expect(inspector.shown?.filename).toBe('name-2.jpg');
  expect(inspector.asset?.versions).toHaveLength(4);
  await inspector.choose(undefined);
  expect(inspector.shown?.title).toBe('Version 4');
});

it('the latest step is the asset as it is', async () => {
  const asked = server();
  const inspector = new Inspector(asked.api);
  await inspector.show('a');
  await inspector.choose('e4');
  expect(inspector.step).toBeUndefined();
  expect(asked.asked).toEqual(['a']);
});

it('another asset is shown at its latest', async () => {
  const inspector = new Inspector(server().api);
  await inspector.show('a');
  await inspector.choose('e2');
  await inspector.show('b');
  expect(inspector.step).toBeUndefined();
  expect(inspector.shown?.title).toBe('Version 1');
});

it('a step that is looked at stays when news come', async () => {
  const living = server();
  const inspector = new Inspector(living.api);
  await inspector.show('a');
  await inspector.choose('e2');
  living.assets.set('a', history(5));
  await inspector.refresh(['a']);
  expect(inspector.step?.event_id).toBe('e2');
  expect(inspector.shown?.title).toBe('Version 2');
  expect(inspector.asset?.version_count).toBe(5);
});

it('a line of the events opens the asset at that version, and the one before stays until then', async () => {
  const slow = server();
  const inspector = new Inspector(slow.api);
  await inspector.show('b');
  let release = () => {};
  slow.gate = new Promise((resolve) => {
    release = resolve;
  });
  const shown = inspector.show('a', 'e3');
  expect(inspector.shown?.title).toBe('Version 1');
  release();
  await shown;
  expect(inspector.step?.event_id).toBe('e3');
  expect(inspector.shown?.title).toBe('Version 3');
});

it('another line of the same asset goes to its other version', async () => {
  const asked = server();
  const inspector = new Inspector(asked.api);
  await inspector.show('a', 'e3');
  await inspector.show('a', 'e2');
  expect(inspector.shown?.title).toBe('Version 2');
  expect(asked.asked.filter((one) => one === 'a')).toHaveLength(1);
});

it('while looking back the history ends at that moment', async () => {
  const inspector = new Inspector(server().api);
  await inspector.show('a', 'e4');
  await inspector.lookBack('2026-03-03T12:00:00Z');
  expect(inspector.at).toBe('2026-03-03T12:00:00Z');
  expect(inspector.asset?.versions.map(({ number }) => number)).toEqual([3, 2, 1]);
  expect(inspector.shown?.title).toBe('Version 3');
  await inspector.choose('e1');
  expect(inspector.shown?.title).toBe('Version 1');
  await inspector.lookBack(undefined);
  expect(inspector.asset?.versions).toHaveLength(4);
  expect(inspector.shown?.title).toBe('Version 1');
});

it('a step that is chosen while news are on their way is shown with the news', async () => {
  const slow = server();
  const inspector = new Inspector(slow.api);
  await inspector.show('a');
  let release = () => {};
  slow.gate = new Promise((resolve) => {
    release = resolve;
  });
  slow.assets.set('a', history(5));
  const news = inspector.refresh(['a']);
  const chosen = inspector.choose('e2');
  release();
  await Promise.all([news, chosen]);
  expect(inspector.asset?.versions).toHaveLength(5);
  expect(inspector.shown?.title).toBe('Version 2');
});

it('of two steps in one millisecond each shows its own fields', async () => {
  const moment = '2026-03-02T09:00:00.000Z';
  const versions = [
    versionOf(4),
    versionOf(3, { created_at: moment }),
    versionOf(2, { created_at: moment }),
    versionOf(1),
  ];
  const inspector = new Inspector(new FakeHistory(new Map([['a', versions]])).api);
  await inspector.show('a');
  await inspector.choose('e2');
  expect(inspector.shown?.title).toBe('Version 2');
  expect(inspector.shown?.fields[0]?.values).toEqual(['Version 2']);
});

it('a slow answer for a step that was left does not come back', async () => {
  const slow = server();
  const inspector = new Inspector(slow.api);
  await inspector.show('a');
  let release = () => {};
  slow.gate = new Promise((resolve) => {
    release = resolve;
  });
  const first = inspector.choose('e2');
  const second = inspector.choose('e3');
  release();
  expect(inspector.step?.event_id).toBe('e3');
  await Promise.all([first, second]);
  expect(inspector.shown?.title).toBe('Version 3');
});
