/**
 * Everything that happened, newest first. How many there are, on which days, and where each page begins is known from the
 * outline; the pages come as they are wanted, and those far from the view are given up again. What comes in meanwhile waits
 * above to be fetched.
 */
import { SvelteMap } from 'svelte/reactivity';
import { type Api, EVENTS_A_PAGE, wasAborted } from '../api/client';
import type { EventFilter, EventLine, EventOutline, Mark } from '../api/types';
import { Lines } from './lines';

const PAGES_KEPT = 12;

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
  readonly #pages = new SvelteMap<number, readonly EventLine[]>();
  readonly #loading = new Map<number, AbortController>();
  #lines = $state.raw(new Lines([]));
  #marks: readonly Mark[] = [];
  #filter: EventFilter = {};
  #opened = $state(false);
  #problem = $state.raw<unknown>();
  #fresh = $state(0);
  #cursor = $state<number>();
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
  get total(): number {
    return this.#lines.total;
  }
  get height(): number {
    return this.#lines.height;
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
    return this.#pages.get(Math.floor(index / EVENTS_A_PAGE))?.[index % EVENTS_A_PAGE];
  }

  topOf(index: number): number {
    return this.#lines.topOf(index);
  }

  /** The day that a line belongs to, such as `2026-03-04`. */
  dayOf(index: number): string | undefined {
    return this.#lines.dayOf(index);
  }

  /** The first line of a day, or of the next earlier one on which something happened. */
  firstOf(day: string): number {
    return this.#lines.firstOf(day);
  }

  /** The lines that lie in a stretch, also those whose page is not there at the moment. */
  near(from: number, to: number): NearLine[] {
    const [first, end] = this.#lines.between(from, to);
    return Array.from({ length: Math.max(0, end - first) }, (_, nth) => {
      const index = first + nth;
      return {
        index,
        top: this.#lines.topOf(index),
        opensDay: this.#lines.opensDay(index),
        item: this.at(index),
      };
    });
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
      const outline = await this.#api.eventOutline(this.#filter, abort.signal);
      const newest = await this.#newest(outline, abort.signal);
      if (!abort.signal.aborted) this.#begin(outline, newest);
    } catch (error) {
      if (!wasAborted(error) && !abort.signal.aborted) this.#problem = error;
    } finally {
      if (this.#opening === abort) this.#opening = undefined;
    }
    await this.#catchUp();
  }

  /** Sees to it that a stretch is there, and gives up what is far away. */
  want(from: number, to: number): void {
    const [first, end] = this.#lines.between(from, to);
    this.#view = [Math.floor(first / EVENTS_A_PAGE), Math.ceil(end / EVENTS_A_PAGE)];
    for (let page = this.#view[0]; page < this.#view[1]; page++)
      if (!this.#pages.has(page)) void this.#load(page);
    this.#forget();
  }

  /** Brings the page of a line, and waits for it. */
  async bring(index: number): Promise<EventLine | undefined> {
    if (!this.at(index)) await this.#load(Math.floor(index / EVENTS_A_PAGE));
    return this.at(index);
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
      const outline = await this.#api.eventOutline(this.#filter, abort.signal);
      if (abort.signal.aborted) return;
      if (this.atTop && this.#cursor === undefined) {
        const newest = await this.#newest(outline, abort.signal);
        if (!abort.signal.aborted) this.#begin(outline, newest);
      } else {
        this.#fresh = Math.max(0, outline.total - this.total);
        await this.#renew(changed, abort.signal);
      }
    } catch (error) {
      if (!wasAborted(error) && !abort.signal.aborted) this.#problem = error;
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

  async #newest({ marks }: EventOutline, signal: AbortSignal): Promise<readonly EventLine[]> {
    const mark = marks[0];
    return mark ? (await this.#api.events(this.#filter, mark, signal)).items : [];
  }

  #begin({ days, marks }: EventOutline, newest: readonly EventLine[]): void {
    for (const loading of this.#loading.values()) loading.abort();
    this.#loading.clear();
    this.#pages.clear();
    this.#lines = new Lines(days);
    this.#marks = marks;
    if (newest.length > 0) this.#pages.set(0, newest);
    this.#cursor = undefined;
    this.#fresh = 0;
    this.#opened = true;
    this.#problem = undefined;
  }

  async #load(page: number): Promise<void> {
    const mark = this.#marks[page];
    if (!mark || this.#loading.has(page)) return;
    const abort = new AbortController();
    this.#loading.set(page, abort);
    try {
      const { items } = await this.#api.events(this.#filter, mark, abort.signal);
      if (abort.signal.aborted) return;
      this.#pages.set(page, items);
      this.#problem = undefined;
    } catch (error) {
      if (!wasAborted(error) && !abort.signal.aborted) this.#problem = error;
    } finally {
      if (this.#loading.get(page) === abort) this.#loading.delete(page);
    }
  }

  /** Lines in view get the pictures that came for them; which lines there are stays as it is. */
  async #renew(changed: readonly string[] | null, signal: AbortSignal): Promise<void> {
    for (let page = this.#view[0]; page < this.#view[1]; page++) {
      const items = this.#pages.get(page);
      const mark = this.#marks[page];
      if (!mark || !items?.some(({ asset_id }) => changed?.includes(asset_id) ?? true)) continue;
      const came = await this.#api.events(this.#filter, mark, signal);
      if (signal.aborted || this.#pages.get(page) !== items) continue;
      const now = new Map(came.items.map((item) => [item.event_id, item]));
      this.#pages.set(
        page,
        items.map((item) => now.get(item.event_id) ?? item),
      );
    }
  }

  #forget(): void {
    if (this.#pages.size <= PAGES_KEPT) return;
    const middle = (this.#view[0] + this.#view[1] - 1) / 2;
    const furthest = [...this.#pages.keys()].sort((a, b) => Math.abs(b - middle) - Math.abs(a - middle));
    for (const page of furthest.slice(0, this.#pages.size - PAGES_KEPT)) this.#pages.delete(page);
  }
}
