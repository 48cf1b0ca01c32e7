import { expect, it } from 'vitest';
import { dayTerm, factTerm, fieldTerm } from './terms';

it('words stand in quotes, numbers by themselves', () => {
  expect(fieldTerm('city:', 'New "York"')).toBe('city:"New  York "');
  expect(fieldTerm('rating:', '5')).toBe('rating:5');
  expect(factTerm('Colour space', 'sRGB')).toBe('"Colour space":"sRGB"');
  expect(factTerm('ISO', '400')).toBe('iso:400');
});

it('a moment is found by its day', () => {
  expect(dayTerm('created', new Date(2026, 2, 4, 23, 30).toISOString())).toBe('created:2026-03-04');
  expect(dayTerm('created', undefined)).toBeUndefined();
});
