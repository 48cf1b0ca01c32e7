import { expect, it } from 'vitest';
import { compose, parse, parts, takeChips, termAt } from './terms';

it('a term becomes a chip when the blank after it is typed, not before', () => {
  expect(takeChips('byline:solberg')).toEqual({ chips: [], rest: 'byline:solberg' });
  expect(takeChips('byline:solberg ')).toEqual({ chips: ['byline:solberg'], rest: '' });
  expect(takeChips('byline:solberg harb')).toEqual({ chips: ['byline:solberg'], rest: 'harb' });
});

it('quotes hold a term together', () => {
  expect(takeChips('caption:"fishing bo').chips).toEqual([]);
  expect(takeChips('caption:"fishing ').chips).toEqual([]);
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
  for (const unfinished of ['rating:>=', 'field:90=', 'field:90="', '"Created date":'])
    expect(compose({ chips: [], rest: unfinished })).toBe('');
  for (const finished of ['created:2026', 'field:90=5', 'rating:>=4', 'harbour'])
    expect(compose({ chips: [], rest: finished })).toBe(finished);
});

it('a time or an address in plain words is no field', () => {
  expect(takeChips('at 10:30 ')).toEqual({ chips: [], rest: 'at 10:30 ' });
  expect(takeChips('https://dam.example/a ').chips).toEqual([]);
});

it('a field is named by any label, and by its number', () => {
  for (const term of [
    '"Created date":2026',
    '-Überschrift:"a b"',
    'field:90="New York"',
    'Province/State:Troms',
  ])
    expect(takeChips(`harbour ${term} `)).toEqual({ chips: [term], rest: 'harbour ' });
  expect(parts('-"Created date":2026')).toEqual(['-Created date', '2026']);
});

it('what OR joins is one chip, and comes together in the order in which it was typed', () => {
  const typed = parse('sea city:Oslo OR city:"New York" OR boats rating:5');
  expect(typed).toEqual({ chips: ['city:Oslo OR city:"New York" OR boats', 'rating:5'], rest: 'sea' });
  expect(takeChips('city:Oslo OR ')).toEqual({ chips: [], rest: 'city:Oslo OR ' });
  expect(compose({ chips: [], rest: 'city:Oslo OR ' })).toBe('city:Oslo');
  expect(compose({ chips: [], rest: 'a OR b' })).toBe('a OR b');
});

it('the term in which the cursor stands is the one that goes on', () => {
  expect(termAt('harb city:"New Y', 16)).toEqual({ term: 'city:"New Y', from: 5, until: 16 });
  expect(termAt('harb city:', 2)).toEqual({ term: 'ha', from: 0, until: 4 });
  expect(termAt('harb ', 5)).toEqual({ term: '', from: 5, until: 5 });
});
