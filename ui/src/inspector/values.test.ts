import { expect, it } from 'vitest';
import { shownValue } from './values';

it.each([
  [55, '20261127', '27 Nov 2026'],
  [55, '2026-11-27', '27 Nov 2026'],
  [30, '20261327', '20261327'],
  [55, 'last spring', 'last spring'],
  [60, '143000+0100', '14:30 +01:00'],
  [60, 'noon', 'noon'],
  [320, '4', '★★★★☆'],
  [320, '0', '0'],
  [320, 'good', 'good'],
  [100, 'FRA', 'France (FRA)'],
  [100, 'no', 'Norway (no)'],
  [100, 'ZZZ', 'ZZZ'],
  [120, '20261127', '20261127'],
])('field %i: %s is told as %s', (field, value, told) => {
  expect(shownValue(field, value)).toBe(told);
});
