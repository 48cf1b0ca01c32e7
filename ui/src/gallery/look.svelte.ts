/** The full-size look at the tile under the cursor: the preview at once, the large picture when there is one. */
import type { Api } from '../api/client';
import type { AssetTile } from '../api/types';
import { largest, shown, smallest } from '../shared/picture';
import type { GalleryStore } from './gallery.svelte';
import type { Selection } from './selection.svelte';

const NEIGHBOURS = [1, -1, 2];

export class Look {
  readonly #api: Api;
  readonly #gallery: GalleryStore;
  readonly #selection: Selection;
  readonly #prefetch: (url: string) => void;
  #open = $state(false);
  #alone = $state(false);
  #tile = $state.raw<AssetTile>();
  #largeUrl = $state<string>();
  #loading: AbortController | undefined;

  constructor(
    api: Api,
    gallery: GalleryStore,
    selection: Selection,
    prefetch: (url: string) => void = prefetchImage,
  ) {
    this.#api = api;
    this.#gallery = gallery;
    this.#selection = selection;
    this.#prefetch = prefetch;
  }

  get open(): boolean {
    return this.#open;
  }
  get tile(): AssetTile | undefined {
    return this.#tile;
  }
  /** Shown while the better one loads, and instead of it. */
  get firstUrl(): string | undefined {
    return (this.#tile && (shown(this.#tile.preview) ?? smallest(this.#tile))?.url) ?? undefined;
  }
  get largeUrl(): string | undefined {
    return this.#largeUrl;
  }
  /** One asset that was not opened from the table: there is none before it and none after it. */
  get alone(): boolean {
    return this.#alone;
  }
  get place(): number {
    if (this.#alone) return 0;
    return this.#selection.cursor ?? 0;
  }

  showOne(asset: AssetTile, largeUrl: string | undefined): void {
    this.close();
    this.#alone = true;
    this.#tile = asset;
    this.#largeUrl = largeUrl;
    this.#open = true;
  }

  async show(): Promise<void> {
    this.#alone = false;
    this.#open = this.#selection.cursor !== undefined;
    if (this.#open) await this.#load();
  }

  async step(by: number): Promise<void> {
    if (this.#alone) return;
    const to = Math.min(Math.max(this.place + by, 0), this.#gallery.total - 1);
    if (to === this.place) return;
    if (this.#selection.count > 1) await this.#selection.walk(to);
    else await this.#selection.only(to);
    this.#gallery.view.reveal(to);
    await this.#load();
  }

  close(): void {
    this.#loading?.abort();
    this.#open = false;
    this.#tile = undefined;
    this.#largeUrl = undefined;
  }

  async #load(): Promise<void> {
    this.#loading?.abort();
    this.#loading = new AbortController();
    const { signal } = this.#loading;
    const { place } = this;
    const tile = await this.#gallery.fetch(place).catch(() => undefined);
    if (signal.aborted || !tile) return;
    this.#tile = tile;
    this.#largeUrl = undefined;
    for (const by of NEIGHBOURS) {
      const url = shown(this.#gallery.at(place + by)?.preview)?.url;
      if (url) this.#prefetch(url);
    }
    const detail = await this.#api.asset(tile.id, this.#gallery.moment, signal).catch(() => undefined);
    if (!signal.aborted && detail) this.#largeUrl = largest(detail)?.url ?? undefined;
  }
}

function prefetchImage(url: string): void {
  new Image().src = url;
}
