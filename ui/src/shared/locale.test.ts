import { expect, it } from 'vitest';
import { localeFor } from './locale';

it.each([
  { languages: ['nb-NO', 'nb', 'en-US'], locale: 'en-US' },
  { languages: ['en', 'de'], locale: 'en' },
  { languages: ['de-DE'], locale: 'en-GB' },
  { languages: ['C', 'en-AU'], locale: 'en-AU' },
  { languages: ['C'], locale: 'en-GB' },
  { languages: [], locale: 'en-GB' },
])('words and figures are in one language: $languages', ({ languages, locale }) => {
  expect(localeFor('en', languages)).toBe(locale);
});

it('a Norwegian browser reads the day in the language of the words beside it', () => {
  const day = new Intl.DateTimeFormat(localeFor('en', ['nb-NO']), {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  });
  expect(day.format(new Date(2026, 10, 27))).toBe('Friday 27 November');
});
