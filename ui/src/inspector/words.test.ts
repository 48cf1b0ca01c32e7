import { expect, it } from 'vitest';
import { compareWords, piecesOf } from './words';

const shown = (before: string, after: string) =>
  compareWords(before, after).map(
    ({ kind, text }) => `${{ same: ' ', added: '+', removed: '-' }[kind]}${text}`,
  );

it('an edited caption shows the edited words only', () => {
  expect(shown('Boats leaving Vardø in the morning.', 'Fishing boats leaving Vardø at dawn.')).toEqual([
    '-Boats',
    '+Fishing boats',
    ' leaving Vardø',
    '-in the morning.',
    '+at dawn.',
  ]);
});

it('another text altogether is a replacement', () => {
  expect(shown('Boats leaving.', 'Snow on the pass')).toEqual(['-Boats leaving.', '+Snow on the pass']);
});

it('a first and a last text stand alone', () => {
  expect(shown('', 'Vardø')).toEqual(['+Vardø']);
  expect(shown('Vardø', '')).toEqual(['-Vardø']);
  expect(shown('same words', 'same words')).toEqual([' same words']);
});

it('a novel does not stop the window', () => {
  const novel = Array.from({ length: 5000 }, (_, i) => `word${i}`).join(' ');
  expect(compareWords(novel, `${novel} end`)).toHaveLength(2);
});

const change = { label: '', old: [], new: [], added: [], removed: [] };

it('a list shows what came and what went', () => {
  const keywords = {
    ...change,
    id: 25,
    old: ['boats', 'sea'],
    new: ['boats', 'dawn'],
    added: ['dawn'],
    removed: ['sea'],
  };
  expect(piecesOf(keywords)).toEqual([
    { kind: 'added', text: 'dawn' },
    { kind: 'removed', text: 'sea' },
  ]);
});

it('a property of the file is replaced as a whole, and a size is one that people read', () => {
  expect(piecesOf({ ...change, old: ['6000 × 4000'], new: ['6000 × 3000'] })).toHaveLength(2);
  expect(
    piecesOf({ ...change, old: ['4800000'], new: ['5200000'] }, 5_200_000).map(({ text }) => text),
  ).toEqual(['4.8 MB', '5.2 MB']);
});
