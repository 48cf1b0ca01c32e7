/** The pretend tenant: started, stopped and swept away with one click each. */
import type { Api } from '../api/client';
import type { Status } from '../api/types';

export class Demo {
  readonly #api: Api;
  readonly #took: (status: Status) => void;
  #busy = $state(false);
  #problem = $state.raw<unknown>();

  constructor(api: Api, took: (status: Status) => void) {
    this.#api = api;
    this.#took = took;
  }

  get busy(): boolean {
    return this.#busy;
  }
  get problem(): unknown {
    return this.#problem;
  }

  async act(action: 'start' | 'stop' | 'remove'): Promise<void> {
    this.#busy = true;
    this.#problem = undefined;
    try {
      this.#took(await this.#api.demo(action));
    } catch (error) {
      this.#problem = error;
    } finally {
      this.#busy = false;
    }
  }
}
