import { describe, expect, it } from 'vitest';
import { addressOf, isAStep, type View, viewAt } from './view-address';

function bare(view: View): View {
  return JSON.parse(JSON.stringify(view));
}

describe('the address of what is shown', () => {
  it.each<View>([
    { place: 'gallery' },
    {
      place: 'gallery',
      query: 'byline:Åse "two words" & more',
      archive: 'Press desk',
      state: 'deleted',
      sort: 'name',
    },
    { place: 'gallery', asset: 'a/ø?#', version: '01J', at: '2026-11-26T06:00:00.000Z' },
    {
      place: 'events',
      kind: 'modified',
      field: '120',
      change: 'metadata',
      from: '2026-11-01T00:00:00.000Z',
      until: '2026-11-02T00:00:00.000Z',
    },
    { place: 'deliveries', delivery: 12 },
    { place: 'duplicate' },
    { place: 'unreadable' },
  ])('leads back to it: %o', (view) => {
    expect(bare(viewAt(addressOf(view)))).toEqual(view);
  });

  it('is short where there is nothing to say', () => {
    expect(addressOf({ place: 'gallery', query: '', sort: 'newest' })).toBe('#/assets');
  });

  it.each([
    '',
    '#',
    '#/',
    '#/nowhere',
    '#/assets?change=exploded&state=lost&at=yesterday&delivery=x',
    '#/__proto__?sort=up',
  ])('is read as the gallery where it makes no sense: %s', (address) => {
    expect(bare(viewAt(address))).toEqual({ place: 'gallery' });
  });
});

describe('Back', () => {
  it.each<[string, View, View]>([
    ['from place to place', { place: 'gallery' }, { place: 'events' }],
    ['from filter to filter', { place: 'gallery' }, { place: 'gallery', archive: 'Press' }],
    ['from a search to everything', { place: 'gallery' }, { place: 'gallery', query: 'h' }],
    ['from an asset to the gallery', { place: 'gallery' }, { place: 'gallery', asset: 'a' }],
    [
      'from an earlier version to the latest',
      { place: 'gallery', asset: 'a' },
      { place: 'gallery', asset: 'a', version: 'e' },
    ],
    ['from the past to now', { place: 'gallery' }, { place: 'gallery', at: '2026-11-26T06:00:00.000Z' }],
  ])('leads %s', (_, before, after) => {
    expect(isAStep(before, after)).toBe(true);
  });

  it.each<[string, View, View]>([
    ['letter by letter', { place: 'gallery', query: 'h' }, { place: 'gallery', query: 'ha' }],
    ['tile by tile', { place: 'gallery', asset: 'a' }, { place: 'gallery', asset: 'b' }],
  ])('does not lead %s', (_, before, after) => {
    expect(isAStep(before, after)).toBe(false);
  });
});
