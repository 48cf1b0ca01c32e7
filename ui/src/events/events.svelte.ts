/**
 * Everything that happened, newest first. The log has no known end and is read by cursor, page by page; pages far from
 * the view are given up and asked for again when somebody returns. What comes in meanwhile waits above to be fetched.
 */
import { SvelteMap } from 'svelte/reactivity';
import { type Api, wasAborted } from '../api/client';
import type { EventFilter, EventLine } from '../api/types';
import { dayKey } from '../shared/format';
import { bottom, lineTop, type Sheet, sheet, sheetOf, sheetsBetween } from './lines';

const SHEETS_KEPT = 12;

export interface NearLine {
  readonly index: number;
  readonly top: number;
  readonly opensDay: boolean;
  readonly item: EventLine | undefined;
}

export class EventLog {
  readonly #api: Api;
  /** Told by the view: nobody has scrolled. */
  atTop = true;
  readonly #items = new SvelteMap<number, readonly EventLine[]>();
  readonly #loading = new Map<number, AbortController>();
  #sheets = $state.raw<readonly Sheet[]>([]);
  #filter: EventFilter = {};
  #next = $state<string>();
  #opened = $state(false);
  #problem = $state.raw<unknown>();
  #fresh = $state(0);
  #cursor = $state<number>();
  #newest: EventLine | undefined;
  #opening: AbortController | undefined;
  #refreshing: AbortController | undefined;
  #view: readonly [number, number] = [0, 0];
  /** Something happened that the answer on its way may not have. */
  #again = false;

  constructor(api: Api) {
    this.#api = api;
  }

  get opened(): boolean {
    return this.#opened;
  }
  get problem(): unknown {
    return this.#problem;
  }
  /** How many lines are known of; there may be `more`. */
  get known(): number {
    const last = this.#sheets.at(-1);
    return last ? last.first + last.count : 0;
  }
  get more(): boolean {
    return this.#next !== undefined;
  }
  get height(): number {
    const last = this.#sheets.at(-1);
    return last ? bottom(last) : 0;
  }
  /** How many came since, and wait to be shown. */
  get fresh(): number {
    return this.#fresh;
  }
  get cursor(): number | undefined {
    return this.#cursor;
  }
  set cursor(cursor: number | undefined) {
    this.#cursor = cursor;
  }
  get picked(): EventLine | undefined {
    return this.#cursor === undefined ? undefined : this.at(this.#cursor);
  }

  at(index: number): EventLine | undefined {
    const nth = sheetOf(this.#sheets, index);
    return this.#items.get(nth)?.[index - (this.#sheets[nth]?.first ?? 0)];
  }

  topOf(index: number): number {
    const of = this.#sheets[sheetOf(this.#sheets, index)];
    return of ? lineTop(of, index - of.first) : 0;
  }

  /** The lines that lie in a stretch, also those whose page is not there at the moment. */
  near(from: number, to: number): NearLine[] {
    const [first, end] = sheetsBetween(this.#sheets, from, to);
    const lines: NearLine[] = [];
    this.#sheets.slice(first, end).forEach((of, at) => {
      const items = this.#items.get(first + at);
      for (let nth = 0; nth < of.count; nth++) {
        const top = lineTop(of, nth);
        if (top < from || top > to) continue;
        lines.push({ index: of.first + nth, top, opensDay: of.days.includes(nth), item: items?.[nth] });
      }
    });
    return lines;
  }

  /** Another question; what was there stays until its answer is. */
  async open(filter: EventFilter): Promise<void> {
    this.#filter = filter;
    await this.reload();
  }

