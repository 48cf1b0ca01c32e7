/** The values that the search can be narrowed by, counted among what it finds. Asked for again when either changes. */
import type { Api } from '../api/client';
import type { Facet, FilterParams } from '../api/types';
import { pause } from '../shared/pause';

/** Changes that come closer after each other than this are counted together. */
const BETWEEN_MS = 1500;

export class Facets {
  readonly #api: Api;
  readonly #pause: (ms: number) => Promise<void>;
  #list = $state.raw<readonly Facet[]>([]);
  /** How many of what is found each archive has, whichever is chosen; undefined while nothing else narrows. */
  #archives = $state.raw<ReadonlyMap<string, number>>();
  #filter: FilterParams = {};
  #asking: AbortController | undefined;
  #resting = false;
  #stale = false;

  constructor(api: Api, wait: (ms: number) => Promise<void> = pause) {
    this.#api = api;
    this.#pause = wait;
  }

  get list(): readonly Facet[] {
    return this.#list;
  }
  get archives(): ReadonlyMap<string, number> | undefined {
    return this.#archives;
  }

  /** Counts among what another search finds. */
  async show(filter: FilterParams): Promise<void> {
    this.#filter = filter;
    await this.#load();
  }

  /** Counts again after something changed, at most once in a while. */
  async refresh(): Promise<void> {
    if (this.#resting) {
      this.#stale = true;
      return;
    }
    this.#resting = true;
    await this.#load();
    await this.#pause(BETWEEN_MS);
    this.#resting = false;
    if (this.#stale) {
      this.#stale = false;
      await this.refresh();
    }
  }

  async #load(): Promise<void> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    const { archive, ...others } = this.#filter;
    const ask = (filter: FilterParams) => this.#api.facets(filter, asking.signal).catch(() => undefined);
    const [list, everywhere] = await Promise.all([
      ask(this.#filter),
      archive === undefined ? undefined : ask(others),
    ]);
    // Without an answer the counts before stay.
    if (asking.signal.aborted || !list) return;
    this.#list = list.filter(({ name }) => name !== 'archive');
    const archives = (everywhere ?? list).find(({ name }) => name === 'archive')?.values ?? [];
    const { query, change, state, from, until, at } = others;
    const narrowed = Boolean(query || change || state || from || until) && !at;
    this.#archives = narrowed ? new Map(archives.map(({ value, assets }) => [value, assets])) : undefined;
  }
}
