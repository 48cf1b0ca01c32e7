import { describe, expect, it } from 'vitest';
import { bars, stepFor, ticks } from './scale';

const HOUR = 3_600_000;
const span = (from: Date, until: Date) => ({ from: from.getTime(), until: until.getTime() });
const dates = (all: { at: number }[]) => all.map(({ at }) => new Date(at).getDate());

describe('dates under the strip', () => {
  const month = span(new Date(2026, 1, 20), new Date(2026, 2, 20));

  it('are as fine as there is room for', () => {
    expect(stepFor(month, 800, 84)).toMatchObject({ unit: 'day', every: 7 });
    expect(stepFor(month, 4000, 84)).toMatchObject({ unit: 'day', every: 1 });
    expect(stepFor({ from: 0, until: HOUR }, 800, 84)).toMatchObject({ unit: 'minute', every: 15 });
    expect(stepFor({ from: 0, until: 30 * 365 * 24 * HOUR }, 300, 84)).toMatchObject({ unit: 'year' });
  });

  it('weeks begin on Mondays', () => {
    const found = ticks(month, stepFor(month, 800, 84));
    expect(dates(found)).toEqual([23, 2, 9, 16]);
    expect(found.every(({ at }) => new Date(at).getDay() === 1)).toBe(true);
  });

  it('every other day begins anew with a month, and says the month there', () => {
    const turn = span(new Date(2026, 2, 28), new Date(2026, 3, 4));
    const found = ticks(turn, { unit: 'day', every: 2, ms: 48 * HOUR });
    expect(dates(found)).toEqual([29, 1, 3]);
    expect(found[1]?.unit).toBe('month');
  });

  it('midnight is told as a day among hours, a January as a year among months', () => {
    const night = span(new Date(2026, 2, 4, 21), new Date(2026, 2, 5, 4));
    expect(ticks(night, { unit: 'hour', every: 3, ms: 3 * HOUR }).map(({ unit }) => unit)).toEqual([
      'hour',
      'day',
      'hour',
    ]);
    const winter = span(new Date(2025, 10, 15), new Date(2026, 1, 15));
    expect(ticks(winter, { unit: 'month', every: 1, ms: 0 }).map(({ unit }) => unit)).toEqual([
      'month',
      'year',
      'month',
    ]);
  });

  it('stay on the hour when the clocks change', () => {
    const turned = span(new Date(2026, 2, 28, 12), new Date(2026, 2, 30, 1));
    for (const { at } of ticks(turned, { unit: 'hour', every: 6, ms: 6 * HOUR }))
      expect(new Date(at).getHours() % 6).toBe(0);
  });
});

describe('bars', () => {
  it('leave room between each other while there is some', () => {
    expect(bars([4, 0, 1], 15, 40, 99).before).toBe('M0 40v-40h3v40zM10 40v-17h3v17z');
    expect(bars([1, 1], 2, 40, 99).before).toBe('M0 40v-40h1v40zM1 40v-40h1v40z');
  });

  it('a single event among thousands can still be seen', () => {
    expect(bars([1, 100_000], 10, 40, 99).before).toContain('v-2h');
  });

  it('are parted where the moment is', () => {
    const { before, after } = bars([1, 1, 1], 15, 40, 6);
    expect([before.match(/M/g)?.length, after.match(/M/g)?.length]).toEqual([1, 2]);
  });
});
