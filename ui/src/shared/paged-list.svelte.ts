/**
 * A list whose length is known and whose items come page by page, as they are wanted: the end is as near as the beginning.
 * What is far from the view is given up again.
 */
import { SvelteMap } from 'svelte/reactivity';
import { wasAborted } from '../api/client';

const PAGE = 100;
const KEPT = 1500;

export interface Part<Item> {
  readonly items: readonly Item[];
  readonly total: number;
  /** The number of the first item in the list. */
  readonly offset: number;
}

export type LoadPart<Item> = (offset: number, limit: number, signal: AbortSignal) => Promise<Part<Item>>;

export class PagedList<Item> {
  readonly #load: LoadPart<Item>;
  readonly #items = new SvelteMap<number, Item>();
  readonly #loading = new Map<number, AbortController>();
  #total = $state(0);
  #opened = $state(false);
  #problem = $state.raw<unknown>();
  #view: readonly [number, number] = [0, 0];

  constructor(load: LoadPart<Item>) {
    this.#load = load;
  }

  get total(): number {
    return this.#total;
  }
  get opened(): boolean {
    return this.#opened;
  }
  get problem(): unknown {
    return this.#problem;
  }

  at(index: number): Item | undefined {
    return this.#items.get(index);
  }

  /** The number of an item that is there at the moment. */
  find(is: (item: Item) => boolean): number | undefined {
    for (const [index, item] of this.#items) if (is(item)) return index;
    return undefined;
  }

  /** Another list: what was there stays until its first part comes. */
  async open(): Promise<void> {
    this.#giveUp();
    const part = await this.#ask(0);
    if (!part) return;
    this.#items.clear();
    this.#opened = true;
    this.put(part);
  }

  /** Sees to it that a stretch is there. */
  want(first: number, end: number): void {
    this.#view = [Math.max(0, first), Math.min(end, this.#total)];
    if (!this.#opened) return;
    for (let page = Math.floor(this.#view[0] / PAGE); page * PAGE < this.#view[1]; page++) {
      if (!this.#isThere(page) && !this.#loading.has(page)) void this.#fill(page);
    }
    this.#forget();
  }

  /** Asks for the page that an item is on, and waits for it. */
  async load(index: number): Promise<void> {
    await this.#fill(Math.floor(index / PAGE));
  }

  /** Asks once more for what is in view. What is shown stays until the answer comes. */
  async renew(): Promise<void> {
    const [first, end] = this.#view;
    const pages = [];
    for (let page = Math.floor(first / PAGE); page * PAGE < end; page++) pages.push(this.#fill(page));
    await Promise.all(pages);
  }

  /** Something came at the top: everything else moves down by so much. */
  shift(by: number): void {
    this.#giveUp();
    const moved = [...this.#items].map(([index, item]) => [index + by, item] as const);
    this.#items.clear();
    for (const [index, item] of moved) if (index >= 0) this.#items.set(index, item);
    this.#total += by;
    this.#view = [this.#view[0] + by, this.#view[1] + by];
  }

  /** Puts a part where it belongs. */
  put({ items, total, offset }: Part<Item>): void {
    items.forEach((item, nth) => {
      this.#items.set(offset + nth, item);
    });
    this.#total = total;
    for (const index of this.#items.keys()) if (index >= total) this.#items.delete(index);
    this.#problem = undefined;
  }

  async #fill(page: number): Promise<void> {
    const part = await this.#ask(page);
    if (part) this.put(part);
  }

  async #ask(page: number): Promise<Part<Item> | undefined> {
    this.#loading.get(page)?.abort();
    const abort = new AbortController();
    this.#loading.set(page, abort);
    try {
      const part = await this.#load(page * PAGE, PAGE, abort.signal);
      return abort.signal.aborted ? undefined : part;
    } catch (error) {
      if (!wasAborted(error) && !abort.signal.aborted) this.#problem = error;
      return undefined;
    } finally {
      if (this.#loading.get(page) === abort) this.#loading.delete(page);
    }
  }

  #isThere(page: number): boolean {
    const end = Math.min((page + 1) * PAGE, this.#total);
    for (let index = page * PAGE; index < end; index++) if (!this.#items.has(index)) return false;
    return true;
  }

  #giveUp(): void {
    for (const loading of this.#loading.values()) loading.abort();
    this.#loading.clear();
  }

  #forget(): void {
    if (this.#items.size <= KEPT) return;
    const [first, end] = this.#view;
    for (const index of this.#items.keys())
      if (index < first - KEPT / 3 || index > end + KEPT / 3) this.#items.delete(index);
  }
}
