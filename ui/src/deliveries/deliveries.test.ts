import { expect, it } from 'vitest';
import { refusing } from '../api/fake';
import type { Delivery } from '../api/types';
import { Deliveries } from './deliveries.svelte';

const deliveryOf = (id: number): Delivery => ({
  id,
  kind: 'modified',
  outcome: 'event',
  received_at: '2026-03-04T09:15:00.000Z',
  size: 100,
  changed: [],
  repeats: 0,
});

/** A log whose answers can be held back one by one. */
function setUp(count: number) {
  const kept = Array.from({ length: count }, (_, nth) => deliveryOf(nth + 1));
  const held: (() => void)[] = [];
  const asked: string[] = [];
  let holding = false;
  let fails = false;
  const log = new Deliveries(
    refusing({
      deliveries: async (filter, { offset = 0, around, limit }, signal) => {
        const there = kept.filter((one) => !filter.outcome || one.outcome === filter.outcome).toReversed();
        const at = there.findIndex(({ id }) => id === around);
        const from = around === undefined ? offset : Math.floor(at / limit) * limit;
        asked.push(around === undefined ? `from ${offset}` : `around ${around}`);
        if (holding) await new Promise<void>((release) => held.push(release));
        signal?.throwIfAborted();
        if (fails) throw new TypeError('network');
        return { items: there.slice(from, from + limit), total: there.length, offset: from, unsearched: 0 };
      },
      delivery: async (id) => ({
        id,
        delivery: deliveryOf(id),
        headers: [],
        body: '{}',
        is_json: true,
        broken: null,
        repeated_by: [],
      }),
    }),
  );
  return {
    log,
    asked,
    arrive: (n = 1) => {
      for (let nth = 0; nth < n; nth++) kept.push(deliveryOf(kept.length + 1));
    },
    hold: (on: boolean) => (holding = on),
    fail: (on: boolean) => (fails = on),
    release: async () => {
      held.shift()?.();
      await settled();
    },
    ids: (first: number, end: number) =>
      Array.from({ length: end - first }, (_, nth) => log.list.at(first + nth)?.id),
  };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

it('the end of the log is one request away', async () => {
  const { log, asked, ids } = setUp(20_000);
  await log.open({});
  expect(log.list.total).toBe(20_000);
  log.list.want(19_980, 20_000);
  await settled();
  expect(asked).toEqual(['from 0', 'from 19900']);
  expect(ids(19_998, 20_000)).toEqual([2, 1]);
});

it('what comes is put above, and what is in view stays in view', async () => {
  const { log, arrive, ids } = setUp(500);
  await log.open({});
  log.list.want(200, 220);
  await settled();
  log.atTop = false;
  await log.choose(210);
  arrive(3);
  await log.refresh();
  expect([log.list.total, log.moved, log.cursor]).toEqual([503, 3, 213]);
  expect(ids(0, 4)).toEqual([503, 502, 501, 500]);
  expect(ids(203, 205)).toEqual([300, 299]);
});

it('what comes while the list is opening is listed', async () => {
  const { log, arrive, hold, release, ids } = setUp(2);
  hold(true);
  const opening = log.open({});
  await settled();
  arrive();
  hold(false);
  await release();
  await opening;
  await log.refresh();
  expect(ids(0, 3)).toEqual([3, 2, 1]);
});

it('a list that could not be opened is opened by the next thing that comes', async () => {
  const { log, fail, ids } = setUp(2);
  fail(true);
  await log.open({});
  expect(log.list.problem).toBeInstanceOf(TypeError);
  fail(false);
  await log.refresh();
  expect([ids(0, 2), log.list.problem]).toEqual([[2, 1], undefined]);
});

it('a delivery that is far away is found in the list', async () => {
  const { log, asked } = setUp(1000);
  await log.open({});
  log.pick(321);
  await settled();
  expect(asked.at(-1)).toBe('around 321');
  expect([log.cursor, log.revealed]).toEqual([679, 679]);
  expect(log.detail?.id).toBe(321);
});

it('several are selected one by one, or all through to one, also those that are not there', async () => {
  const { log } = setUp(1000);
  await log.open({});
  await log.choose(2);
  await log.choose(5, 'also');
  expect(log.selected).toEqual([998, 995]);
  await log.choose(5, 'also');
  expect(log.selected).toEqual([998]);
  await log.list.load(150);
  await log.choose(2);
  await log.choose(150, 'through');
  expect(log.selected).toHaveLength(149);
  expect([log.selected[0], log.selected.at(-1)]).toEqual([998, 850]);
});
