import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { refusing } from '../api/fake';
import type { Histogram } from '../api/types';
import { Strip } from './strip.svelte';

const FIRST = Date.parse('2026-03-01T00:00:00.000Z');
const HOUR = 3_600_000;
const at = (hours: number) => FIRST + hours * HOUR;
const hour = (iso: string) => (Date.parse(iso) - FIRST) / HOUR;
const isoAt = (hours: number) => new Date(at(hours)).toISOString();

let told: (string | undefined)[];
let asked: (readonly [number, string?, string?])[];
let strip: Strip;

/** A hundred hours, one event in each. Parts of an hour are not counted. */
function histogram(buckets: number, from = isoAt(0), until = isoAt(100)): Histogram {
  if (buckets === 1) {
    const [first, end] = [Math.floor(hour(from)), Math.ceil(hour(until))];
    return { ...histogram(2, isoAt(first), isoAt(end)), counts: [end - first] };
  }
  const bucket_ms = (Date.parse(until) - Date.parse(from)) / buckets;
  const counts = Array.from({ length: buckets }, () => bucket_ms / HOUR);
  return { revision: 1, first: isoAt(0), last: isoAt(99.9), from, until, bucket_ms, counts };
}

beforeEach(async () => {
  vi.useFakeTimers();
  told = [];
  asked = [];
  strip = new Strip(
    refusing({
      histogram: async (buckets, from, until) => {
        asked.push([buckets, from, until]);
        return histogram(buckets, from, until);
      },
    }),
    (moment) => told.push(moment),
  );
  await strip.open(100);
});
afterEach(() => vi.useRealTimers());

describe('looking back', () => {
  it('the handle follows the hand, the library hears of it a little later and of the last place', () => {
    strip.move(at(80));
    strip.move(at(70));
    strip.move(at(60));
    expect(strip.at).toBe(at(60));
    expect(told).toEqual([]);
    vi.runAllTimers();
    expect(told).toEqual([isoAt(60)]);
  });

  it('a long drag is shown on the way, not only at its end', () => {
    for (let hour = 90; hour > 60; hour--) {
      strip.move(at(hour));
      vi.advanceTimersByTime(20);
    }
    expect(told.length).toBeGreaterThan(3);
  });

  it('letting go says it at once, and only once', () => {
    strip.move(at(60));
    strip.settle();
    vi.runAllTimers();
    expect(told).toEqual([isoAt(60)]);
  });

  it('the right end is now, and so is the key', () => {
    strip.move(at(60));
    strip.settle();
    strip.move(at(99.8));
    strip.settle();
    expect(told).toEqual([isoAt(60), undefined]);
    strip.step(-5 * HOUR);
    expect(strip.at, 'steps begin at the right end').toBe(at(95));
    strip.settle();
    strip.now();
    expect(told.slice(2)).toEqual([isoAt(95), undefined]);
  });

  it('goes no further than the strip', () => {
    strip.move(at(-50));
    expect(strip.at).toBe(at(0));
  });
});

describe('a marked span', () => {
  it('fills the strip when closer is asked for', async () => {
    strip.mark({ from: at(20), until: at(30) });
    await strip.zoomIn();
    expect(asked).toContainEqual([100, isoAt(20), isoAt(30)]);
    expect(strip.shown).toEqual({ from: at(20), until: at(30) });
    await strip.zoomOut();
    expect(strip.shown).toEqual({ from: at(0), until: at(100) });
  });

  it('is counted when the hand rests', async () => {
    for (let hour = 21; hour <= 30; hour++) strip.mark({ from: at(20), until: at(hour) });
    expect(strip.inSpan).toBeUndefined();
    await vi.runAllTimersAsync();
    expect(asked.slice(1)).toEqual([[1, isoAt(20), isoAt(30)]]);
    expect(strip.inSpan).toBe(10);
  });

  it('has no figure where the server counts more than was marked', async () => {
    strip.mark({ from: at(20.2), until: at(30.7) });
    await vi.runAllTimersAsync();
    expect(strip.inSpan).toBeUndefined();
  });

  it('in the past the right end of the strip is a moment, not now', async () => {
    strip.mark({ from: at(20), until: at(30) });
    await strip.zoomIn();
    strip.move(at(30));
    strip.settle();
    expect(told).toEqual([isoAt(30)]);
  });
});

it('without a marked span closer is closer around the handle', async () => {
  strip.move(at(50));
  await strip.zoomIn();
  expect(asked.at(-1)).toEqual([100, isoAt(37.5), isoAt(62.5)]);
});

it('asks again only when its width has changed', async () => {
  await strip.open(100);
  await strip.open(140);
  expect(asked.map(([buckets]) => buckets)).toEqual([100, 140]);
});

it('shows nothing while nothing has happened', async () => {
  const empty = new Strip(
    refusing({
      histogram: async () => ({
        revision: 1,
        first: null,
        last: null,
        from: null,
        until: null,
        bucket_ms: 0,
        counts: [],
      }),
    }),
    () => {},
  );
  await empty.open(10);
  expect(empty.shown).toBeUndefined();
  empty.move(at(5));
  expect(empty.at).toBeUndefined();
});