  /** From the newest on, with those that waited. */
  async reload(): Promise<void> {
    this.#opening?.abort();
    this.#refreshing?.abort();
    this.#again = false;
    const abort = new AbortController();
    this.#opening = abort;
    try {
      const page = await this.#api.events(this.#filter, undefined, abort.signal);
      if (!abort.signal.aborted) this.#begin(page.items, page.next ?? undefined);
    } catch (error) {
      if (!wasAborted(error)) this.#problem = error;
    } finally {
      if (this.#opening === abort) this.#opening = undefined;
    }
    await this.#catchUp();
  }

  /** Sees to it that a stretch is loaded, goes on where the log ends in it, and gives up what is far away. */
  want(from: number, to: number): void {
    const [first, end] = sheetsBetween(this.#sheets, from, to);
    this.#view = [first, end];
    for (let nth = first; nth < end; nth++) if (!this.#items.has(nth)) void this.#load(nth);
    const atEnd = this.#opened && to > this.height && this.#next !== undefined;
    if (atEnd && (this.#sheets.length === 0 || this.#items.has(this.#sheets.length - 1)))
      void this.#load(this.#sheets.length);
    this.#forget((first + end - 1) / 2);
  }

  /** Something happened. At the top, where nobody has a line in hand, it just appears; else it is announced. */
  async refresh(changed: readonly string[] | null): Promise<void> {
    if (this.#opening || this.#refreshing) {
      this.#again = true;
      return;
    }
    if (!this.#opened) return this.#problem ? this.reload() : undefined;
    const abort = new AbortController();
    this.#refreshing = abort;
    try {
      const { items, next } = await this.#api.events(this.#filter, undefined, abort.signal);
      if (abort.signal.aborted) return;
      if (this.atTop && this.#cursor === undefined) this.#begin(items, next ?? undefined);
      else {
        this.#fresh = this.#countFresh(items);
        await this.#renew(changed);
      }
    } catch (error) {
      if (!wasAborted(error)) this.#problem = error;
    } finally {
      if (this.#refreshing === abort) this.#refreshing = undefined;
    }
    await this.#catchUp();
  }

  /** Asks once more where something happened while an answer was on its way. */
  async #catchUp(): Promise<void> {
    if (!this.#again || this.#opening || this.#refreshing) return;
    this.#again = false;
    await this.refresh(null);
  }

  #countFresh(items: readonly EventLine[]): number {
    const newest = this.#newest;
    if (!newest) return items.length;
    const at = items.findIndex(({ event_id }) => event_id === newest.event_id);
    return at >= 0 ? at : items.filter(({ created_at }) => created_at > newest.created_at).length;
  }

  #begin(items: readonly EventLine[], next: string | undefined): void {
    for (const loading of this.#loading.values()) loading.abort();
    this.#loading.clear();
    this.#items.clear();
    this.#items.set(0, items);
    this.#sheets = items.length > 0 ? [sheet(undefined, undefined, items.map(dayOf))] : [];
    this.#next = next;
    this.#newest = items[0];
    this.#cursor = undefined;
    this.#fresh = 0;
    this.#opened = true;
    this.#problem = undefined;
  }

  async #load(nth: number): Promise<void> {
    if (this.#loading.has(nth)) return;
    const known = this.#sheets[nth];
    const before = known ? known.before : this.#next;
    const abort = new AbortController();
    this.#loading.set(nth, abort);
    try {
      const { items, next } = await this.#api.events(this.#filter, before, abort.signal);
      if (abort.signal.aborted) return;
      this.#place(nth, sheet(this.#sheets[nth - 1], before, items.map(dayOf)), next ?? undefined);
      this.#items.set(nth, items);
      this.#problem = undefined;
    } catch (error) {
      if (!wasAborted(error)) this.#problem = error;
    } finally {
      if (this.#loading.get(nth) === abort) this.#loading.delete(nth);
    }
  }

  /** A page that ends elsewhere than before no longer joins the next one: the log is read on from here. */
  #place(nth: number, came: Sheet, next: string | undefined): void {
    const following = this.#sheets[nth + 1];
    const joins =
      following?.before === next &&
      following?.first === came.first + came.count &&
      following.top === bottom(came);
    this.#sheets = [...this.#sheets.slice(0, nth), came, ...(joins ? this.#sheets.slice(nth + 1) : [])];
    if (joins) return;
    this.#next = next;
    for (const later of this.#items.keys()) if (later > nth) this.#items.delete(later);
    if (this.#cursor !== undefined && this.#cursor >= this.known) this.#cursor = undefined;
  }

  /** Lines in view get the pictures that came for them; which lines there are stays as it is. */
  async #renew(changed: readonly string[] | null): Promise<void> {
    const [first, end] = this.#view;
    for (let nth = first; nth < end; nth++) {
      const items = this.#items.get(nth);
      if (!items?.some(({ asset_id }) => changed?.includes(asset_id) ?? true)) continue;
      const page = await this.#api.events(this.#filter, this.#sheets[nth]?.before);
      if (this.#items.get(nth) !== items) continue;
      const now = new Map(page.items.map((item) => [item.event_id, item]));
      this.#items.set(
        nth,
        items.map((item) => now.get(item.event_id) ?? item),
      );
    }
  }

  #forget(middle: number): void {
    if (this.#items.size <= SHEETS_KEPT) return;
    const furthest = [...this.#items.keys()].sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle));
    for (const nth of furthest.slice(0, this.#items.size - SHEETS_KEPT)) this.#items.delete(nth);
  }
}

function dayOf({ created_at }: EventLine): string {
  return dayKey(created_at);
}
