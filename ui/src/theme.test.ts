import { describe, expect, it } from 'vitest';
import css from './app.css?raw';

/** WCAG 2.2: text 1.4.3, what is no text but must be seen 1.4.11. */
/** A badge is black of two thirds over a picture; this is one over a picture of middle grey. */
const BADGE = '#2c2c2c';
const TEXT = 4.5;
const SIGN = 3;

const themes = (['light', 'dark'] as const).flatMap((scheme) => [
  { name: `${scheme}`, token: reader(scheme, tokensOf(':root {')) },
  {
    name: `${scheme}, high contrast`,
    token: reader(scheme, { ...tokensOf(':root {'), ...tokensOf(':root[data-theme="contrast"] {') }),
  },
]);

const GROUNDS = ['table', 'panel', 'raised', 'sunken'];
const TEXTS = ['text', 'dim', 'problem', 'focus'];
const SIGNS = [
  'edge',
  'mark',
  'focus',
  'past',
  'problem',
  'bar',
  'ingested',
  'metadata',
  'new_version',
  'renamed',
  'restored',
  'deleted',
  'marker',
  'action',
  'modified',
  'unknown',
];
const ON_BADGES = SIGNS.slice(SIGNS.indexOf('ingested')).map((sign) => `${sign}-on-dark`);
/** Text on a fill of its own. */
const PAIRS: [string, string][] = [
  ['on-accent', 'accent'],
  ['on-accent', 'accent-hover'],
  ['on-past', 'past'],
  ['added-text', 'added'],
  ['removed-text', 'removed'],
  ['text', 'tile'],
  ['dim', 'tile'],
];
/** Grounds, shades of them, fills that carry text in a colour of their own, and lines that only part. */
const NO_SIGNS = new Set([
  ...GROUNDS,
  'hover',
  'active',
  'line',
  'tile',
  'scrim',
  'shadow',
  'radius',
  'added',
  'removed',
  'accent',
  'accent-hover',
]);

describe.each(themes)('the theme: $name', ({ token }) => {
  it.each(GROUNDS.flatMap((ground) => TEXTS.map((text) => [text, ground])))(
    'reads %s on %s',
    (text, ground) => {
      expect(contrast(token(text), token(ground))).toBeGreaterThanOrEqual(TEXT);
    },
  );

  it.each(
    ['table', 'panel'].flatMap((ground) =>
      ['text', 'dim'].flatMap((text) => ['hover', 'active'].map((shade) => [text, shade, ground])),
    ),
  )('reads %s on what is %s on %s', (text, shade, ground) => {
    expect(contrast(token(text), over(token(shade), token(ground)))).toBeGreaterThanOrEqual(TEXT);
  });

  it.each(GROUNDS.flatMap((ground) => SIGNS.map((sign) => [sign, ground])))(
    'shows %s on %s',
    (sign, ground) => {
      expect(contrast(token(sign), token(ground))).toBeGreaterThanOrEqual(SIGN);
    },
  );

  it.each(ON_BADGES)('shows %s on a badge', (sign) => {
    expect(contrast(token(sign), colour(BADGE))).toBeGreaterThanOrEqual(SIGN);
  });

  it.each(PAIRS)('reads %s on its own fill, %s', (text, fill) => {
    expect(contrast(token(text), token(fill))).toBeGreaterThanOrEqual(TEXT);
  });
});

it('has no colour that nobody has looked at', () => {
  const known = new Set([...NO_SIGNS, ...ON_BADGES, ...TEXTS, ...SIGNS, ...PAIRS.map(([text]) => text)]);
  expect(Object.keys(tokensOf(':root {')).filter((name) => !known.has(name))).toEqual([]);
});

it('gives the same high contrast to those who choose it here and those whose system asks for it', () => {
  const asked = css.slice(css.indexOf('@media (prefers-contrast: more)'));
  expect(tokensOf(':root {', asked)).toEqual(tokensOf(':root[data-theme="contrast"] {'));
});

type Colour = readonly [number, number, number, number];

function tokensOf(selector: string, within = css): Record<string, string> {
  const start = within.indexOf(selector);
  const block = within.slice(start, within.indexOf('}', start));
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): ([^;]+);/g)].map(([, name = '', value = '']) => [name, value]),
  );
}

function reader(scheme: 'light' | 'dark', tokens: Record<string, string>) {
  return (name: string | undefined): Colour => {
    const value = tokens[name ?? ''] ?? '';
    const [, light = value, dark = value] = /light-dark\(([^,]+), ([^)]+)\)/.exec(value) ?? [];
    return colour(scheme === 'light' ? light : dark);
  };
}

function colour(hex: string): Colour {
  const part = (at: number) => Number.parseInt(hex.slice(at, at + 2), 16);
  return [part(1), part(3), part(5), hex.length > 7 ? part(7) / 255 : 1];
}

function over(shade: Colour, ground: Colour): Colour {
  const mix = (at: 0 | 1 | 2) => shade[at] * shade[3] + ground[at] * (1 - shade[3]);
  return [mix(0), mix(1), mix(2), 1];
}

function contrast(one: Colour, other: Colour): number {
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

function luminance([red, green, blue]: Colour): number {
  const linear = (part: number) =>
    part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4;
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}
