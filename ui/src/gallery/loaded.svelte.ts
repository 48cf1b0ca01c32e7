/** Which of a tile's pictures the browser has loaded. Thumbnail and preview come in any order, and neither hides the other. */
import { SvelteSet } from 'svelte/reactivity';

export class Loaded {
  readonly #urls = new SvelteSet<string>();

  /** Whether any picture of the tile has come: from then on there is always one to be seen. */
  get any(): boolean {
    return this.#urls.size > 0;
  }

  add(url: string): void {
    this.#urls.add(url);
  }

  has(url: string | undefined): boolean {
    return url !== undefined && this.#urls.has(url);
  }
}
