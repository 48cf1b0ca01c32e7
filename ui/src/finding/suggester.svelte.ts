/** What the term that is being typed may go on with. An older question that is still on its way is dropped. */
import type { Api } from '../api/client';
import type { SuggestedField, SuggestedValue, Suggestions } from '../api/types';
import { pause } from '../shared/pause';

export type Suggested =
  | ({ readonly kind: 'field' } & SuggestedField)
  | ({ readonly kind: 'value' } & SuggestedValue);

/** Nobody reads what stands there for a shorter time. */
const TYPING_MS = 60;

export class Suggester {
  readonly #ask: Api['suggestions'];
  #list = $state.raw<readonly Suggested[]>([]);
  #at = $state<number>();
  #asking: AbortController | undefined;

  constructor(ask: Api['suggestions']) {
    this.#ask = ask;
  }

  get list(): readonly Suggested[] {
    return this.#list;
  }
  /** Which of them the keyboard is at. */
  get at(): number | undefined {
    return this.#at;
  }
  get current(): Suggested | undefined {
    return this.#at === undefined ? undefined : this.#list[this.#at];
  }

  async ask(term: string, wait = pause): Promise<void> {
    this.#asking?.abort();
    if (!term.replace(/^-/, '')) return this.close();
    const asking = new AbortController();
    this.#asking = asking;
    await wait(TYPING_MS, asking.signal);
    if (asking.signal.aborted) return;
    // Without an answer one types on as before.
    const told = await this.#ask(term, asking.signal).catch(() => undefined);
    if (asking.signal.aborted) return;
    this.#list = told ? all(told) : [];
    this.#at = undefined;
  }

  /** Goes to the next one or the one before; past the end is back at what is typed. */
  step(by: 1 | -1): void {
    const places = this.#list.length + 1;
    const next = ((this.#at ?? -1) + 1 + by + places) % places;
    this.#at = next === 0 ? undefined : next - 1;
  }

  close(): void {
    this.#asking?.abort();
    this.#list = [];
    this.#at = undefined;
  }
}

function all({ fields, values }: Suggestions): Suggested[] {
  return [
    ...fields.map((field) => ({ kind: 'field', ...field }) as const),
    ...values.map((value) => ({ kind: 'value', ...value }) as const),
  ];
}
