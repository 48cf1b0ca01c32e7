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
  #id: string | undefined;
  #at: string | undefined;
  #asset = $state.raw<AssetDetail>();
  #step = $state<string>();
  #then = $state.raw<AssetDetail>();
  #gone = $state(false);
  #problem = $state.raw<unknown>();
  #open = $state(recall('inspector') !== 'closed');
  #width = $state(inBounds(Number(recall('inspector-width') ?? 340)));
  #tab = $state<Tab>('info');
  #loading: AbortController | undefined;
  #looking: AbortController | undefined;

  constructor(api: Api) {
    this.#api = api;
    this.compare = new Compare(api);
  }

  /** With its whole history, up to the moment that is looked back to. */
  get asset(): AssetDetail | undefined {
    return this.#asset;
  }
  /** The earlier version that is looked at; undefined for the latest. */
  get step(): Version | undefined {
    const at = this.#asset?.versions.findIndex(({ event_id }) => event_id === this.#step) ?? -1;
    return at > 0 ? this.#asset?.versions[at] : undefined;
  }
  /** The asset as it was at that version, or as it is. */
  get shown(): AssetDetail | undefined {
    return this.step ? (this.#then ?? this.#asset) : this.#asset;
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

  /** The asset before stays on the screen until this one is there; nothing flashes on a walk with the arrow keys. */
  async show(id: string | undefined, at?: string, step?: string): Promise<void> {
    if (id === this.#id && at === this.#at && step === undefined) return;
    if (id !== this.#id) this.#then = undefined;
    this.#step = step ?? (id === this.#id ? this.#step : undefined);
    this.#id = id;
    this.#at = at;
    await this.#load();
  }

  async refresh(changed: readonly string[] | null): Promise<void> {
    if (this.#id !== undefined && (changed === null || changed.includes(this.#id))) await this.#load();
  }

  /** Looks at the asset as that event left it; without one at the latest again. */
  async choose(event: string | undefined): Promise<void> {
    this.#step = event;
    await this.#lookAtStep();
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
      if (signal.aborted) return;
      this.#asset = asset;
    } catch (error) {
      if (wasAborted(error) || signal.aborted) return;
      this.#asset = undefined;
      this.#gone = error instanceof Refusal && error.code === 'not_found';
      if (!this.#gone) this.#problem = error;
    }
    await this.#lookAtStep();
  }

  async #lookAtStep(): Promise<void> {
    this.#looking?.abort();
    this.#looking = new AbortController();
    const { signal } = this.#looking;
    const [asset, step] = [this.#asset, this.step];
    if (!asset || !step) {
      this.#then = undefined;
      return;
    }
    try {
      const then = await this.#asOf(asset, step, signal);
      if (!signal.aborted) this.#then = then;
    } catch (error) {
      if (wasAborted(error) || signal.aborted) return;
      this.#then = undefined;
      this.#problem = error;
    }
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
        typeof field.id === 'number' ? { id: field.id, label: field.label, values: field.new } : [],
      ),
    };
  }
}

function inBounds(width: number): number {
  return Math.round(Math.min(Math.max(width || NARROWEST, NARROWEST), WIDEST));
}
