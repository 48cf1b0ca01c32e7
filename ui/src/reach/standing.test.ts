import { expect, it } from 'vitest';
import type { Reachable } from '../api/types';
import { reachOf, tunnelOf } from './reach.fake';
import { standingOf } from './standing';

const NOW = Date.parse('2026-03-04T09:20:00Z');
const told = (more: Partial<Reachable>) => standingOf(reachOf(more), NOW);
const through = (tunnel: Parameters<typeof tunnelOf>[0], more: Partial<Reachable> = {}) =>
  told({ way: 'tunnel', hook_base: null, tunnels: [tunnelOf({ name: 'ngrok', ...tunnel })], ...more });

it('this computer alone is a choice, not a fault', () => {
  expect(told({})).toMatchObject({ tone: 'open', words: 'Reachable from this computer only' });
});

it('what was checked says where and when', () => {
  const check = { state: 'arrived' as const, at: '2026-03-04T09:15:00Z', took_ms: 80 };
  const hook_base = 'https://hooks.example.com/press/hooks/secret';
  expect(told({ way: 'own_url', hook_base })).toMatchObject({ tone: 'open' });
  const standing = told({ way: 'own_url', hook_base, check });
  expect(standing.tone).toBe('good');
  expect(standing.words).toMatch(/^Reachable at hooks\.example\.com, tested 5 min/);
  expect(standing.words, 'the secret is not for a status line').not.toContain('secret');
});

it('a failed check says why, in the words that came', () => {
  const check = { state: 'failed' as const, at: '2026-03-04T09:15:00Z', problem: 'Nothing answers.' };
  expect(told({ way: 'this_network', check })).toEqual({
    tone: 'bad',
    words: 'Not reachable at 127.0.0.1:7474: Nothing answers.',
  });
});

it('a tunnel on its way up is no trouble, one that waits for somebody is', () => {
  const problem = 'ngrok is on its way up.';
  expect(through({ state: 'starting' }, { problem })).toMatchObject({ tone: 'waiting' });
  const waits = 'ngrok runs and has told no address yet.';
  expect(through({ state: 'starting', problem: waits }, { problem: waits })).toEqual({
    tone: 'bad',
    words: waits,
  });
});

it('a tunnel that fell is waited for, one that failed is told', () => {
  const why = 'ngrok ended: with code 1.';
  expect(through({ state: 'restarting', problem: why }, { problem: why })).toEqual({
    tone: 'waiting',
    words: 'ngrok stopped and is restarting',
    more: why,
  });
  expect(through({ state: 'failed', problem: why }, { problem: why })).toEqual({ tone: 'bad', words: why });
});
