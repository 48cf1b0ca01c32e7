/** Sending kept deliveries to an address that the person types, one after the other, and what came back. */
import type { Api } from '../api/client';
import type { Resent } from '../api/types';
import { recall, remember } from '../shared/memory';

const REMEMBERED = 'resend-url';

/** What became of one of several. */
export interface Sent {
  readonly id: number;
  readonly answer: Resent;
}

export class Resend {
  readonly #api: Api;
  readonly #ids: readonly number[];
  #url = $state(recall(REMEMBERED) ?? '');
  #busy = $state(false);
  #sent = $state.raw<readonly Sent[]>([]);
  #problem = $state.raw<unknown>();
  #stopped = false;

  constructor(api: Api, ids: readonly number[]) {
    this.#api = api;
    this.#ids = ids;
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
  /** What was answered so far. */
  get sent(): readonly Sent[] {
    return this.#sent;
  }
  /** The answer, where there is one delivery only. */
  get answer(): Resent | undefined {
    return this.#ids.length === 1 ? this.#sent[0]?.answer : undefined;
  }
  get problem(): unknown {
    return this.#problem;
  }

  /** Ends at the first one that is refused or does not get through: the next ones would not either. */
  async send(): Promise<void> {
    const url = this.#url.trim();
    remember(REMEMBERED, url);
    this.#busy = true;
    this.#stopped = false;
    this.#sent = [];
    this.#problem = undefined;
    try {
      for (const id of this.#ids) {
        if (this.#stopped) break;
        const answer = await this.#api.resend(id, url);
        this.#sent = [...this.#sent, { id, answer }];
      }
    } catch (error) {
      this.#problem = error;
    } finally {
      this.#busy = false;
    }
  }

  /** Sends no more. The one that is on its way comes to its end. */
  stop(): void {
    this.#stopped = true;
  }
}

/** The command that sends it where one was sent last. Never to this listener: that address is a secret. */
export function curlOf(api: Api, id: number, otherwise: string): Promise<string> {
  return api.curl(id, recall(REMEMBERED) || otherwise);
}
