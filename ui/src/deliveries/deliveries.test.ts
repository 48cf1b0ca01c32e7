import { expect, it } from 'vitest';
import { refusing } from '../api/fake';
import type { Delivery } from '../api/types';
import { Deliveries } from './deliveries.svelte';

const PAGE = 3;

const deliveryOf = (id: number): Delivery => ({
  id,
  kind: 'modified',
  outcome: 'event',
  received_at: '2026-03-04T09:15:00.000Z',
  size: 100,
});

/** A log whose answers can be held back one by one. */
function setUp(count: number) {
  const kept = Array.from({ length: count }, (_, nth) => deliveryOf(nth + 1));
  const held: (() => void)[] = [];
  let holding = false;
  let fails = false;
  const log = new Deliveries(
    refusing({
      deliveries: async (outcome, before, signal) => {
        const there = kept.filter((one) => !outcome || one.outcome === outcome).toReversed();
        const found = there.filter(({ id }) => before === undefined || id < before);
        if (holding) await new Promise<void>((release) => held.push(release));
        signal?.throwIfAborted();
        if (fails) throw new TypeError('network');
        return { items: found.slice(0, PAGE), next_before: found.length > PAGE ? found[PAGE - 1]?.id : null };
      },
    }),
  );
  return {
    log,
    arrive: () => kept.push(deliveryOf(kept.length + 1)),
    hold: (on: boolean) => (holding = on),
    fail: (on: boolean) => (fails = on),
    release: async () => {
      held.shift()?.();
      await new Promise((resolve) => setTimeout(resolve));
    },
    ids: () => log.items.map(({ id }) => id),
  };
}

it('what comes while the list is opening is listed', async () => {
  const { log, arrive, hold, release, ids } = setUp(2);
  hold(true);
  const opening = log.open(undefined);
  arrive();
  await log.refresh();
  hold(false);
  await release();
  await opening;
  expect(ids()).toEqual([3, 2, 1]);
});

it('what comes does not take away older ones that were asked for', async () => {
  const { log, arrive, hold, release, ids } = setUp(6);
  await log.open(undefined);
  hold(true);
  const older = log.loadMore();
  arrive();
  hold(false);
  await log.refresh();
  await release();
  await older;
  expect(ids()).toEqual([7, 6, 5, 4, 3, 2, 1]);
});

it('older ones that no longer join what is above are dropped', async () => {
  const { log, arrive, hold, release, ids } = setUp(6);
  await log.open(undefined);
  hold(true);
  const older = log.loadMore();
  for (let nth = 0; nth < PAGE + 1; nth++) arrive();
  hold(false);
  await log.refresh();
  await release();
  await older;
  expect(ids()).toEqual([10, 9, 8]);
  await log.loadMore();
  expect(ids()).toEqual([10, 9, 8, 7, 6, 5]);
});

it('a list that could not be opened is opened by the next thing that comes', async () => {
  const { log, fail, ids } = setUp(2);
  fail(true);
  await log.open(undefined);
  expect(log.problem).toBeInstanceOf(TypeError);
  fail(false);
  await log.refresh();
  expect([ids(), log.problem]).toEqual([[2, 1], undefined]);
});
