/** Reads the assets that are selected, as far as so many can be read, for what they have in common. */
import { type Api, wasAborted } from '../api/client';
import type { AssetDetail } from '../api/types';
import { text } from '../text';
import { type Summary, summaryOf } from './summary';

/** More are not read one by one; the summary says of how many it is. */
const READ = 100;
const AT_ONCE = 6;
/** While a selection grows it changes with every step. */
const SETTLED_MS = 150;

export class Several {
  readonly #api: Api;
  #summary = $state.raw<Summary>();
  #loading: AbortController | undefined;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Of the last selection of two or more that was read; undefined until then. */
  get summary(): Summary | undefined {
    return this.#summary;
  }

  /** `ids` answers with the first of them, as many as it is asked for. */
  async show(ids: (limit: number) => Promise<readonly string[]>, at: string | undefined): Promise<void> {
    this.#loading?.abort();
    const loading = new AbortController();
    this.#loading = loading;
    await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
    if (loading.signal.aborted) return;
    try {
      const wanted = await ids(READ);
      const assets: AssetDetail[] = [];
      for (let from = 0; from < wanted.length && !loading.signal.aborted; from += AT_ONCE) {
        const some = wanted.slice(from, from + AT_ONCE);
        assets.push(...(await Promise.all(some.map((id) => this.#api.asset(id, at, loading.signal)))));
      }
      if (!loading.signal.aborted) this.#summary = summaryOf(assets, text.inspector.fact);
    } catch (error) {
      // One of them may be gone by now; what was known of the others is no longer true of the selection.
      if (!wasAborted(error) && !loading.signal.aborted) this.#summary = undefined;
    }
  }

  forget(): void {
    this.#loading?.abort();
    this.#summary = undefined;
  }
}
