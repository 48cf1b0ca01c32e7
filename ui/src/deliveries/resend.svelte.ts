/** Sending a kept delivery to an address that the person types, and what came back. */
import type { Api } from '../api/client';
import type { Resent } from '../api/types';
import { recall, remember } from '../shared/memory';

const REMEMBERED = 'resend-url';

export class Resend {
  readonly #api: Api;
  readonly #id: number;
  #url = $state(recall(REMEMBERED) ?? '');
  #busy = $state(false);
  #answer = $state.raw<Resent>();
  #problem = $state.raw<unknown>();

  constructor(api: Api, id: number) {
    this.#api = api;
    this.#id = id;
  }

  get url(): string {
    return this.#url;
  }
  set url(url: string) {
    this.#url = url;
  }
  get busy(): boolean {
    return this.#busy;
  }
  get ready(): boolean {
    return !this.#busy && URL.canParse(this.#url.trim());
  }
  get answer(): Resent | undefined {
    return this.#answer;
  }
  get problem(): unknown {
    return this.#problem;
  }

  async send(): Promise<void> {
    const url = this.#url.trim();
    remember(REMEMBERED, url);
    this.#busy = true;
    this.#answer = undefined;
    this.#problem = undefined;
    try {
      this.#answer = await this.#api.resend(this.#id, url);
    } catch (error) {
      this.#problem = error;
    } finally {
      this.#busy = false;
    }
  }
}

/** The command that sends it where one was sent last. Never to this listener: that address is a secret. */
export function curlOf(api: Api, id: number, otherwise: string): Promise<string> {
  return api.curl(id, recall(REMEMBERED) || otherwise);
}
