import { expect, it } from 'vitest';
import { compose, parse, parts, takeChips } from './terms';

it('a term becomes a chip when the blank after it is typed, not before', () => {
  expect(takeChips('byline:solberg')).toEqual({ chips: [], rest: 'byline:solberg' });
  expect(takeChips('byline:solberg ')).toEqual({ chips: ['byline:solberg'], rest: '' });
  expect(takeChips('byline:solberg harb')).toEqual({ chips: ['byline:solberg'], rest: 'harb' });
});

it('quotes hold a term together', () => {
  expect(takeChips('caption:"fishing bo').chips).toEqual([]);
  expect(takeChips('caption:"fishing boats" ').chips).toEqual(['caption:"fishing boats"']);
  expect(parts('caption:"fishing boats"')).toEqual(['caption', 'fishing boats']);
});

it('several terms and words come apart and together again', () => {
  const typed = parse('byline:solberg -is:deleted "old town" harbour');
  expect(typed).toEqual({ chips: ['byline:solberg', '-is:deleted'], rest: '"old town" harbour' });
  expect(compose(typed)).toBe('byline:solberg -is:deleted "old town" harbour');
});

it('a field without a value asks for nothing yet', () => {
  expect(compose({ chips: [], rest: 'harbour byline:' })).toBe('harbour');
  expect(compose({ chips: ['is:deleted'], rest: 'caption:"' })).toBe('is:deleted');
});

it('a time in plain words is no field', () => {
  expect(takeChips('at 10:30 ')).toEqual({ chips: [], rest: 'at 10:30 ' });
});
