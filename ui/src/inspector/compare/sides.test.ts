import { expect, it } from 'vitest';
import type { ComparedField } from '../../api/types';
import { sidesOf } from './sides';

const field = (more: Partial<ComparedField>): ComparedField => ({
  id: 120,
  label: 'Description',
  old: [],
  new: [],
  added: [],
  removed: [],
  pieces: [],
  same: false,
  ...more,
});

it('each side of a text has its own words and those of both', () => {
  const { old, new: now } = sidesOf(
    field({
      old: ['Boats leaving Vardø'],
      new: ['Fishing boats leaving Vardø'],
      pieces: [
        { kind: 'removed', text: 'Boats' },
        { kind: 'added', text: 'Fishing boats' },
        { kind: 'same', text: ' leaving Vardø' },
      ],
    }),
  );
  expect(old.map(({ text }) => text)).toEqual(['Boats', ' leaving Vardø']);
  expect(now.map(({ text }) => text)).toEqual(['Fishing boats', ' leaving Vardø']);
});

it('each side of a list has all its values, also those that stayed', () => {
  const { old, new: now } = sidesOf(
    field({
      old: ['boats', 'sea'],
      new: ['boats', 'dawn'],
      pieces: [
        { kind: 'added', text: 'dawn' },
        { kind: 'removed', text: 'sea' },
      ],
    }),
  );
  expect(old).toEqual([
    { kind: 'same', text: 'boats' },
    { kind: 'removed', text: 'sea' },
  ]);
  expect(now).toEqual([
    { kind: 'same', text: 'boats' },
    { kind: 'added', text: 'dawn' },
  ]);
});
