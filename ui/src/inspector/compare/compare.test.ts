import { expect, it } from 'vitest';
import type { Comparison } from '../../api/types';
import { assetOf, FakeHistory, history, versionOf } from '../history.fake';
import { Compare, pairOf } from './compare.svelte';
import { finding, placeOfOld } from './finding';

const assetWith = (length: number) => assetOf('a', history(length));

function compareOf(length: number) {
  const server = new FakeHistory(
    new Map([
      ['a', history(length)],
      ['b', history(3)],
    ]),
  );
  return { server, compare: new Compare(server.api) };
}

it('at first the latest is compared with the one before, or the chosen with the one before it', () => {
  expect(pairOf(history(4))).toEqual({ old: 'e3', new: 'e4' });
  expect(pairOf(history(4), 'e2')).toEqual({ old: 'e1', new: 'e2' });
});

it('the first is compared with what came of it, and a single one with nothing', () => {
  expect(pairOf(history(3), 'e1')).toEqual({ old: 'e1', new: 'e2' });
  expect(pairOf(history(1))).toBeUndefined();
  expect(pairOf([])).toBeUndefined();
});

it('a deletion is compared with an earlier version, not with the same one once more', () => {
  const deleted = versionOf(2, { event_id: 'gone', change: 'deleted', kind: 'deleted' });
  expect(pairOf([deleted, versionOf(2), versionOf(1)])).toEqual({ old: 'e1', new: 'gone' });
  expect(pairOf([versionOf(1, { event_id: 'gone' }), versionOf(1)])).toEqual({ old: 'e1', new: 'gone' });
});

it('any two can be picked, and stay through news', async () => {
  const { server, compare } = compareOf(4);
  await compare.show(assetWith(4));
  await compare.pick('old', 'e1');
  await compare.show(assetWith(5));
  expect(compare.pair).toEqual({ old: 'e1', new: 'e4' });
  await compare.swap();
  expect(compare.pair).toEqual({ old: 'e4', new: 'e1' });
  expect(server.asked.at(-1)).toBe('a e4..e1');
});

it('another step or another asset begins anew', async () => {
  const { compare } = compareOf(4);
  await compare.show(assetWith(4));
  await compare.pick('old', 'e1');
  compare.view.zoom(2, { width: 3, height: 2 }, { width: 300, height: 200 });
  await compare.show(assetWith(4), 'e3');
  expect(compare.pair).toEqual({ old: 'e2', new: 'e3' });
  expect(compare.view.whole, 'the place that is looked at stays').toBe(false);
  await compare.show(assetOf('b', history(3)));
  expect(compare.pair).toEqual({ old: 'e2', new: 'e3' });
  expect(compare.view.whole).toBe(true);
});

it('what cannot lie over each other is shown side by side, until it can', async () => {
  const { server, compare } = compareOf(3);
  compare.way = 'difference';
  await compare.show(assetWith(3));
  expect(compare.way).toBe('difference');
  const { compare: ask } = server.api;
  server.api.compare = async (...call) => ({
    ...(await ask(...call)),
    picture: { state: 'other_proportions', tolerance: 0.06 },
  });
  await compare.pick('old', 'e1');
  expect(compare.way).toBe('side');
  server.api.compare = ask;
  await compare.pick('old', 'e2');
  expect(compare.way).toBe('difference');
});

it('a comparison that fails says so and stays what it was about', async () => {
  const { server, compare } = compareOf(3);
  server.api.compare = () => Promise.reject(new Error('no'));
  await compare.show(assetWith(3));
  expect(compare.found).toBeUndefined();
  expect(compare.problem).toBeInstanceOf(Error);
  expect(compare.pair).toEqual({ old: 'e2', new: 'e3' });
});

it('holding a key shows the older picture in place, where the two can lie over each other', async () => {
  const { server, compare } = compareOf(3);
  compare.blinking = true;
  expect(compare.blinking, 'nothing is found yet').toBe(false);
  await compare.show(assetWith(3));
  expect(compare.blinking).toBe(true);
  const { compare: ask } = server.api;
  server.api.compare = async (...call) => ({
    ...(await ask(...call)),
    picture: { state: 'other_proportions', tolerance: 0.06 },
  });
  await compare.pick('old', 'e1');
  expect(compare.blinking).toBe(false);
});

it('when a picture lands, the two are compared anew by themselves', async () => {
  const { server, compare } = compareOf(3);
  await compare.show(assetWith(3));
  const before = server.asked.length;
  await compare.show(assetWith(3));
  expect(server.asked.slice(before)).toEqual(['a e2..e3']);
});

it('the slider stays on the stage', () => {
  const { compare } = compareOf(2);
  compare.divider = 1.4;
  expect(compare.divider).toBe(1);
  compare.divider = -3;
  expect(compare.divider).toBe(0);
});

it('the finding is told in words, also where nothing could be compared', async () => {
  const { compare } = compareOf(2);
  await compare.show(assetWith(2));
  const found = compare.found;
  if (!found) throw new Error('nothing found');
  expect(finding(found).finding).toBe('2.1% of the picture changed');
  expect(finding({ ...found, new: found.old }).finding).toBe('The same picture');
  expect(
    finding({ ...found, picture: { state: 'absent', which_absent: 'new', tolerance: 0.06 } }).finding,
  ).toMatch(/no picture of the new version/);
  const pending = { state: 'waiting' as const };
  const coming = versionOf(2, { thumbnail: pending, preview: pending });
  const absent = { state: 'absent' as const, tolerance: 0.06 };
  expect(finding({ ...found, new: coming, picture: { ...absent, which_absent: 'new' } }).finding).toMatch(
    /^The picture of the new version is on its way/,
  );
  expect(
    finding({ ...found, new: coming, picture: { ...absent, which_absent: 'both' } }).finding,
    'the old one never comes',
  ).toBe('There is no picture of either version.');
  const upright = versionOf(2, { pixel_width: 2000, pixel_height: 3000 });
  expect(
    finding({ ...found, new: upright, picture: { state: 'other_proportions', tolerance: 0.06 } }).finding,
  ).toBe('Different proportions (800 × 533 and 2000 × 3000): the two cannot be overlaid.');
});

it('a crop is told as a crop, and the old picture lies where it belongs', async () => {
  const { compare } = compareOf(2);
  await compare.show(assetWith(2));
  const found = compare.found;
  if (!found) throw new Error('nothing found');
  const half = { left: 0.25, top: 0, width: 0.5, height: 0.5 };
  const compared = { ...found.picture, state: 'compared' as const, share: 0.0004, lighter: 0.05 };
  const cropped: Comparison = { ...found, picture: { ...compared, old_part: half } };
  expect(finding(cropped).finding).toBe('Cropped to 25% of the picture · Brighter · otherwise unchanged');
  expect(placeOfOld(cropped)).toEqual({ left: -0.5, top: -0, width: 2, height: 2 });
  const extended: Comparison = {
    ...found,
    picture: { ...compared, lighter: 0, share: 0.031, new_part: half },
  };
  expect(finding(extended).finding).toBe(
    'More of the picture: the old version is 25% of it · 3.1% of what both show changed',
  );
  expect(placeOfOld(extended)).toEqual(half);
  expect(placeOfOld(found)).toBeUndefined();
});
