/** What was imported, and taking it back. */
import type { Api } from '../api/client';
import type { Import } from '../api/types';

export class Imports {
  readonly #api: Api;
  readonly #changed: () => void;
  #items = $state.raw<readonly Import[]>([]);
  #problem = $state.raw<unknown>();
  #busy = $state<Import['id']>();

  constructor(api: Api, changed: () => void) {
    this.#api = api;
    this.#changed = changed;
  }

  /** The latest first. */
  get items(): readonly Import[] {
    return this.#items;
  }
  get problem(): unknown {
    return this.#problem;
  }
  get busy(): Import['id'] | undefined {
    return this.#busy;
  }

  async load(): Promise<void> {
    this.#problem = undefined;
    try {
      this.#items = await this.#api.imports();
    } catch (error) {
      this.#problem = error;
    }
  }

  async takeBack(id: Import['id']): Promise<void> {
    if (this.#busy !== undefined) return;
    this.#busy = id;
    this.#problem = undefined;
    try {
      await this.#api.takeImportBack(id);
      this.#items = this.#items.filter((one) => one.id !== id);
      this.#changed();
    } catch (error) {
      this.#problem = error;
    } finally {
      this.#busy = undefined;
    }
  }
}
