import { describe, expect, it } from 'vitest';
import { stars } from '../shared/stars';
import { badgeOf, typeSign } from './tile-signs';

describe('the sign of a type', () => {
  it.each([
    ['image', 'harbour.jpg', undefined],
    [null, 'harbour.jpg', undefined],
    ['movie', 'launch.mp4', { icon: 'play', word: 'MP4' }],
    ['document', 'contract.pdf', { icon: 'document', word: 'PDF' }],
    ['audio', 'interview.wav', { icon: 'audio', word: 'WAV' }],
    ['graphic', 'logo.eps', { icon: 'graphic', word: 'EPS' }],
    ['image', 'logo.EPS', { icon: 'graphic', word: 'EPS' }],
    ['movie', 'no ending', { icon: 'play', word: 'Video' }],
    ['document', 'old.indesign-package', { icon: 'document', word: 'Document' }],
  ])('of %s %s is %o', (doctype, filename, sign) => {
    expect(typeSign({ doctype, filename })).toEqual(sign);
  });
});

describe('a badge', () => {
  const now = Date.parse('2026-03-04T12:00:00Z');
  const tile = { state: 'present', changed_at: '2026-03-01T12:00:00Z' };

  it('is for what is odd, however long ago', () => {
    for (const change of ['new_version', 'restored', 'renamed', 'deleted', 'unknown'] as const)
      expect(badgeOf({ ...tile, change }, now)).toBe(change);
  });

  it('is for an arrival and an edit only while they are news', () => {
    const lately = { ...tile, changed_at: '2026-03-04T11:30:00Z' };
    for (const change of ['ingested', 'metadata'] as const) {
      expect(badgeOf({ ...tile, change }, now)).toBeUndefined();
      expect(badgeOf({ ...lately, change }, now)).toBe(change);
    }
    expect(badgeOf({ ...lately, change: 'marker' }, now)).toBeUndefined();
  });

  it('says that an asset is deleted, whatever was clicked on it since', () => {
    expect(badgeOf({ ...tile, state: 'deleted', change: 'marker' }, now)).toBe('deleted');
  });
});

it('a rating is told in stars, and none in nothing', () => {
  expect([stars(4), stars(5), stars(0), stars(null), stars(9)]).toEqual(['★★★★☆', '★★★★★', '', '', '★★★★★']);
});
