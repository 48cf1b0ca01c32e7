import { expect, it } from 'vitest';
import { Folds, linesOf } from './json-tree';

const BODY = { data: { asset: { filename: 'a.jpg', metadata: { '25': { value: ['x', 'y'] } } } }, n: null };

it('the first levels are open, deeper ones folded', () => {
  const paths = linesOf(BODY, new Folds()).map((line) => line.path);
  expect(paths).toEqual(['/data', '/data/asset', '/data/asset/filename', '/data/asset/metadata', '/n']);
});

it('a fold turns one place and leaves the others', () => {
  const folded = linesOf(BODY, new Folds().turn('/data'));
  expect(folded.map((line) => line.path)).toEqual(['/data', '/n']);
  expect(folded[0]).toMatchObject({ kind: 'object', entries: 1, open: false, value: undefined });
});

it('all open, all folded', () => {
  expect(linesOf(BODY, new Folds('all')).at(-2)?.path).toBe('/data/asset/metadata/25/value/1');
  expect(linesOf(BODY, new Folds('none'))).toHaveLength(2);
});

it('values are text, whatever they are', () => {
  expect(linesOf('<b>', new Folds())[0]).toMatchObject({ kind: 'string', value: '<b>' });
  expect(linesOf({ 'a/b': null }, new Folds())[0]).toMatchObject({
    path: '/a~1b',
    kind: 'null',
    value: 'null',
  });
  expect(linesOf([], new Folds())[0]).toMatchObject({ kind: 'array', entries: 0, open: false });
});
