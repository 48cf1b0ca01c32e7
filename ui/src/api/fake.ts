/** For tests: a server that knows a list of assets and counts what it is asked. Calls that no test needs refuse. */

import { dayKey } from '../shared/format';
import { type Api, EVENTS_A_PAGE } from './client';
import type { AssetTile, EventFilter, EventLine, FilterParams, Gallery } from './types';

export function tileOf(id: string, more: Partial<AssetTile> = {}): AssetTile {
  const picture = { state: 'kept' as const, url: `/api/blobs/${id}`, width: 200, height: 133 };
  return {
    id,
    filename: `${id}.jpg`,
    title: id,
    state: 'present',
    change: 'ingested',
    changed_at: '2026-03-04T09:15:00.000Z',
    version_count: 1,
    ratio: 1.5,
    archive: 'Press',
    doctype: 'image',
    thumbnail: picture,
    preview: { ...picture, url: `/api/blobs/${id}-800`, width: 800, height: 533 },
    placeholder: null,
    ...more,
  };
}

/** Hours before noon of a day in March. */
export function eventLineOf(id: string, hoursAgo: number, more: Partial<EventLine> = {}): EventLine {
  const created_at = new Date(Date.UTC(2026, 2, 4, 12) - hoursAgo * 3_600_000).toISOString();
  return {
    event_id: id,
    delivery_id: 1,
    asset_id: `asset-${id}`,
    version: 1,
    kind: 'modified',
    change: 'metadata',
    filename: `${id}.jpg`,
    title: id,
    archive: 'Press',
    created_at,
    received_at: created_at,
    changed: [],
    thumbnail: { state: 'waiting', url: null },
    ...more,
  };
}

export class FakeServer {
  assets: AssetTile[];
  events: EventLine[] = [];
  revision = 1;
  readonly asked: string[] = [];
  /** Set to hold answers back until it is released. */
  gate: Promise<void> = Promise.resolve();

  constructor(count: number) {
    this.assets = Array.from({ length: count }, (_, nth) => tileOf(`a${nth}`));
  }

  readonly api: Api = refusing({
    gallery: async (filter, anchor, signal) => {
      this.asked.push(`gallery ${filter.query ?? ''}`.trim());
      await this.#answer(signal);
      const found = this.#found(filter);
      const at = found.findIndex((asset) => asset.id === anchor);
      return galleryOf(found.length, this.revision, at < 0 ? null : at);
    },
    assets: async (filter, offset, limit, signal) => {
      this.asked.push(`assets ${offset}+${limit}`);
      await this.#answer(signal);
      const found = this.#found(filter);
      const items = found.slice(offset, offset + limit);
      return { revision: this.revision, total: found.length, offset, items };
    },
    events: async (filter, { created_ms, skip }, signal) => {
      const found = this.#happened(filter);
      const from = found.findIndex(({ created_at }) => Date.parse(created_at) <= created_ms) + skip;
      this.asked.push(`events ${from}`);
      await this.#answer(signal);
      const items = found.slice(from, from + EVENTS_A_PAGE);
      return { revision: this.revision, items, next: null };
    },
    eventOutline: async (filter, signal) => {
      this.asked.push('outline');
      await this.#answer(signal);
      const times = this.#happened(filter).map(({ created_at }) => Date.parse(created_at));
      const days = new Map<string, number>();
      for (const time of times) {
        const day = dayKey(new Date(time).toISOString());
        days.set(day, (days.get(day) ?? 0) + 1);
      }
      const pages = times.filter((_, nth) => nth % EVENTS_A_PAGE === 0);
      return {
        total: times.length,
        days: [...days].map(([day, events]) => ({ day, events })),
        marks: pages.map((created_ms, page) => ({
          created_ms,
          skip: page * EVENTS_A_PAGE - times.indexOf(created_ms),
        })),
      };
    },
    assetIds: async (filter, offset, limit) => {
      this.asked.push(`ids ${offset}+${limit}`);
      return this.#found(filter)
        .slice(offset, offset + limit)
        .map(({ id }) => id);
    },
  });

  #happened(filter: EventFilter): EventLine[] {
    return this.events.filter(({ change }) => !filter.change || change === filter.change);
  }

  #found(filter: FilterParams): AssetTile[] {
    return this.assets.filter(({ id }) => id.includes(filter.query ?? ''));
  }

  async #answer(signal: AbortSignal | undefined): Promise<void> {
    await this.gate;
    signal?.throwIfAborted();
  }
}

export function refusing(known: Partial<Api>): Api {
  const refuse = () => Promise.reject(new Error('this test asks for nothing like that'));
  return {
    status: refuse,
    sidebar: refuse,
    changes: refuse,
    gallery: refuse,
    assets: refuse,
    assetIds: refuse,
    suggestions: refuse,
    facets: refuse,
    searches: refuse,
    saveSearches: refuse,
    asset: refuse,
    compare: refuse,
    join: refuse,
    split: refuse,
    decisions: refuse,
    takeBack: refuse,
    imports: refuse,
    takeImportBack: refuse,
    fields: refuse,
    nameField: refuse,
    events: refuse,
    activity: refuse,
    eventChoices: refuse,
    eventOutline: refuse,
    histogram: refuse,
    deliveries: refuse,
    delivery: refuse,
    deliveryDifference: refuse,
    resend: refuse,
    curl: refuse,
    settings: refuse,
    saveSettings: refuse,
    renewSecret: refuse,
    reach: refuse,
    checkReach: refuse,
    turnTunnel: refuse,
    pause: refuse,
    rebuild: refuse,
    demo: refuse,
    exportColumns: refuse,
    countExport: refuse,
    startExport: refuse,
    exportJob: refuse,
    cancelExport: refuse,
    ...known,
  };
}

function galleryOf(total: number, revision: number, anchor_index: number | null): Gallery {
  const ratio = Math.round((Math.log(1.5 / 0.2) / Math.log(25)) * 255);
  return {
    revision,
    total,
    groups: total > 0 ? [{ key: '2026-03-04', assets: total, events: total }] : [],
    ratios: btoa(String.fromCharCode(ratio).repeat(total)),
    anchor_index,
    not_understood: [],
  };
}
