import { expect, it } from 'vitest';
import { destination } from './keyboard';
import { justify, rowOf } from './layout';

const layout = justify(new Float32Array(300).fill(1.5), [300], {
  width: 1000,
  rowHeight: 160,
  gap: 6,
  headingHeight: 40,
});
const go = (key: string, from: number | undefined) => destination(key, from, layout, 700);

it('left and right go one by one and stop at the ends', () => {
  expect([go('ArrowRight', 7), go('ArrowLeft', 7), go('ArrowLeft', 0), go('ArrowRight', 299)]).toEqual([
    8, 6, 0, 299,
  ]);
});

it('up and down go to the row above and below', () => {
  expect(rowOf(layout, go('ArrowDown', 50) ?? -1)).toBe(rowOf(layout, 50) + 1);
  expect(go('ArrowUp', go('ArrowDown', 50))).toBe(50);
});

it('a page is a screen of rows', () => {
  expect(rowOf(layout, go('PageDown', 0) ?? -1)).toBe(4);
});

it('Home and End reach the first and the last', () => {
  expect([go('Home', 120), go('End', 120)]).toEqual([0, 299]);
});

it('the first key on a table without a cursor stands on the first tile', () => {
  expect(go('ArrowDown', undefined)).toBe(0);
  expect(go('x', undefined)).toBeUndefined();
});
