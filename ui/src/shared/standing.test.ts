import { describe, expect, it } from 'vitest';
import type { Picture } from '../api/types';
import { largest, own, type Pictures, sharp, signs, smallest, standingOf } from './standing';

const kept = (url: string, more: Partial<Picture> = {}): Picture => ({ state: 'kept', url, ...more });
const waiting: Picture = { state: 'waiting' };
const missing: Picture = { state: 'missing', reason: 'expired' };
const earlier = (picture: Picture, url: string): Picture => ({ ...picture, url, earlier_version: 2 });

/** Each state of the pictures of version 3: how it stands, which is shown, and the words. */
const TABLE: Record<string, [Pictures, string, string | undefined, string[]]> = {
  own: [{ thumbnail: kept('t'), preview: kept('p') }, 'own', 't', []],
  'own, of another event of the same version': [
    { thumbnail: { ...missing, url: 't' }, preview: { ...missing, url: 'p' } },
    'own',
    't',
    [],
  ],
  partial: [
    { thumbnail: kept('t'), preview: kept('p', { partial: true }) },
    'own',
    't',
    ['Only part of this picture arrived'],
  ],
  'on its way': [{ thumbnail: waiting, preview: waiting }, 'on_its_way', undefined, ['Picture on its way']],
  'kept, and still to be made fit to be shown': [
    { thumbnail: { state: 'kept' }, preview: { state: 'kept', original_url: 'o' } },
    'on_its_way',
    undefined,
    ['Picture on its way'],
  ],
  missing: [{ thumbnail: missing, preview: missing }, 'missing', undefined, ['No picture: expired']],
  'missing, nobody knows why': [
    { thumbnail: { state: 'missing' }, preview: { state: 'missing' } },
    'missing',
    undefined,
    ['No picture'],
  ],
  undecodable: [
    { thumbnail: missing, preview: { ...missing, original_url: 'o' } },
    'undecodable',
    undefined,
    ['This picture cannot be shown'],
  ],
  'earlier, the new one on its way': [
    { thumbnail: earlier(waiting, 't2'), preview: earlier(waiting, 'p2') },
    'earlier',
    't2',
    ['Picture of version 2. The picture of version 3 is on its way.'],
  ],
  'earlier, the new one missing': [
    { thumbnail: earlier(missing, 't2'), preview: earlier(missing, 'p2') },
    'earlier',
    't2',
    ['Picture of version 2. There is no picture of version 3: expired.'],
  ],
  'its own thumbnail, the preview on its way': [
    { thumbnail: kept('t'), preview: earlier(waiting, 'p2') },
    'own',
    't',
    [],
  ],
  'its own preview, the thumbnail missing': [
    { thumbnail: earlier(missing, 't2'), preview: kept('p') },
    'own',
    'p',
    [],
  ],
  'a line of the events, with a thumbnail alone': [
    { thumbnail: earlier(missing, 't2') },
    'earlier',
    't2',
    ['Picture of version 2. There is no picture of version 3: expired.'],
  ],
};

describe.each(Object.entries(TABLE))('%s', (_, [pictures, kind, url, words]) => {
  it('is told as what it is', () => {
    expect(standingOf(pictures).kind).toBe(kind);
    expect(smallest(pictures)?.url).toBe(url);
    expect(signs(pictures, 3, sharp(pictures))).toEqual(words);
  });
});

it('pictures of two versions are never mixed', () => {
  const landing: Pictures = { thumbnail: kept('t'), preview: earlier(waiting, 'p2') };
  expect([smallest, sharp, largest].map((of) => of(landing)?.url)).toEqual(['t', 't', 't']);
  expect(own(landing)?.url).toBe('t');
  expect(own({ thumbnail: earlier(missing, 't2'), preview: earlier(missing, 'p2') })).toBeUndefined();
});

it('the sharp one is the preview, the largest the large one', () => {
  const all: Pictures = { thumbnail: kept('t'), preview: kept('p'), large: kept('l') };
  expect([sharp(all)?.url, largest(all)?.url, own(all)?.url]).toEqual(['p', 'l', 'l']);
  expect(sharp({ thumbnail: kept('t'), preview: missing, large: kept('l') })?.url).toBe('l');
});
