import { expect, it } from 'vitest';
import { doubtOf } from './tenant-doubt';

it.each([
  ['https://example.fotoware.cloud', undefined],
  ['example.fotoware.cloud', undefined],
  ['http://127.0.0.1:4010', undefined],
  ['http://[fd00::2]', undefined],
  ['http://localhost:8080', undefined],
  ['', undefined],
  ['https://fotoware', 'no_dot'],
  ['fotoware', 'no_dot'],
  ['https://fotoware.', 'no_dot'],
  ['https://', 'no_address'],
  ['two words', 'no_address'],
  ['ftp://example.com', 'no_address'],
])('%s: %s', (typed, doubt) => {
  expect(doubtOf(typed)).toBe(doubt);
});
