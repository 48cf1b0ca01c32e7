import { expect, it } from 'vitest';
import { refusing } from '../api/fake';
import type { SavedSearch } from '../api/types';
import { SavedSearches } from './saved-searches.svelte';

function shelf() {
  let kept: readonly SavedSearch[] = [];
  let asked = 0;
  const counted = () => kept.map((search) => ({ ...search, assets: (search.query ?? '').length }));
  const api = refusing({
    searches: () => {
      asked += 1;
      return Promise.resolve(counted());
    },
    saveSearches: (list) => {
      if (list.some(({ name }) => name === '')) return Promise.reject(new Error('no name'));
      kept = list;
      return Promise.resolve(counted());
    },
  });
  return {
    searches: new SavedSearches(api, () => Promise.resolve()),
    asked: () => asked,
    names: () => kept.map(({ name }) => name),
  };
}

it('searches are kept, renamed, moved and removed', async () => {
  const { searches, names } = shelf();
  for (const name of ['a', 'b', 'c']) await searches.add({ name, query: `city:${name}`, notify: false });
  await searches.move(2, -1);
  expect(names()).toEqual(['a', 'c', 'b']);
  expect(await searches.move(0, -1)).toBe(false);
  await searches.change(1, { name: 'd', notify: true });
  expect(searches.list[1]).toEqual({ name: 'd', query: 'city:c', notify: true, assets: 6 });
  await searches.remove(0);
  expect(names()).toEqual(['d', 'b']);
});

it('what is refused leaves what was there, and says why', async () => {
  const { searches, names } = shelf();
  await searches.add({ name: 'a', query: '', notify: false });
  expect(await searches.change(0, { name: '' })).toBe(false);
  expect([names(), searches.list.length, searches.problem instanceof Error]).toEqual([['a'], 1, true]);
});

it('changes that come together are counted together', async () => {
  const { searches, asked } = shelf();
  await Promise.all([searches.refresh(), searches.refresh(), searches.refresh()]);
  expect(asked()).toBe(2);
});
