import { beforeEach, expect, it } from 'vitest';
import { FakeServer, tileOf } from '../api/fake';
import { GalleryStore } from './gallery.svelte';
import { Selection } from './selection.svelte';

let server: FakeServer;
let gallery: GalleryStore;
let selection: Selection;

beforeEach(async () => {
  server = new FakeServer(120_000);
  gallery = new GalleryStore(server.api);
  gallery.view.resize(1000, 700);
  selection = new Selection(gallery);
  await gallery.open({});
});

it('a click selects one, a second click another', async () => {
  await selection.only(3);
  await selection.only(5);
  expect([...selection.ids]).toEqual(['a5']);
  expect(selection.cursorId).toBe('a5');
});

it('ctrl adds and takes away', async () => {
  await selection.only(3);
  await selection.toggle(5);
  await selection.toggle(3);
  expect([...selection.ids]).toEqual(['a5']);
});

it('shift selects from the last click, also past what was ever loaded', async () => {
  await selection.only(10);
  await selection.extend(115_000);
  expect(selection.count).toBe(114_991);
  await selection.extend(5);
  expect([...selection.ids], 'the first click stays the pivot').toEqual([
    'a5',
    'a6',
    'a7',
    'a8',
    'a9',
    'a10',
  ]);
});

it('what is taken away while a stretch is still asked for is taken away', async () => {
  await selection.only(1);
  const extended = selection.extend(5);
  await Promise.all([extended, selection.toggle(3)]);
  expect([...selection.ids]).toEqual(['a1', 'a2', 'a4', 'a5']);
});

it('all is said, not counted out: it asks for no ids', async () => {
  server.asked.length = 0;
  selection.selectAll();
  expect(selection.count).toBe(120_000);
  expect(selection.has('a119999')).toBe(true);
  expect(server.asked).toEqual([]);
});

it('all but one are ids again', async () => {
  selection.selectAll();
  await selection.toggle(0);
  expect(selection.all).toBe(false);
  expect(selection.count).toBe(119_999);
  expect(selection.has('a0')).toBe(false);
});

it('the cursor goes with its asset when new ones come above it', async () => {
  await selection.only(3);
  server.assets.unshift(tileOf('new1'), tileOf('new2'));
  await gallery.refresh(null);
  selection.follow();
  expect(selection.cursor).toBe(5);
  await selection.extend(6);
  expect([...selection.ids]).toEqual(['a3', 'a4']);
});

it('an empty table has no cursor', async () => {
  await selection.only(3);
  server.assets = [];
  await gallery.refresh(null);
  selection.follow();
  expect(selection.cursor).toBeUndefined();
});
