import { expect, it } from 'vitest';
import { reachOf } from '../reach/reach.fake';
import { STEPS } from './first-start.svelte';
import { markOf } from './step-marks';

const marks = (known: Parameters<typeof markOf>[2]) => STEPS.map((step) => markOf(step, true, known));

it('a step that was skipped has a dash, not a tick', () => {
  expect(marks({ tenants: 0, reach: reachOf(), arrived: false })).toEqual([
    'skipped',
    'skipped',
    'number',
    'number',
  ]);
});

it('a tick is for what is there', () => {
  const reach = reachOf({ way: 'tunnel' });
  expect(marks({ tenants: 1, reach, arrived: true })).toEqual(['done', 'done', 'done', 'done']);
  const fallen = reachOf({ way: 'tunnel', problem: 'ngrok did not come up' });
  expect(marks({ tenants: 1, reach: fallen, arrived: false })).toEqual([
    'done',
    'skipped',
    'number',
    'number',
  ]);
});

it('what is still to come is numbered', () => {
  expect(markOf('tenant', false, { tenants: 1, reach: reachOf(), arrived: true })).toBe('number');
});
