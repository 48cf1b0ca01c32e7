import { expect, it } from 'vitest';
import { refusing } from '../api/fake';
import type { Decision } from '../api/types';
import { assetOf, history } from '../inspector/history.fake';
import { Decisions } from './decisions.svelte';

const JOIN: Decision = {
  id: 1,
  kind: 'join',
  made_at: '2026-03-01T09:00:00Z',
  asset_ids: ['a', 'gone'],
  words: '',
};
const SPLIT: Decision = {
  id: 2,
  kind: 'split',
  made_at: '2026-03-02T09:00:00Z',
  asset_ids: ['b'],
  words: '',
};

function setUp(takeBack: (id: Decision['id']) => Promise<void> = async () => {}) {
  let changes = 0;
  const api = refusing({
    decisions: async () => [JOIN, SPLIT],
    takeBack,
    asset: async (id) => {
      if (id === 'gone') throw new Error('not found');
      return assetOf(id, history(1));
    },
  });
  const decisions = new Decisions(api, () => {
    changes += 1;
  });
  return { decisions, changes: () => changes };
}

it('the latest decision comes first, and an asset that is gone hides no other', async () => {
  const { decisions } = setUp();
  await decisions.load();
  expect(decisions.items?.map(({ id }) => id)).toEqual([2, 1]);
  expect(decisions.asset('a')?.id).toBe('a');
  expect(decisions.asset('gone')).toBeUndefined();
  expect(decisions.problem).toBeUndefined();
});

it('what is taken back is gone from the list, and the window hears of it', async () => {
  const { decisions, changes } = setUp();
  await decisions.load();
  await decisions.takeBack(1);
  expect(decisions.items?.map(({ id }) => id)).toEqual([2]);
  expect(changes()).toBe(1);
});

it('what could not be taken back stays', async () => {
  const { decisions, changes } = setUp(() => Promise.reject(new Error('no')));
  await decisions.load();
  await decisions.takeBack(1);
  expect(decisions.items).toHaveLength(2);
  expect(decisions.problem).toBeInstanceOf(Error);
  expect(decisions.busy).toBeUndefined();
  expect(changes()).toBe(0);
});
