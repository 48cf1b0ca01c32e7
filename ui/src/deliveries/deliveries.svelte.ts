/** The log of all that arrived, the last one first, also of what could not be read: what is listed, and what is picked. */
import { type Api, wasAborted } from '../api/client';
import type { Delivery, DeliveryDetail, LogFilter } from '../api/types';
import { PagedList } from '../shared/paged-list.svelte';

export type Outcome = Delivery['outcome'] | undefined;

/** At most so many are sent again at once, or selected by one stretch. */
const MOST_SELECTED = 500;

export class Deliveries {
  readonly #api: Api;
  readonly list: PagedList<Delivery>;
  /** Told by the view: nobody has scrolled. */
  atTop = true;
  #filter = $state.raw<LogFilter>({});
  #unsearched = $state(0);
  #picked = $state<number>();
  #detail = $state.raw<DeliveryDetail>();
  #detailProblem = $state.raw<unknown>();
  #selected = $state.raw<readonly number[]>([]);
  /** How far what is in view was moved by what came above it. */
  #moved = $state(0);
  #revealed = $state<number>();
  #anchor: number | undefined;
  #loading: AbortController | undefined;
  #refreshing: AbortController | undefined;
  /** Something came that the answer on its way may not have. */
  #again = false;

  constructor(api: Api) {
    this.#api = api;
    this.list = new PagedList(async (offset, limit, signal) => {
      const page = await this.#api.deliveries(this.#filter, { offset, limit }, signal);
      this.#unsearched = page.unsearched;
      return page;
    });
  }

  get filter(): LogFilter {
    return this.#filter;
  }
  get outcome(): Outcome {
    return this.#filter.outcome;
  }
  get narrowed(): boolean {
    return Object.values(this.#filter).some(Boolean);
  }
  /** How many of the latest are not found by their words yet. */
  get unsearched(): number {
    return this.#unsearched;
  }
  get moved(): number {
    return this.#moved;
  }
  /** The line that is to be brought into view. */
  get revealed(): number | undefined {
    return this.#revealed;
  }
  /** The number of the delivery that is shown beside the list. */
  get picked(): number | undefined {
    return this.#picked;
  }
  /** Where that is in the list, if it is there at the moment. */
  get cursor(): number | undefined {
    return this.list.find(({ id }) => id === this.#picked);
  }
  get detail(): DeliveryDetail | undefined {
    return this.#detail?.id === this.#picked ? this.#detail : undefined;
  }
  get detailProblem(): unknown {
    return this.#detailProblem;
  }
  get selected(): readonly number[] {
    return this.#selected;
  }

  async open(filter: LogFilter): Promise<void> {
    this.#refreshing?.abort();
    this.#refreshing = undefined;
    this.#filter = filter;
    this.#revealed = undefined;
    await this.list.open();
    if (this.#picked === undefined) return;
    if (this.cursor === undefined) await this.#find(this.#picked);
    else this.#revealed = this.cursor;
  }

  /** Shows one delivery beside the list, wherever in the list it is. */
  pick(id: number): void {
    this.#show(id);
    this.#selected = [id];
    const index = this.cursor;
    this.#anchor = index;
    if (index !== undefined) this.#revealed = index;
    else if (this.list.opened) void this.#find(id);
  }

  leave(): void {
    this.#picked = undefined;
    this.#detail = undefined;
    this.#selected = [];
  }

  /** Picks a line: that one only, also that one, or all from the last one that was picked so. */
  async choose(index: number, how: 'only' | 'also' | 'through' = 'only'): Promise<void> {
    const item = this.list.at(index);
    if (!item) return;
    if (how === 'also' && this.#selected.includes(item.id)) {
      this.#selected = this.#selected.filter((id) => id !== item.id);
      return;
    }
    this.#show(item.id);
    if (how === 'through' && this.#anchor !== undefined)
      this.#selected = await this.#between(this.#anchor, index);
    else {
      this.#selected = how === 'also' ? [...this.#selected, item.id] : [item.id];
      this.#anchor = index;
    }
  }

  /** Puts what came since above what is shown, which stays where it is. */
  async refresh(): Promise<void> {
    if (!this.list.opened) return this.list.problem ? this.list.open() : undefined;
    if (this.#refreshing) {
      this.#again = true;
      return;
    }
    const abort = new AbortController();
    this.#refreshing = abort;
    this.#again = false;
    try {
      const page = await this.#api.deliveries(this.#filter, { offset: 0, limit: 100 }, abort.signal);
      if (abort.signal.aborted) return;
      this.#unsearched = page.unsearched;
      const came = page.total - this.list.total;
      if (came < 0) await this.list.open();
      else {
        if (came > 0) this.#makeRoom(came);
        this.list.put(page);
        await this.list.renew();
      }
      const line = this.list.at(this.cursor ?? -1);
      if (line && this.#detail && JSON.stringify(line) !== JSON.stringify(this.#detail.delivery))
        this.#show(line.id);
    } catch (error) {
      // The next thing that comes asks again, and the window says that the connection is lost.
      if (!wasAborted(error)) this.#again = false;
    } finally {
      if (this.#refreshing === abort) this.#refreshing = undefined;
    }
    if (this.#again) await this.refresh();
  }

  #makeRoom(by: number): void {
    this.list.shift(by);
    if (this.#anchor !== undefined) this.#anchor += by;
    if (!this.atTop) this.#moved += by;
  }

  #show(id: number): void {
    this.#picked = id;
    this.#detailProblem = undefined;
    this.#loading?.abort();
    const abort = new AbortController();
    this.#loading = abort;
    this.#api.delivery(id, abort.signal).then(
      (detail) => {
        if (!abort.signal.aborted) this.#detail = detail;
      },
      (error) => {
        if (!abort.signal.aborted) this.#detailProblem = error;
      },
    );
  }

  async #find(id: number): Promise<void> {
    try {
      const page = await this.#api.deliveries(this.#filter, { around: id, limit: 100 });
      if (this.#picked !== id || !page.items.some((item) => item.id === id)) return;
      this.list.put(page);
      this.#revealed = this.cursor;
      this.#anchor = this.cursor;
    } catch {
      // It is shown beside the list all the same.
    }
  }

  async #between(from: number, to: number): Promise<number[]> {
    const first = Math.max(0, Math.min(from, to));
    const count = Math.min(Math.abs(to - from) + 1, MOST_SELECTED);
    const there = Array.from({ length: count }, (_, nth) => this.list.at(first + nth)?.id);
    if (there.every((id) => id !== undefined)) return there;
    const { items } = await this.#api.deliveries(this.#filter, { offset: first, limit: count });
    return items.map(({ id }) => id);
  }
}
