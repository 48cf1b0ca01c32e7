/** What was joined and split by hand, and how each is taken back. */
import type { Api } from '../api/client';
import type { AssetDetail, Decision } from '../api/types';

/** So many decisions show the pictures of their assets; nobody makes more by hand, and each costs a call. */
const PICTURED = 100;

export class Decisions {
  readonly #api: Api;
  readonly #changed: () => void;
  #items = $state.raw<readonly Decision[]>();
  #assets = $state.raw<ReadonlyMap<string, AssetDetail>>(new Map());
  #problem = $state.raw<unknown>();
  #busy = $state<Decision['id']>();

  constructor(api: Api, changed: () => void) {
    this.#api = api;
    this.#changed = changed;
  }

  get items(): readonly Decision[] | undefined {
    return this.#items;
  }
  get problem(): unknown {
    return this.#problem;
  }
  get busy(): Decision['id'] | undefined {
    return this.#busy;
  }

  asset(id: string): AssetDetail | undefined {
    return this.#assets.get(id);
  }

  async load(): Promise<void> {
    this.#problem = undefined;
    try {
      this.#items = (await this.#api.decisions()).toSorted((a, b) => b.made_at.localeCompare(a.made_at));
    } catch (error) {
      this.#problem = error;
      return;
    }
    const ids = new Set(this.#items.slice(0, PICTURED).flatMap(({ asset_ids }) => asset_ids));
    // An asset that is gone has nothing to show, which says nothing against the others.
    const found = await Promise.all([...ids].map((id) => this.#api.asset(id).catch(() => undefined)));
    this.#assets = new Map(found.flatMap((asset) => (asset ? [[asset.id, asset] as const] : [])));
  }

  async takeBack(id: Decision['id']): Promise<void> {
    if (this.#busy !== undefined) return;
    this.#busy = id;
    this.#problem = undefined;
    try {
      await this.#api.takeBack(id);
      this.#items = this.#items?.filter((decision) => decision.id !== id);
      this.#changed();
    } catch (error) {
      this.#problem = error;
    } finally {
      this.#busy = undefined;
    }
  }
}
