/**
 * What a search found: the shape of the whole result, and the assets of the part that somebody looks at. Loads what
 * comes near the view, gives up what left it, and takes changes in without moving what is under the eye.
 */
import { SvelteMap } from 'svelte/reactivity';
import { type Api, wasAborted } from '../api/client';
import type { AssetTile, FilterParams, Gallery, GalleryGroup, NotUnderstood } from '../api/types';
import { ratiosFrom } from './ratios';
import { Viewport } from './viewport.svelte';

const PAGE = 100;
const PAGES_KEPT = 60;
const IDS_A_CALL = 100_000;

export interface Held {
  readonly index: number;
  readonly id: string;
}

export class GalleryStore {
  readonly view = new Viewport();
  readonly #api: Api;
  readonly #pages = new SvelteMap<number, readonly AssetTile[]>();
  readonly #loading = new Map<number, AbortController>();
  #filter: FilterParams = {};
  #moment = $state<string>();
  #groups = $state.raw<readonly GalleryGroup[]>([]);
  #total = $state(0);
  #opened = $state(false);
  #notUnderstood = $state.raw<readonly NotUnderstood[]>([]);
  #problem = $state.raw<unknown>();
  #opening: AbortController | undefined;
  #answer: Promise<void> | undefined;
  #revision = 0;
  #awaited = 0;
  #held: Held | undefined;

  constructor(api: Api) {
    this.#api = api;
  }

  get groups(): readonly GalleryGroup[] {
    return this.#groups;
  }
  get total(): number {
    return this.#total;
  }
  /** False until the first answer: an empty table is not yet known to be empty. */
  get opened(): boolean {
    return this.#opened;
  }
  /** Terms of the search that were looked for as text instead. */
  get notUnderstood(): readonly NotUnderstood[] {
    return this.#notUnderstood;
  }
  get problem(): unknown {
    return this.#problem;
  }
  /** The moment that is asked for; undefined is now. */
  get moment(): string | undefined {
    return this.#moment;
  }

  /** The asset at a place, once it is known. */
  at(index: number): AssetTile | undefined {
    return this.#pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  indexOf(id: string): number | undefined {
    for (const [page, tiles] of this.#pages) {
      const within = tiles.findIndex((tile) => tile.id === id);
      if (within >= 0) return page * PAGE + within;
    }
    return undefined;
  }

  /**
   * Shows another search from its beginning, or from an asset that is in it; an older one that is still on its way is
   * dropped.
   */
  async open(filter: FilterParams, from?: string): Promise<void> {
    this.#filter = filter;
    this.#moment = filter.at;
    this.#held = undefined;
    this.#awaited = 0;
    this.#answer = this.#load(undefined, from);
    await this.#answer;
  }

  /**
   * Shows the same search as of another moment. The tile in hand stays where it is while it is in view, and is found
   * again when it has not existed in between; without one it is what is under the eye.
   */
  async travel(filter: FilterParams, inHand?: Held): Promise<void> {
    this.#filter = filter;
    this.#moment = filter.at;
    this.#held = inHand;
    await this.refresh(null);
  }

