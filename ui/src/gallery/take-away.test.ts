import { describe, expect, it } from 'vitest';
import type { AssetDetail } from '../api/types';
import { captionOf, webAddress } from './take-away.svelte';

const asset = { title: 'Harbour', filename: 'h.jpg', description: '', byline: '' } as AssetDetail;

describe('what is copied as a caption', () => {
  it.each([
    [{ description: 'Boats at dawn.', byline: 'Åse Lie' }, 'Boats at dawn. (Åse Lie)'],
    [{ description: 'Boats at dawn.' }, 'Boats at dawn.'],
    [{}, 'Harbour'],
    [{ title: '' }, 'h.jpg'],
  ])('%o', (given, caption) => {
    expect(captionOf({ ...asset, ...given })).toBe(caption);
  });
});

describe('the page in Fotoware', () => {
  it.each([
    ['https://fotoware.example.com/fotoweb/archives/5000/a.jpg.info', true],
    ['http://fotoware/fotoweb/archives/5000/a.jpg.info', true],
    ['/fotoweb/archives/5000/a.jpg.info', false],
    ['javascript:alert(1)', false],
    ['file:///etc/passwd', false],
    ['', false],
    [null, false],
  ])('of %s opens in a browser: %s', (href, opens) => {
    expect(webAddress({ ...asset, href } as AssetDetail)).toBe(opens ? href : undefined);
  });
});
