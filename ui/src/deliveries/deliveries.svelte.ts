/** The log of all that arrived, newest first, also of what could not be read. */
import { type Api, wasAborted } from '../api/client';
import type { Delivery } from '../api/types';

export type Outcome = Delivery['outcome'] | undefined;

export class Deliveries {
  readonly #api: Api;
  #outcome = $state<Outcome>();
  #items = $state.raw<readonly Delivery[]>([]);
  #before = $state<number>();
  #opened = $state(false);
  #problem = $state.raw<unknown>();
  #picked = $state<number>();
  #loading: AbortController | undefined;

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
    this.#outcome = outcome;
    this.#opened = false;
    this.#items = [];
    await this.#load(undefined);
  }

  /** Puts what came since above what is shown; pages that were asked for stay. */
  async refresh(): Promise<void> {
    if (this.#opened) await this.#load(undefined);
  }

  async loadMore(): Promise<void> {
    if (this.#before !== undefined) await this.#load(this.#before);
  }

  async #load(before: number | undefined): Promise<void> {
    this.#loading?.abort();
    this.#loading = new AbortController();
    const { signal } = this.#loading;
    try {
      const page = await this.#api.deliveries(this.#outcome, before, signal);
      if (signal.aborted) return;
      const oldest = page.items.at(-1)?.id;
      const newest = this.#items[0]?.id;
      const joins = before === undefined && oldest !== undefined && newest !== undefined && oldest <= newest;
      if (before !== undefined) this.#items = [...this.#items, ...page.items];
      else if (joins) this.#items = [...page.items, ...this.#items.filter((item) => item.id < oldest)];
      else this.#items = page.items;
      if (!joins) this.#before = page.next_before ?? undefined;
      this.#problem = undefined;
      this.#opened = true;
    } catch (error) {
      if (!wasAborted(error)) this.#problem = error;
    }
  }
}
