import { expect, test } from 'vitest';
import { Loaded } from './loaded.svelte';

const ORDERS = [
  ['thumbnail', 'preview'],
  ['preview', 'thumbnail'],
  ['preview', 'thumbnail', 'thumbnail'],
  ['thumbnail', 'preview', 'newer thumbnail'],
];

test.each(ORDERS)('a preview that has come is shown, in the order %s, %s', (...order) => {
  const loaded = new Loaded();
  expect(loaded.any).toBe(false);
  for (const url of order) loaded.add(url);
  expect(loaded.has('preview')).toBe(true);
  expect(loaded.any).toBe(true);
});

test('a newer preview is not shown before it has come', () => {
  const loaded = new Loaded();
  loaded.add('preview');
  expect(loaded.has('newer preview')).toBe(false);
  expect(loaded.has(undefined)).toBe(false);
});
