import { expect, it } from 'vitest';
import { compareWords } from './words';

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
