/** What to try with the sample pictures: three things, each ticked once it was done, until all are or nobody wants them. */
import { recall, remember } from '../shared/memory';

export const HINTS = ['click', 'versions', 'strip'] as const;
export type Hint = (typeof HINTS)[number];

export class Hints {
  #done = $state.raw<readonly Hint[]>([]);
  #closed = $state(recall('hints') === 'closed');

  /** Whether there is anything to say. */
  get open(): boolean {
    return !this.#closed;
  }

  isDone(hint: Hint): boolean {
    return this.#done.includes(hint);
  }

  did(hint: Hint): void {
    if (!this.isDone(hint)) this.#done = [...this.#done, hint];
  }

  close(): void {
    this.#closed = true;
    remember('hints', 'closed');
  }
}
