import { expect, it } from 'vitest';
import type { Delivery } from '../api/types';
import { assetOf, history } from '../inspector/history.fake';
import { FakeComputer, settingsOf } from '../reach/reach.fake';
import { FirstStart } from './first-start.svelte';

function deliveryOf(id: number, more: Partial<Delivery> = {}): Delivery {
  return {
    id,
    kind: 'ingested',
    outcome: 'event',
    received_at: '2026-03-04T09:15:00Z',
    size: 9,
    changed: [],
    repeats: 0,
    ...more,
  };
}

/** The newest first, as the log has them. */
function newcomer(log: Delivery[] = []) {
  const computer = new FakeComputer();
  computer.api.deliveries = async () => ({ items: [...log], total: log.length, offset: 0, unsearched: 0 });
  computer.api.asset = async (id) => assetOf(id, history(1));
  return { computer, log, first: new FirstStart(computer.api) };
}

it('the steps are walked, and walking on is being in the middle of them', async () => {
  const { first } = newcomer();
  await first.load();
  expect(first.done).toBe(false);
  expect(first.begun, 'who has not begun is not held').toBe(false);
  first.go(1);
  expect([first.step, first.begun]).toEqual(['way', true]);
  first.go(99);
  expect(first.step).toBe('check');
});

it('finished or skipped, they do not come by themselves again', async () => {
  const { computer, first } = newcomer();
  await first.load();
  first.go(2);
  await first.finish();
  expect([first.done, first.begun, first.at]).toEqual([true, false, 0]);
  expect(computer.saved).toEqual([{ first_start_done: true }]);
  first.openAgain();
  expect([first.again, first.begun]).toEqual([true, false]);
  await first.finish();
  expect(first.again).toBe(false);
  expect(computer.saved, 'known already').toHaveLength(1);
});

it('leaving for the pretend tenant is not finishing', async () => {
  const { computer, first } = newcomer();
  await first.load();
  first.go(1);
  first.leave();
  expect([first.done, first.begun, first.at]).toEqual([false, false, 0]);
  expect(computer.saved).toEqual([]);
});

it('whoever went through them before is not asked again', async () => {
  const { computer, first } = newcomer();
  computer.settings = settingsOf({ first_start_done: true });
  await first.load();
  expect(first.done).toBe(true);
});

it('the first notice is told with its asset, also when it came in an earlier step', async () => {
  const { log, first } = newcomer();
  first.go(1);
  await first.look();
  expect(first.notice).toBeUndefined();
  log.unshift(deliveryOf(1, { asset_id: 'a' }));
  await first.look();
  first.go(3);
  expect(first.notice?.delivery.id).toBe(1);
  expect(first.notice?.asset?.id).toBe('a');
  expect(first.earlier).toBe(false);
});

it('what had come before the steps is not what is waited for', async () => {
  const { log, first } = newcomer([deliveryOf(7, { asset_id: 'old' })]);
  first.openAgain();
  await first.look();
  expect([first.notice, first.earlier]).toEqual([undefined, true]);
  log.unshift(deliveryOf(8, { asset_id: 'new' }));
  await first.look();
  expect(first.notice?.asset?.id).toBe('new');
});

it('a notice that is not projected yet gets its asset when it is', async () => {
  const { log, first } = newcomer();
  first.go(3);
  log.unshift(deliveryOf(1));
  await first.look();
  expect(first.notice?.asset).toBeUndefined();
  log[0] = deliveryOf(1, { asset_id: 'a' });
  await first.look();
  expect(first.notice?.asset?.id).toBe('a');
});

it('what cannot be read is told, and a good notice takes its place', async () => {
  const { log, first } = newcomer();
  first.go(3);
  log.unshift(deliveryOf(1, { outcome: 'unreadable', problem: 'It is not JSON.' }));
  await first.look();
  expect(first.notice?.delivery.problem).toBe('It is not JSON.');
  log.unshift(deliveryOf(2, { asset_id: 'a' }));
  await first.look();
  expect(first.notice?.delivery.id).toBe(2);
});
