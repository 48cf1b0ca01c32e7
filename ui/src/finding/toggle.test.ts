import { expect, it } from 'vitest';
import { has, narrowed, toggled } from './toggle';

it('a term is put into a search and taken out, and the rest stays', () => {
  const query = 'rating:5 harbour';
  const with_it = toggled(query, 'city:"New York"');
  expect(with_it).toBe('rating:5 city:"New York" harbour');
  expect(has(with_it, 'city:"New York"')).toBe(true);
  expect(toggled(with_it, 'city:"New York"')).toBe(query);
});

it('narrowing twice is narrowing once', () => {
  expect(narrowed(narrowed('', 'rating:5'), 'rating:5')).toBe('rating:5');
});

it('a term that stands beside an OR is another one', () => {
  expect(has('rating:5 OR rating:4', 'rating:5')).toBe(false);
});
