/**
 * Where each line of the list of events lies: it is known how many there are on each day, and each day has a heading. Pure,
 * so that it is tested without a page.
 */
import type { EventOutline } from '../api/types';

export const LINE = 52;
export const HEADING = 44;

/** A day of the list. */
interface Day {
  readonly key: string;
  /** The number of its first line. */
  readonly first: number;
  readonly count: number;
  /** Of its heading. */
  readonly top: number;
}

export class Lines {
  readonly #days: readonly Day[];
  readonly total: number;
  readonly height: number;

  constructor(days: EventOutline['days']) {
    let [first, top] = [0, 0];
    this.#days = days.map(({ day, events }) => {
      const here = { key: day, first, count: events, top };
      first += events;
      top += HEADING + events * LINE;
      return here;
    });
    this.total = first;
    this.height = top;
  }

  /** The top edge of a line, below the heading of its day if it begins one. */
  topOf(index: number): number {
    const day = this.#dayOf(index);
    return day ? day.top + HEADING + (index - day.first) * LINE : 0;
  }

  /** The day of a line, such as `2026-03-04`. */
  dayOf(index: number): string | undefined {
    return this.#dayOf(index)?.key;
  }

  opensDay(index: number): boolean {
    return this.#dayOf(index)?.first === index;
  }

  /** The lines that lie in a stretch, as `[first, end)`. */
  between(from: number, to: number): readonly [number, number] {
    return [this.#at(from), Math.min(this.total, this.#at(to) + 1)];
  }

  /** The first line of a day, or of the next earlier one on which something happened. The last line, if there is none. */
  firstOf(key: string): number {
    const day = this.#days.find((one) => one.key <= key);
    return day ? day.first : Math.max(0, this.total - 1);
  }

  /** The line at a height, or the next one below it. */
  #at(top: number): number {
    const day = this.#days[search(this.#days, (one) => one.top > top) - 1] ?? this.#days[0];
    if (!day) return 0;
    const nth = Math.floor((top - day.top - HEADING) / LINE);
    return day.first + Math.min(Math.max(nth, 0), day.count - 1);
  }

  #dayOf(index: number): Day | undefined {
    return this.#days[Math.max(0, search(this.#days, ({ first }) => first > index) - 1)];
  }
}

/** The first day that `reaches`; those after it do so too. */
function search(days: readonly Day[], reaches: (one: Day) => boolean): number {
  let low = 0;
  let high = days.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const one = days[middle];
    if (one && reaches(one)) high = middle;
    else low = middle + 1;
  }
  return low;
}
