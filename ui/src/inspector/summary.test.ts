import { describe, expect, it } from 'vitest';
import type { AssetDetail } from '../api/types';
import { summaryOf } from './summary';

const words = { archive: 'Archive', doctype: 'Type' };

function asset(
  changed: string,
  size: number | null,
  fields: Record<string, string[]>,
  archive = 'Press',
): AssetDetail {
  const listed = Object.entries(fields).map(([label, values], id) => ({ id, label, values }));
  return {
    archive,
    doctype: 'image',
    changed_at: changed,
    file_size: size,
    fields: listed,
  } as unknown as AssetDetail;
}

describe('what several assets have in common', () => {
  const summary = summaryOf(
    [
      asset('2026-11-03T00:00:00Z', 200, { Title: ['Harbour'], Keywords: ['sea', 'dawn'] }),
      asset('2026-11-01T00:00:00Z', null, { Title: ['Harbour'], Keywords: ['sea'], Credit: ['Lie'] }),
      asset('2026-11-02T00:00:00Z', 100, { Title: ['Harbour'], Keywords: ['sea'] }, 'Archive B'),
    ],
    words,
  );

  it('is what all of them say, and comes first', () => {
    expect(summary?.fields.filter(({ value }) => value !== undefined)).toEqual([
      { label: 'Type', value: 'image', values: 1 },
      { label: 'Title', value: 'Harbour', values: 1 },
    ]);
  });

  it('leaves out where they differ, and says in how many ways; to have none is one', () => {
    expect(summary?.fields.filter(({ value }) => value === undefined)).toEqual([
      { label: 'Archive', value: undefined, values: 2 },
      { label: 'Keywords', value: undefined, values: 2 },
      { label: 'Credit', value: undefined, values: 2 },
    ]);
  });

  it('has their size together and the span of time they changed in', () => {
    expect(summary).toMatchObject({
      assets: 3,
      bytes: 300,
      first: '2026-11-01T00:00:00Z',
      last: '2026-11-03T00:00:00Z',
    });
  });

  it('is nothing for none', () => {
    expect(summaryOf([], words)).toBeUndefined();
  });
});
