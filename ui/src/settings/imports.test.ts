import { expect, it } from 'vitest';
import { refusing } from '../api/fake';
import type { Import } from '../api/types';
import { Imports } from './imports.svelte';

function one(id: number): Import {
  return {
    id,
    begun_at: '2026-03-01T09:00:00Z',
    ended_at: '2026-03-01T09:00:01Z',
    paths: ['saved'],
    events: 3,
    duplicates: 1,
    unreadable: 0,
  };
}

function listed(takeImportBack: (id: number) => Promise<void>) {
  let changes = 0;
  const api = refusing({ imports: async () => [one(2), one(1)], takeImportBack });
  const imports = new Imports(api, () => {
    changes += 1;
  });
  return { imports, changes: () => changes };
}

it('an import that is taken back is gone from the list, and the window hears of it', async () => {
  const { imports, changes } = listed(async () => {});
  await imports.load();
  await imports.takeBack(2);
  expect(imports.items.map(({ id }) => id)).toEqual([1]);
  expect(changes()).toBe(1);
});

it('one that could not be taken back stays, and the reason is told', async () => {
  const { imports, changes } = listed(() => Promise.reject(new Error('no')));
  await imports.load();
  await imports.takeBack(2);
  expect(imports.items).toHaveLength(2);
  expect(imports.problem).toBeInstanceOf(Error);
  expect(imports.busy).toBeUndefined();
  expect(changes()).toBe(0);
});
