import { expect, it } from 'vitest';
import { besideNames, spoken, written } from './wording';

const change = (key: string, label: string, ...pieces: ['same' | 'added' | 'removed', string][]) => ({
  key,
  label,
  is_list: key === '25',
  pieces: pieces.map(([kind, text]) => ({ kind, text })),
});

it('is read aloud with what came and what went', () => {
  expect(spoken(change('25', 'Keywords', ['removed', 'draft'], ['added', 'cleared']))).toBe(
    'Keywords: removed draft, added cleared',
  );
  expect(spoken(change('120', 'Caption', ['same', 'Boats at '], ['added', 'dawn ']))).toBe(
    'Caption: added dawn',
  );
  expect(spoken(change('25', 'Keywords'))).toBe('Keywords');
});

it('writes sizes and days as people do, and names only once', () => {
  expect(written('file_size', '5661834')).toMatch(/5\.7/);
  expect(written('55', '20261127')).toMatch(/Nov/);
  expect(written('120', '20261127')).toBe('20261127');
  expect(besideNames([change('filename', 'File name'), change('5', 'Title')]).map(({ key }) => key)).toEqual([
    '5',
  ]);
});
