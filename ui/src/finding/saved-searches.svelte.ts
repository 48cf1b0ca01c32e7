/** Searches that are kept under names, with how many assets each finds. All windows of a library share them. */
import type { Api } from '../api/client';
import type { CountedSearch, SavedSearch } from '../api/types';
import { pause } from '../shared/pause';

/** Changes that come closer after each other than this are counted together. */
const BETWEEN_MS = 3000;

export class SavedSearches {
  readonly #api: Api;
  readonly #pause: (ms: number) => Promise<void>;
  #list = $state.raw<readonly CountedSearch[]>([]);
  #problem = $state.raw<unknown>();
  #resting = false;
  #stale = false;

  constructor(api: Api, wait: (ms: number) => Promise<void> = pause) {
    this.#api = api;
    this.#pause = wait;
  }

  get list(): readonly CountedSearch[] {
    return this.#list;
  }
  /** Why the last change was not kept. */
  get problem(): unknown {
    return this.#problem;
  }

  /** Reads and counts them again, at most once in a while. */
  async refresh(): Promise<void> {
    if (this.#resting) {
      this.#stale = true;
      return;
    }
    this.#resting = true;
    const list = await this.#api.searches().catch(() => undefined);
    if (list) this.#list = list;
    await this.#pause(BETWEEN_MS);
    this.#resting = false;
    if (this.#stale) {
      this.#stale = false;
      await this.refresh();
    }
  }

  async add(search: SavedSearch): Promise<boolean> {
    return this.#keep((list) => [...list, search]);
  }

  async change(at: number, change: Partial<SavedSearch>): Promise<boolean> {
    return this.#keep((list) => list.map((search, nth) => (nth === at ? { ...search, ...change } : search)));
  }

  async remove(at: number): Promise<boolean> {
    return this.#keep((list) => list.filter((_, nth) => nth !== at));
  }

  /** Moves one before or after its neighbour. */
  async move(at: number, by: 1 | -1): Promise<boolean> {
    const to = at + by;
    if (to < 0 || to >= this.#list.length) return false;
    return this.#keep((list) => {
      const moved = [...list];
      const [search] = moved.splice(at, 1);
      if (search) moved.splice(to, 0, search);
      return moved;
    });
  }

  async #keep(change: (list: readonly SavedSearch[]) => readonly SavedSearch[]): Promise<boolean> {
    try {
      const kept = this.#list.map(({ assets: _, ...search }) => search);
      this.#list = await this.#api.saveSearches(change(kept));
      this.#problem = undefined;
      return true;
    } catch (error) {
      this.#problem = error;
      return false;
    }
  }
}