  /**
   * Takes in what happened since. `changed` are the assets it happened to, null if they are too many to name. What was
   * read at `revision` or later has it already.
   */
  async refresh(changed: readonly string[] | null, revision = Number.POSITIVE_INFINITY): Promise<void> {
    if (this.#opening) {
      this.#awaited = Math.max(this.#awaited, revision);
      return;
    }
    if (this.#opened && this.#revision >= revision) return;
    const held = this.#heldInView();
    this.#held = undefined;
    if (held) return this.#load(held.index, held.id);
    const anchor = this.#opened && !this.view.atTop ? this.#stillTile(changed ?? []) : undefined;
    await this.#load(anchor, anchor === undefined ? undefined : this.at(anchor)?.id);
  }

  /** Waits for the answer that is on its way, if one is. */
  async settled(): Promise<void> {
    await this.#answer;
  }

  /** Sees to it that these places are loaded, and gives up what is no longer wanted. */
  want(first: number, end: number): void {
    const firstPage = Math.floor(first / PAGE);
    const lastPage = Math.floor(Math.max(first, Math.min(end, this.#total) - 1) / PAGE);
    for (const [page, abort] of this.#loading) {
      if (page < firstPage || page > lastPage) {
        abort.abort();
        this.#loading.delete(page);
      }
    }
    if (this.#total === 0) return;
    for (let page = firstPage; page <= lastPage; page++) {
      if (!this.#pages.has(page) && !this.#loading.has(page)) void this.#loadPage(page);
    }
    this.#forget(firstPage, lastPage);
  }

  async fetch(index: number): Promise<AssetTile | undefined> {
    return this.at(index) ?? (await this.#api.assets(this.#told(this.#filter), index, 1)).items[0];
  }

  /** The ids of a run of places, also of those that nobody has looked at. */
  async ids(first: number, end: number): Promise<string[]> {
    const ids: string[] = [];
    for (let at = first; at < end; at += IDS_A_CALL) {
      ids.push(...(await this.#api.assetIds(this.#filter, at, Math.min(IDS_A_CALL, end - at))));
    }
    return ids;
  }

  /** Puts a line with name and rating under each tile, or takes it away. */
  async caption(on: boolean): Promise<void> {
    this.view.captioned = on;
    if (on) await this.refresh(null);
  }

  /** What is asked for of each asset: ratings only where they are shown. */
  #told(filter: FilterParams): FilterParams & { ratings?: boolean } {
    return this.view.captioned ? { ...filter, ratings: true } : filter;
  }

  #heldInView(): Held | undefined {
    if (!this.#held) return undefined;
    const index = this.indexOf(this.#held.id) ?? this.#held.index;
    const [first, end] = this.view.tiles(0);
    return index >= first && index < end ? { index, id: this.#held.id } : undefined;
  }

  /** A tile in view that the change did not touch: it will not jump away with what we hold on to. */
  #stillTile(changed: readonly string[]): number | undefined {
    const [, end] = this.view.tiles(0);
    for (let tile = this.view.anchor; tile < end; tile++) {
      const id = this.at(tile)?.id;
      if (id !== undefined && !changed.includes(id)) return tile;
    }
    return undefined;
  }

  async #load(anchorAt: number | undefined, anchorId: string | undefined): Promise<void> {
    this.#opening?.abort();
    const abort = new AbortController();
    const filter = this.#filter;
    this.#opening = abort;
    try {
      const gallery = await this.#api.gallery(filter, anchorId, abort.signal);
      const place = gallery.anchor_index ?? undefined;
      const near = place ?? (anchorAt === undefined ? 0 : Math.min(anchorAt, Math.max(0, gallery.total - 1)));
      const pages = gallery.total > 0 ? await this.#around(filter, near, abort.signal) : [];
      if (abort.signal.aborted) return;
      this.#take(gallery, pages);
      this.view.show(shapeOf(gallery), anchorAt, anchorAt === undefined ? undefined : near);
      if (anchorAt === undefined && place !== undefined) this.view.reveal(place);
      this.#problem = undefined;
    } catch (error) {
      if (!wasAborted(error)) this.#problem = error;
    } finally {
      if (this.#opening === abort) this.#opening = undefined;
    }
    if (this.#opening) return;
    const awaited = this.#awaited;
    this.#awaited = 0;
    if (awaited > 0) await this.refresh(null, awaited);
  }

  /** The pages that will be in view, so that the new result appears with its assets and not box by box. */
  async #around(filter: FilterParams, place: number, signal: AbortSignal): Promise<[number, AssetTile[]][]> {
    const [first, end] = this.view.tiles(0);
    const screen = Math.max(end - first, 40);
    const from = Math.floor(Math.max(0, place - screen / 2) / PAGE);
    const pages = Math.ceil((place + screen) / PAGE) - from;
    const limit = Math.min(pages, 4) * PAGE;
    const { items } = await this.#api.assets(this.#told(filter), from * PAGE, limit, signal);
    const split: [number, AssetTile[]][] = [];
    for (let at = 0; at < items.length; at += PAGE)
      split.push([from + at / PAGE, items.slice(at, at + PAGE)]);
    return split;
  }

  #take(gallery: Gallery, pages: [number, AssetTile[]][]): void {
    for (const loading of this.#loading.values()) loading.abort();
    this.#loading.clear();
    this.#pages.clear();
    for (const [page, tiles] of pages) this.#pages.set(page, tiles);
    this.#groups = gallery.groups;
    this.#total = gallery.total;
    this.#revision = gallery.revision;
    this.#notUnderstood = gallery.not_understood;
    this.#opened = true;
  }

  async #loadPage(page: number): Promise<void> {
    const abort = new AbortController();
    this.#loading.set(page, abort);
    try {
      const { items } = await this.#api.assets(this.#told(this.#filter), page * PAGE, PAGE, abort.signal);
      if (!abort.signal.aborted) this.#pages.set(page, items);
    } catch (error) {
      if (!wasAborted(error)) this.#problem = error;
    } finally {
      if (this.#loading.get(page) === abort) this.#loading.delete(page);
    }
  }

  #forget(firstPage: number, lastPage: number): void {
    if (this.#pages.size <= PAGES_KEPT) return;
    const middle = (firstPage + lastPage) / 2;
    const furthest = [...this.#pages.keys()].sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle));
    for (const page of furthest.slice(0, this.#pages.size - PAGES_KEPT)) this.#pages.delete(page);
  }
}

function shapeOf(gallery: Gallery) {
  return { ratios: ratiosFrom(gallery.ratios), groups: gallery.groups.map((group) => group.assets) };
}
