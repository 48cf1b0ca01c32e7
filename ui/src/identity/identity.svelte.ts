/**
 * Where the user knows better than the notices: two assets that are one, or one that is two. Nothing is done before it
 * is asked; what is done is remembered by the server, which can take it back.
 */
import type { Api } from '../api/client';
import type { AssetDetail, Version } from '../api/types';

export type Question =
  | { readonly kind: 'join'; readonly assets: readonly AssetDetail[] }
  | {
      readonly kind: 'split';
      readonly asset: AssetDetail;
      /** The latest first, as in the asset's history. */
      readonly goes: readonly Version[];
      readonly stays: readonly Version[];
    };

export class Identity {
  readonly #api: Api;
  readonly #decided: (id: string) => Promise<void>;
  #question = $state.raw<Question>();
  #busy = $state(false);
  #problem = $state.raw<unknown>();

  /** `decided` hears which asset to show afterwards. */
  constructor(api: Api, decided: (id: string) => Promise<void>) {
    this.#api = api;
    this.#decided = decided;
  }

  get question(): Question | undefined {
    return this.#question;
  }
  get busy(): boolean {
    return this.#busy;
  }
  get problem(): unknown {
    return this.#problem;
  }

  /** The one that was there first comes first. */
  async askJoin(ids: readonly string[]): Promise<void> {
    this.#problem = undefined;
    this.#question = { kind: 'join', assets: [] };
    try {
      const assets = await Promise.all(ids.map((id) => this.#api.asset(id)));
      const byAge = assets.toSorted((a, b) => firstOf(a).localeCompare(firstOf(b)));
      if (this.#question) this.#question = { kind: 'join', assets: byAge };
    } catch (error) {
      this.#problem = error;
    }
  }

  askSplit(asset: AssetDetail, step: Version): void {
    const at = asset.versions.findIndex(({ event_id }) => event_id === step.event_id);
    if (at < 0 || at === asset.versions.length - 1) return;
    this.#problem = undefined;
    this.#question = {
      kind: 'split',
      asset,
      goes: asset.versions.slice(0, at + 1),
      stays: asset.versions.slice(at + 1),
    };
  }

  async confirm(): Promise<void> {
    const question = this.#question;
    if (!question || this.#busy) return;
    this.#busy = true;
    this.#problem = undefined;
    try {
      const id = await this.#decide(question);
      this.#question = undefined;
      if (id !== undefined) await this.#decided(id);
    } catch (error) {
      this.#problem = error;
    } finally {
      this.#busy = false;
    }
  }

  close(): void {
    this.#question = undefined;
  }

  async #decide(question: Question): Promise<string | undefined> {
    if (question.kind === 'join') return this.#api.join(question.assets.map(({ id }) => id));
    const step = question.goes.at(-1);
    return step && (await this.#api.split(question.asset.id, step.event_id)).at(0);
  }
}

function firstOf(asset: AssetDetail): string {
  return asset.versions.at(-1)?.created_at ?? asset.first_seen;
}
