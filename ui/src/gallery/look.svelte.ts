/**
 * The full-size look at the tile under the cursor: the preview at once, the large picture when there is one; how near it
 * is looked at; and what is told of it.
 */
import type { Api } from '../api/client';
import type { AssetDetail, AssetTile, Picture } from '../api/types';
import { largest, sharp } from '../shared/standing';
import { PanZoom } from '../shared/zoom/pan-zoom.svelte';
import type { GalleryStore } from './gallery.svelte';
import type { Selection } from './selection.svelte';

const NEIGHBOURS = [1, -1, 2];
/** So many are to be seen on either side in the filmstrip. */
const BESIDE = 6;

export interface Frame {
  readonly index: number;
  readonly tile: AssetTile;
}

/** An asset, or one of its versions, with what is known of it. */
export type Looked = AssetTile & Partial<Pick<AssetDetail, 'large'>>;

export class Look {
  readonly #api: Api;
  readonly #gallery: GalleryStore;
  readonly #selection: Selection;
  readonly #prefetch: (url: string) => void;
  /** Where the whole picture is shown, none is stretched beyond its pixels. */
  readonly view = new PanZoom(1);
  #open = $state(false);
  #alone = $state(false);
  #tile = $state.raw<Looked>();
  #detail = $state.raw<AssetDetail>();
  #informed = $state(false);
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
  get tile(): Looked | undefined {
    return this.#tile;
  }
  /** All that is known of the asset; undefined until it is there. */
  get detail(): AssetDetail | undefined {
    return this.#detail;
  }
  /** The moment that is looked back to; undefined is now. */
  get at(): string | undefined {
    return this.#gallery.moment;
  }
  /** Whether the metadata lies over the picture. */
  get informed(): boolean {
    return this.#informed;
  }
  set informed(informed: boolean) {
    this.#informed = informed;
  }
  /** Shown while the better one loads, and instead of it. */
  get first(): Picture | undefined {
    return this.#tile && sharp(this.#tile);
  }
  /** The best there is, never another version's instead of the first one's. */
  get large(): Picture | undefined {
    const { thumbnail, preview } = this.#tile ?? {};
    return thumbnail && preview && largest({ thumbnail, preview, large: this.#tile?.large });
  }
  /** One asset that was not opened from the table: there is none before it and none after it. */
  get alone(): boolean {
    return this.#alone;
  }
  get place(): number {
    if (this.#alone) return 0;
    return this.#selection.cursor ?? 0;
  }

  /** What lies before and after it on the table, as far as it is loaded, with itself in the middle. */
  get filmstrip(): Frame[] {
    if (this.#alone) return [];
    const frames: Frame[] = [];
    for (let index = this.place - BESIDE; index <= this.place + BESIDE; index++) {
      const tile = index < 0 ? undefined : this.#gallery.at(index);
      if (tile) frames.push({ index, tile });
    }
    return frames;
  }

  showOne(asset: Looked, detail?: AssetDetail): void {
    this.close();
    this.#alone = true;
    this.#tile = asset;
    this.#detail = detail;
    this.#open = true;
  }

  async show(): Promise<void> {
    this.#alone = false;
    this.view.reset();
    this.#open = this.#selection.cursor !== undefined;
    if (this.#open) await this.#load();
  }

  async step(by: number): Promise<void> {
    await this.go(this.place + by);
  }

  async go(index: number): Promise<void> {
    if (this.#alone) return;
    const to = Math.min(Math.max(index, 0), this.#gallery.total - 1);
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
    this.#detail = undefined;
    this.view.reset();
  }

  async #load(): Promise<void> {
    this.#loading?.abort();
    this.#loading = new AbortController();
    const { signal } = this.#loading;
    const { place } = this;
    const tile = await this.#gallery.fetch(place).catch(() => undefined);
    if (signal.aborted || !tile) return;
    this.#tile = tile;
    this.#detail = undefined;
    for (const by of NEIGHBOURS) {
      const next = this.#gallery.at(place + by);
      const url = next && sharp(next)?.url;
      if (url) this.#prefetch(url);
    }
    const detail = await this.#api.asset(tile.id, this.#gallery.moment, signal).catch(() => undefined);
    if (signal.aborted || !detail) return;
    this.#detail = detail;
    this.#tile = { ...tile, large: detail.large };
  }
}

function prefetchImage(url: string): void {
  new Image().src = url;
}
