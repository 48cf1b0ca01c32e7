import { expect, it } from 'vitest';
import { isChosen, turned } from './choices';

const options = ['a', 'b', 'c'];

it('nothing said is all of them, also of those that come later', () => {
  expect(options.every((option) => isChosen([], option))).toBe(true);
  expect(turned(options, [], 'b', false)).toEqual(['a', 'c']);
  expect(turned(options, ['a', 'c'], 'b', true)).toEqual([]);
});

it('the last one cannot be turned off', () => {
  expect(turned(options, ['a'], 'a', false)).toEqual(['a']);
});
