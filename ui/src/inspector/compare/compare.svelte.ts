/** Two versions of one asset, which of the ways to look at them, and what the server found between them. */
import { type Api, wasAborted } from '../../api/client';
import type { AssetDetail, Comparison, Version } from '../../api/types';
import { PanZoom } from '../../shared/zoom/pan-zoom.svelte';

export type Way = 'side' | 'slider' | 'difference';
export type Side = 'old' | 'new';
export type Pair = Readonly<Record<Side, string>>;

export class Compare {
  readonly #api: Api;
  readonly view = new PanZoom();
  #asset = $state.raw<AssetDetail>();
  #step: string | undefined;
  #pair = $state.raw<Pair>();
  #found = $state.raw<Comparison>();
  #problem = $state.raw<unknown>();
  #way = $state<Way>('side');
  #divider = $state(0.5);
  #full = $state(false);
  #blinking = $state(false);
  #loading: AbortController | undefined;

  constructor(api: Api) {
    this.#api = api;
  }

  get asset(): AssetDetail | undefined {
    return this.#asset;
  }
  get pair(): Pair | undefined {
    return this.#pair;
  }
  get found(): Comparison | undefined {
    return this.#found;
  }
  get problem(): unknown {
    return this.#problem;
  }
  /** The way that was chosen, or the only one there is. */
  get way(): Way {
    return this.overlaid ? this.#way : 'side';
  }
  set way(way: Way) {
    this.#way = way;
  }
  /** The two pictures can lie over each other. */
  get overlaid(): boolean {
    return this.#found?.picture.state === 'compared';
  }
  /** How far the slider uncovers the older picture: 0 to 1 of the frame. */
  get divider(): number {
    return this.#divider;
  }
  set divider(at: number) {
    this.#divider = Math.min(Math.max(at, 0), 1);
  }
  /** While a key or a button is held, the older picture lies in the newer one's place: what differs jumps to the eye. */
  get blinking(): boolean {
    return this.#blinking && this.overlaid;
  }
  set blinking(blinking: boolean) {
    this.#blinking = blinking;
  }
  get full(): boolean {
    return this.#full;
  }
  set full(full: boolean) {
    this.#full = full;
  }

  /** Takes what the inspector shows. Versions that were picked stay, until it is another asset or another step. */
  async show(asset: AssetDetail, step?: string): Promise<void> {
    const another = asset.id !== this.#asset?.id;
    const kept = !another && step === this.#step && this.#pair && isIn(this.#pair, asset.versions);
    if (kept && asset === this.#asset) return;
    if (another) this.view.reset();
    this.#asset = asset;
    this.#step = step;
    await this.#open(kept ? this.#pair : pairOf(asset.versions, step));
  }

  async pick(side: Side, event: string): Promise<void> {
    if (this.#pair) await this.#open({ ...this.#pair, [side]: event });
  }

  async swap(): Promise<void> {
    if (this.#pair) await this.#open({ old: this.#pair.new, new: this.#pair.old });
  }

  /** What was found before stays on the screen until the new finding is there. */
  async #open(pair: Pair | undefined): Promise<void> {
    this.#pair = pair;
    this.#problem = undefined;
    this.#loading?.abort();
    if (!pair || !this.#asset) {
      this.#found = undefined;
      return;
    }
    this.#loading = new AbortController();
    const { signal } = this.#loading;
    try {
      const found = await this.#api.compare(this.#asset.id, pair.old, pair.new, signal);
      if (!signal.aborted) this.#found = found;
    } catch (error) {
      if (wasAborted(error) || signal.aborted) return;
      this.#found = undefined;
      this.#problem = error;
    }
  }
}

/**
 * The step (or the latest) and the one before. A deletion or a click shows nothing new, so "before" looks for an earlier
 * version, and takes the step before only where there is none.
 */
export function pairOf(versions: readonly Version[], step?: string): Pair | undefined {
  const chosen = versions.findIndex((version) => version.event_id === step);
  const at = Math.max(0, chosen);
  const newer = versions[at];
  const earlier = versions.slice(at + 1);
  const older = earlier.find(({ number }) => newer && number < newer.number) ?? earlier[0];
  if (newer && older) return { old: older.event_id, new: newer.event_id };
  // The very first: what came of it.
  const next = versions[at - 1];
  return newer && next ? { old: newer.event_id, new: next.event_id } : undefined;
}

function isIn(pair: Pair, versions: readonly Version[]): boolean {
  return [pair.old, pair.new].every((event) => versions.some(({ event_id }) => event_id === event));
}
