/**
 * The asset under the inspector, kept fresh; which of its versions is looked at; and how the panel stands: open or not,
 * how wide, on which tab.
 */
import { type Api, Refusal, wasAborted } from '../api/client';
import type { AssetDetail, Version } from '../api/types';
import { recall, remember } from '../shared/memory';
import { Compare } from './compare/compare.svelte';

export type Tab = 'info' | 'versions' | 'compare' | 'payload';

const NARROWEST = 260;
const WIDEST = 720;

export class Inspector {
  readonly #api: Api;
  readonly compare: Compare;
  #id = $state<string>();
  /** The event whose version is asked for, if any. */
  #event = $state<string>();
  /** What came for this asset and moment; another step of it need not be asked for with it again. */
  #known: AssetDetail | undefined;
  #at = $state<string>();
  #asset = $state.raw<AssetDetail>();
  #step = $state.raw<Version>();
  #then = $state.raw<AssetDetail>();
  #gone = $state(false);
  #problem = $state.raw<unknown>();
  #open = $state(recall('inspector') !== 'closed');
  #width = $state(inBounds(Number(recall('inspector-width') ?? 340)));
  #tab = $state<Tab>('info');
  #loading: AbortController | undefined;
  #coming: Promise<void> | undefined;

  constructor(api: Api) {
    this.#api = api;
    this.compare = new Compare(api);
  }

  /** Which asset is asked for, and which event's version of it, whether or not they have come yet. */
  get id(): string | undefined {
    return this.#id;
  }
  get event(): string | undefined {
    return this.#event;
  }
  /** With its whole history, up to the moment that is looked back to. */
  get asset(): AssetDetail | undefined {
    return this.#asset;
  }
  /** The earlier version that is looked at; undefined for the latest. */
  get step(): Version | undefined {
    return this.#step;
  }
  /** The asset as it was at that version, or as it is. */
  get shown(): AssetDetail | undefined {
    return this.#step ? (this.#then ?? this.#asset) : this.#asset;
  }
  /** The moment that the asset is shown as of; undefined is now. */
  get at(): string | undefined {
    return this.#at;
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

  /**
   * Shows an asset, as an event left it where one is named. The asset before stays on the screen until this one is
   * there; nothing flashes on a walk with the arrow keys.
   */
  async show(id: string | undefined, event?: string): Promise<void> {
    if (id === this.#id) {
      if (event !== undefined) await this.choose(event);
      return;
    }
    this.#id = id;
    this.#event = event;
    await this.#load();
  }

  /** Shows all as it was at a moment; without one as it is. */
  async lookBack(at: string | undefined): Promise<void> {
    if (at === this.#at) return;
    this.#at = at;
    await this.#load();
  }

  async refresh(changed: readonly string[] | null): Promise<void> {
    if (this.#id !== undefined && (changed === null || changed.includes(this.#id))) await this.#load();
  }

  /** Looks at the asset as that event left it; without one at the latest again. */
  async choose(event: string | undefined): Promise<void> {
    this.#event = event;
    if (this.#known && this.#known === this.#asset) this.#step = earlier(this.#known, event);
    await this.#load(this.#known);
  }

  /** The asset that is asked for, once it is there; undefined if it does not come. */
  async there(): Promise<AssetDetail | undefined> {
    let awaited: Promise<void> | undefined;
    while (awaited !== this.#coming) {
      awaited = this.#coming;
      await awaited;
    }
    return this.#asset?.id === this.#id ? this.#asset : undefined;
  }

  #load(known?: AssetDetail): Promise<void> {
    this.#coming = this.#fetchAndTake(known);
    return this.#coming;
  }

  /** The asset and the step that is looked at come to the screen together. */
  async #fetchAndTake(known?: AssetDetail): Promise<void> {
    this.#loading?.abort();
    const loading = new AbortController();
    this.#loading = loading;
    this.#known = known;
    this.#problem = undefined;
    this.#gone = false;
    try {
      const asset = known ?? (await this.#fetch(loading.signal));
      if (loading.signal.aborted) return;
      this.#known = asset;
      const step = asset ? earlier(asset, this.#event) : undefined;
      const then = asset && step ? await this.#asOf(asset, step, loading.signal) : undefined;
      if (!loading.signal.aborted) this.#take(asset, step, then);
    } catch (error) {
      if (wasAborted(error) || loading.signal.aborted) return;
      this.#take();
      this.#gone = error instanceof Refusal && error.code === 'not_found';
      if (!this.#gone) this.#problem = error;
    }
  }

  async #fetch(signal: AbortSignal): Promise<AssetDetail | undefined> {
    return this.#id === undefined ? undefined : this.#api.asset(this.#id, this.#at, signal);
  }

  #take(asset?: AssetDetail, step?: Version, then?: AssetDetail): void {
    this.#asset = asset;
    this.#step = step;
    this.#then = then;
  }

  /** Of several steps within one millisecond the moment shows the last only; then the fields are the step's own. */
  async #asOf({ id }: AssetDetail, step: Version, signal: AbortSignal): Promise<AssetDetail> {
    const then = await this.#api.asset(id, step.created_at, signal);
    if (then.versions[0]?.event_id === step.event_id) return then;
    const { fields } = await this.#api.compare(id, step.event_id, step.event_id, signal);
    const { filename, title, archive, change } = step;
    return {
      ...then,
      filename,
      title,
      archive,
      change,
      description: '',
      byline: '',
      facts: [],
      fields: fields.flatMap((field) =>
        typeof field.id === 'number'
          ? { id: field.id, label: field.label, term: `field:${field.id}=`, values: field.new }
          : [],
      ),
    };
  }
}

/** The version of an event, unless it is the latest: that is the asset itself. */
function earlier(asset: AssetDetail, event: string | undefined): Version | undefined {
  const at = asset.versions.findIndex(({ event_id }) => event_id === event);
  return at > 0 ? asset.versions[at] : undefined;
}

function inBounds(width: number): number {
  return Math.round(Math.min(Math.max(width || NARROWEST, NARROWEST), WIDEST));
}
