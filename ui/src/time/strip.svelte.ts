/**
 * The strip of time: how many events there were when, which span is marked in it, and the moment that the library is
 * shown as of. The handle follows the hand at once; who shows the library hears of it a little later, and of the last
 * place only.
 */
import { type Api, wasAborted } from '../api/client';
import type { Histogram } from '../api/types';
import { recall, remember } from '../shared/memory';
import type { Span } from './scale';

const SETTLED_MS = 120;
/** Zooming closer shows nothing more. */
const CLOSEST_MS = 60_000;

export class Strip {
  readonly #api: Api;
  readonly #onmove: (at: string | undefined) => void;
  readonly #onspan: (span: { from: string; until: string } | undefined) => void;
  #histogram = $state.raw<Histogram>();
  #zoom = $state.raw<Span>();
  #span = $state.raw<Span>();
  #inSpan = $state<number>();
  #at = $state<number>();
  #used = $state(recall('strip') === 'used');
  #problem = $state.raw<unknown>();
  #buckets = 0;
  #told: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #counting: ReturnType<typeof setTimeout> | undefined;
  #loading: AbortController | undefined;

  /** `onmove` hears the moment to look back to, or nothing for now; `onspan` the span that is marked, or that none is. */
  constructor(
    api: Api,
    onmove: (at: string | undefined) => void,
    onspan: (span: { from: string; until: string } | undefined) => void = () => {},
  ) {
    this.#api = api;
    this.#onmove = onmove;
    this.#onspan = onspan;
  }

  get counts(): readonly number[] {
    return this.#histogram?.counts ?? [];
  }
  get bucketMs(): number {
    return this.#histogram?.bucket_ms ?? 0;
  }
  /** What the strip covers from its left to its right end; nothing while nothing has happened. */
  get shown(): Span | undefined {
    return this.#histogram && covered(this.#histogram);
  }
  /** The right end of the strip is the present. */
  get reachesNow(): boolean {
    const last = Date.parse(this.#histogram?.last ?? '');
    return this.shown !== undefined && this.shown.until + this.bucketMs >= last;
  }
  get zoomed(): boolean {
    return this.#zoom !== undefined;
  }
  get span(): Span | undefined {
    return this.#span;
  }
  get problem(): unknown {
    return this.#problem;
  }
  /** Where the handle stands; undefined is now. */
  get at(): number | undefined {
    return this.#at;
  }
  /** Whether somebody has looked back or marked a span before, and needs no instruction. */
  get used(): boolean {
    return this.#used;
  }
  /** How many events the marked span has, once that is counted. */
  get inSpan(): number | undefined {
    return this.#inSpan;
  }

  async open(buckets: number): Promise<void> {
    if (buckets === this.#buckets) return;
    this.#buckets = buckets;
    await this.refresh();
  }

  /** What was there stays until the new figures are. */
  async refresh(): Promise<void> {
    if (this.#buckets === 0) return;
    this.#loading?.abort();
    this.#loading = new AbortController();
    const { signal } = this.#loading;
    const { from, until } = this.#zoom ? iso(this.#zoom) : {};
    try {
      const histogram = await this.#api.histogram(this.#buckets, from, until, signal);
      if (signal.aborted) return;
      this.#histogram = histogram;
      this.#problem = undefined;
      if (this.#span) await this.#count(this.#span);
    } catch (error) {
      if (!wasAborted(error)) this.#problem = error;
    }
  }

  /** Takes the handle to a moment. At the right end of the strip, where that is the present, it is now again. */
  move(to: number): void {
    const { shown } = this;
    if (!shown) return;
    const now = this.reachesNow && to > shown.until - this.bucketMs / 2;
    this.#at = now ? undefined : Math.round(Math.min(Math.max(to, shown.from), shown.until));
    this.#timer ??= setTimeout(() => this.settle(), SETTLED_MS);
    this.#learn();
  }

  #learn(): void {
    if (this.#used) return;
    this.#used = true;
    remember('strip', 'used');
  }

  /** From where it stands; from now on, that is the right end. */
  step(byMs: number): void {
    const { shown } = this;
    if (shown) this.move((this.#at ?? shown.until) + byMs);
  }

  /** To a moment that was named elsewhere, also where the strip does not reach; nothing is now. */
  lookBack(to: number | undefined): void {
    this.#at = to;
    this.settle();
  }

  now(): void {
    this.#at = undefined;
    this.settle();
  }

  /** Says where the handle stands without waiting, because the hand has let go. */
  settle(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#told === this.#at) return;
    this.#told = this.#at;
    this.#onmove(this.#at === undefined ? undefined : new Date(this.#at).toISOString());
  }

  mark(span: Span | undefined): void {
    this.#span = span;
    this.#inSpan = undefined;
    clearTimeout(this.#counting);
    if (!span) {
      this.#onspan(undefined);
      return;
    }
    this.#learn();
    // While it is drawn, the last one only is looked for.
    this.#counting = setTimeout(() => {
      this.#onspan(iso(span));
      void this.#count(span);
    }, SETTLED_MS);
  }

  /** The marked span fills the strip; without one, the quarter around the handle does. */
  async zoomIn(): Promise<void> {
    const { shown } = this;
    if (!shown) return;
    this.#zoom = this.#span ?? around(this.#at ?? shown.until, (shown.until - shown.from) / 4, shown);
    await this.refresh();
  }

  async zoomOut(): Promise<void> {
    this.#zoom = undefined;
    await this.refresh();
  }

  /** A span need not end where bars do, so it is counted by itself; over whole hours, as the server counts. */
  async #count(span: Span): Promise<void> {
    const { from, until } = iso(span);
    const counted = await this.#api.histogram(1, from, until).catch(() => undefined);
    if (!counted || this.#span !== span) return;
    const asked = covered(counted);
    const exact = asked?.from === span.from && asked.until === span.until;
    this.#inSpan = exact ? counted.counts.reduce((sum, count) => sum + count, 0) : undefined;
  }
}

function around(middle: number, wide: number, { from, until }: Span): Span {
  const width = Math.min(Math.max(wide, CLOSEST_MS), until - from);
  const left = Math.min(Math.max(middle - width / 2, from), until - width);
  return { from: Math.round(left), until: Math.round(left + width) };
}

function covered({ from, until }: Histogram): Span | undefined {
  return from && until ? { from: Date.parse(from), until: Date.parse(until) } : undefined;
}

export function iso({ from, until }: Span): { from: string; until: string } {
  return { from: new Date(from).toISOString(), until: new Date(until).toISOString() };
}
