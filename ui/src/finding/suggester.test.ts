import { expect, it } from 'vitest';
import type { Suggestions } from '../api/types';
import { Suggester } from './suggester.svelte';

const told: Suggestions = {
  fields: [{ term: 'city:', label: 'City', number: 90 }],
  values: [{ term: 'city:"Oslo"', label: 'City', value: 'Oslo', assets: 7 }],
};
const soon = () => Promise.resolve();

it('fields come first, then values, and the arrow keys go round past what is typed', async () => {
  const suggester = new Suggester(() => Promise.resolve(told));
  await suggester.ask('ci', soon);
  expect(suggester.list.map(({ term }) => term)).toEqual(['city:', 'city:"Oslo"']);
  expect(suggester.current).toBeUndefined();
  suggester.step(1);
  expect(suggester.current?.term).toBe('city:');
  suggester.step(1);
  suggester.step(1);
  expect(suggester.current).toBeUndefined();
  suggester.step(-1);
  expect(suggester.current?.term).toBe('city:"Oslo"');
});

it('an answer to what is no longer typed is not shown', async () => {
  const answers: ((told: Suggestions) => void)[] = [];
  const suggester = new Suggester(() => new Promise((resolve) => answers.push(resolve)));
  const first = suggester.ask('c', soon);
  await Promise.resolve();
  const second = suggester.ask('ci', soon);
  await Promise.resolve();
  answers[1]?.({ fields: [], values: told.values });
  answers[0]?.(told);
  await Promise.all([first, second]);
  expect(suggester.list).toHaveLength(1);
});

it('a failure suggests nothing, and nothing typed is nothing asked', async () => {
  let asked = 0;
  const suggester = new Suggester(() => {
    asked += 1;
    return Promise.reject(new Error('gone'));
  });
  await suggester.ask('ci', soon);
  await suggester.ask('-', soon);
  expect([suggester.list.length, asked]).toEqual([0, 1]);
});
