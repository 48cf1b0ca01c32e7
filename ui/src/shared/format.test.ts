import { expect, it } from 'vitest';
import { day, dayKey, fromInput, since, time, toInput } from './format';

const NOW = new Date(2026, 2, 4, 12, 0);

it('days are named by nearness', () => {
  expect(day('2026-03-04', NOW)).toBe('Today');
  expect(day('2026-03-03', NOW)).toBe('Yesterday');
  expect(day('2026-03-01', NOW)).toMatch(/Sunday/);
  expect(day('2024-12-31', NOW)).toMatch(/2024/);
  expect(day('B', NOW), 'a letter heads the names').toBe('B');
});

it('times say the day only where it is another', () => {
  expect(time(new Date(2026, 2, 4, 9, 15).toISOString(), NOW)).toMatch(/^0?9:15/);
  expect(time(new Date(2026, 2, 3, 17, 20).toISOString(), NOW)).toMatch(/^Yesterday /);
  expect(time('not a time', NOW)).toBe('not a time');
});

it('a notice from the future came just now', () => {
  expect(since('2026-03-04T12:00:00Z', Date.parse('2026-03-04T11:59:00Z'))).toMatch(/^(in )?0/);
});

it('a moment goes into a field and comes back, in the own clock', () => {
  const at = new Date(2026, 2, 4, 9, 5).getTime();
  expect(toInput(at)).toBe('2026-03-04T09:05');
  expect(fromInput('2026-03-04T09:05')).toBe(at);
  expect(fromInput('')).toBeUndefined();
  expect(dayKey(new Date(2026, 2, 4, 23, 59).toISOString())).toBe('2026-03-04');
});
