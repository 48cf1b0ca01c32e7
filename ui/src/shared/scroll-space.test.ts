import { expect, it } from 'vitest';
import { scrollHeight, TALLEST, toLayout, toScroll } from './scroll-space';

it('a layout below the cap scrolls one to one', () => {
  expect(scrollHeight(3_500_000)).toBe(3_500_000);
  expect(toScroll(1_234_567, 3_500_000)).toBe(1_234_567);
  expect(toLayout(1_234_567, 3_500_000)).toBe(1_234_567);
});

it('a taller one is squeezed, and there and back is the same place', () => {
  const height = 90_000_000;
  expect(scrollHeight(height)).toBe(TALLEST);
  for (const top of [0, 1, 999_999, 1_000_001, 45_000_000, 88_999_999, 89_000_001, 89_999_000]) {
    const scroll = toScroll(top, height);
    expect(scroll).toBeLessThanOrEqual(TALLEST);
    expect(toLayout(scroll, height)).toBeCloseTo(top, 3);
  }
});

it('both ends stay one to one, so that the last row is reached to the pixel', () => {
  const height = 90_000_000;
  expect(toScroll(500, height)).toBe(500);
  expect(toScroll(height - 700, height)).toBe(TALLEST - 700);
  expect(toLayout(TALLEST - 700, height)).toBe(height - 700);
});
