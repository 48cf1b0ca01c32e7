import { expect, it } from 'vitest';
import { HINTS, Hints } from './hints.svelte';

it('each hint is ticked once it was done, in whatever order', () => {
  const hints = new Hints();
  hints.did('strip');
  hints.did('strip');
  expect(HINTS.map((hint) => hints.isDone(hint))).toEqual([false, false, true]);
  expect(hints.open).toBe(true);
});

it('closed, they do not come back', () => {
  const hints = new Hints();
  hints.close();
  expect(hints.open).toBe(false);
});
