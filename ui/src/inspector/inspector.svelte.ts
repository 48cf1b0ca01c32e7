/** The asset under the inspector, kept fresh, and how the panel stands: open or not, how wide, on which tab. */
import { type Api, Refusal, wasAborted } from '../api/client';
import type { AssetDetail } from '../api/types';
import { recall, remember } from '../shared/memory';

export type Tab = 'info' | 'versions' | 'payload';

const NARROWEST = 260;
const WIDEST = 720;

export class Inspector {
  readonly #api: Api;
  #id: string | undefined;
  #at = $state<string>();
  #event = $state<string>();
  #asset = $state.raw<AssetDetail>();
  #gone = $state(false);
  #problem = $state.raw<unknown>();
  #open = $state(recall('inspector') !== 'closed');
  #width = $state(inBounds(Number(recall('inspector-width') ?? 340)));
  #tab = $state<Tab>('info');
  #loading: AbortController | undefined;

  constructor(api: Api) {
    this.#api = api;
  }

  get asset(): AssetDetail | undefined {
    return this.#asset;
  }
  get gone(): boolean {
    return this.#gone;
  }
  get problem(): unknown {
    return this.#problem;
  }
  get open(): boolean {
    return this.#open;
  }
  set open(open: boolean) {
    this.#open = open;
    remember('inspector', open ? 'open' : 'closed');
  }
  get width(): number {
    return this.#width;
  }
  set width(width: number) {
    this.#width = inBounds(width);
    remember('inspector-width', String(this.#width));
  }
  get tab(): Tab {
    return this.#tab;
  }
  set tab(tab: Tab) {
    this.#tab = tab;
  }

  /** The moment that the asset is shown as of; undefined is now. */
  get at(): string | undefined {
    return this.#at;
  }
  /** The step of its history that somebody came for. */
  get event(): string | undefined {
    return this.#event;
  }

  /** Opens an asset at one step of its history. */
  async visit(id: string, event: string): Promise<void> {
    this.#event = event;
    this.#tab = 'versions';
    if (id === this.#id) return;
    this.#id = id;
    await this.#load();
  }

  async lookBack(at: string | undefined): Promise<void> {
    this.#at = at;
    await this.#load();
  }

  /** The asset before stays on the screen until this one is there; nothing flashes on a walk with the arrow keys. */
  async show(id: string | undefined): Promise<void> {
    this.#event = undefined;
    if (id === this.#id) return;
    this.#id = id;
    await this.#load();
  }

  async refresh(changed: readonly string[] | null): Promise<void> {
    if (this.#id !== undefined && (changed === null || changed.includes(this.#id))) await this.#load();
  }

  async #load(): Promise<void> {
    this.#loading?.abort();
    this.#loading = new AbortController();
    const { signal } = this.#loading;
    this.#problem = undefined;
    this.#gone = false;
    if (this.#id === undefined) {
      this.#asset = undefined;
      return;
    }
    try {
      const asset = await this.#api.asset(this.#id, this.#at, signal);
      if (!signal.aborted) this.#asset = asset;
    } catch (error) {
      if (wasAborted(error) || signal.aborted) return;
      this.#asset = undefined;
      this.#gone = error instanceof Refusal && error.code === 'not_found';
      if (!this.#gone) this.#problem = error;
    }
  }
}

function inBounds(width: number): number {
  return Math.round(Math.min(Math.max(width || NARROWEST, NARROWEST), WIDEST));
}
