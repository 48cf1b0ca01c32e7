/** For tests: an asset with a history of so many versions, a day between them, and a server that knows it. */
import { refusing, tileOf } from '../api/fake';
import type { AssetDetail, Comparison, Version } from '../api/types';

export function versionOf(number: number, more: Partial<Version> = {}): Version {
  const { thumbnail, preview } = tileOf(`v${number}`);
  return {
    number,
    event_id: `e${number}`,
    delivery_id: number,
    change: number === 1 ? 'ingested' : 'metadata',
    kind: number === 1 ? 'ingested' : 'modified',
    created_at: `2026-03-${String(number).padStart(2, '0')}T09:00:00.000Z`,
    received_at: `2026-03-${String(number).padStart(2, '0')}T09:00:01.000Z`,
    filename: `name-${number}.jpg`,
    title: `Version ${number}`,
    archive: 'Press',
    changes: [],
    notes: [],
    thumbnail,
    preview,
    ...more,
  };
}

/** The latest first, as the server tells it. */
export function assetOf(id: string, versions: Version[]): AssetDetail {
  const latest = versions[0] ?? versionOf(1);
  const { filename, title, archive, change, thumbnail, preview, number, created_at } = latest;
  return {
    ...tileOf(id),
    filename,
    title,
    archive,
    change,
    changed_at: created_at,
    version_count: number,
    thumbnail,
    preview,
    description: '',
    byline: '',
    tags: [],
    archives: [archive],
    href: `/fotoweb/${filename}.info`,
    first_seen: versions.at(-1)?.received_at ?? latest.received_at,
    last_seen: latest.received_at,
    fields: [{ id: 5, label: 'Title', term: 'title:', values: [title] }],
    facts: [],
    former_names: [],
    versions,
  };
}

export function history(length: number): Version[] {
  return Array.from({ length }, (_, nth) => versionOf(length - nth));
}

export class FakeHistory {
  readonly asked: string[] = [];
  /** Set to hold answers back until it is released. */
  gate: Promise<void> = Promise.resolve();

  constructor(readonly assets: Map<string, Version[]>) {}

  readonly api = refusing({
    asset: async (id, at, signal) => {
      this.asked.push(at ? `${id} at ${at}` : id);
      await this.gate;
      signal?.throwIfAborted();
      const versions = this.assets.get(id) ?? [];
      return assetOf(
        id,
        versions.filter(({ created_at }) => !at || created_at <= at),
      );
    },
    compare: async (id, before, after, signal) => {
      this.asked.push(`${id} ${before}..${after}`);
      await this.gate;
      signal?.throwIfAborted();
      return this.#compared(id, before, after);
    },
  });

  #compared(id: string, before: string, after: string): Comparison {
    const of = (event: string) =>
      this.assets.get(id)?.find(({ event_id }) => event_id === event) ?? versionOf(1);
    const [old, now] = [of(before), of(after)];
    const title = {
      id: 5,
      label: 'Title',
      old: [old.title],
      new: [now.title],
      added: [now.title],
      removed: [old.title],
      pieces: [],
    };
    const picture = {
      state: 'compared' as const,
      share: 0.021,
      tolerance: 0.06,
      difference_url: '/difference',
    };
    return { old, new: now, fields: [{ ...title, same: old.title === now.title }], picture };
  }
}
