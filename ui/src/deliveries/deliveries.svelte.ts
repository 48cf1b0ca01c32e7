/** The log of all that arrived, newest first, also of what could not be read. */
import { type Api, wasAborted } from '../api/client';
import type { Delivery, DeliveryPage } from '../api/types';

export type Outcome = Delivery['outcome'] | undefined;

export class Deliveries {
  readonly #api: Api;
  #outcome = $state<Outcome>();
  #items = $state.raw<readonly Delivery[]>([]);
  #before = $state<number>();
  #opened = $state(false);
  #problem = $state.raw<unknown>();
  #picked = $state<number>();
  #newest: AbortController | undefined;
  #older: AbortController | undefined;
  /** Something came that the answer on its way may not have. */
  #again = false;

  constructor(api: Api) {
    this.#api = api;
  }

  get outcome(): Outcome {
    return this.#outcome;
  }
  get items(): readonly Delivery[] {
    return this.#items;
  }
  get more(): boolean {
    return this.#before !== undefined;
  }
  get opened(): boolean {
    return this.#opened;
  }
  get problem(): unknown {
    return this.#problem;
  }
  get picked(): Delivery | undefined {
    return this.#items.find((delivery) => delivery.id === this.#picked);
  }

  pick(id: number): void {
    this.#picked = id;
  }

  async open(outcome: Outcome): Promise<void> {
    this.#newest?.abort();
    this.#older?.abort();
    this.#newest = undefined;
    this.#outcome = outcome;
    this.#opened = false;
    this.#items = [];
    this.#before = undefined;
    await this.#loadNewest();
  }

  /** Puts what came since above what is shown; pages that were asked for stay. */
  async refresh(): Promise<void> {
    if (this.#newest) this.#again = true;
    else if (this.#opened || this.#problem) await this.#loadNewest();
  }

  async loadMore(): Promise<void> {
    const before = this.#before;
    if (before === undefined) return;
    this.#older?.abort();
    const abort = new AbortController();
    this.#older = abort;
    try {
      const page = await this.#api.deliveries(this.#outcome, before, abort.signal);
      // What was above may have been replaced by something newer, which these do not join.
      if (abort.signal.aborted || this.#before !== before) return;
      this.#items = [...this.#items, ...page.items];
      this.#before = page.next_before ?? undefined;
      this.#problem = undefined;
    } catch (error) {
      if (!wasAborted(error)) this.#problem = error;
    }
  }

  async #loadNewest(): Promise<void> {
    const abort = new AbortController();
    this.#newest = abort;
    this.#again = false;
    try {
      const page = await this.#api.deliveries(this.#outcome, undefined, abort.signal);
      if (!abort.signal.aborted) this.#takeNewest(page);
    } catch (error) {
      if (!wasAborted(error)) this.#problem = error;
    }
    if (this.#newest !== abort) return;
    this.#newest = undefined;
    if (this.#again) await this.#loadNewest();
  }

  #takeNewest({ items, next_before }: DeliveryPage): void {
    const oldest = items.at(-1)?.id;
    const newest = this.#items[0]?.id;
    const joins = oldest !== undefined && newest !== undefined && oldest <= newest;
    this.#items = joins ? [...items, ...this.#items.filter(({ id }) => id < oldest)] : items;
    if (!joins) this.#before = next_before ?? undefined;
    this.#opened = true;
    this.#problem = undefined;
  }
}
