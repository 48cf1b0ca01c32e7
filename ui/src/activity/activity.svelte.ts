/** How much happened in a month: on which days, of which kind, in which archives, to which fields and assets. */
import type { Api } from '../api/client';
import type { Activity } from '../api/types';

/** A month by its first day, and its last. */
export interface Month {
  readonly key: string;
  readonly from: string;
  readonly until: string;
}

export class ActivityReport {
  readonly #api: Api;
  #month = $state.raw<Month>();
  #activity = $state.raw<Activity>();
  #problem = $state.raw<unknown>();
  #asked = 0;

  constructor(api: Api) {
    this.#api = api;
  }

  get month(): Month | undefined {
    return this.#month;
  }
  get activity(): Activity | undefined {
    return this.#activity;
  }
  get problem(): unknown {
    return this.#problem;
  }

  /** What was shown before stays until the answer comes. */
  async show(month: Month): Promise<void> {
    this.#asked += 1;
    const asked = this.#asked;
    this.#month = month;
    this.#problem = undefined;
    try {
      const tz = Intl.DateTimeFormat().resolvedOptions().timeZone;
      const activity = await this.#api.activity(month.from, month.until, tz);
      if (asked === this.#asked) this.#activity = activity;
    } catch (error) {
      if (asked === this.#asked) this.#problem = error;
    }
  }
}

/** The months up to the one of a day, the latest first. */
export function monthsBefore(today: Date, count: number): Month[] {
  return Array.from({ length: count }, (_, ago) => {
    const first = new Date(Date.UTC(today.getFullYear(), today.getMonth() - ago, 1));
    const last = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0));
    const day = (date: Date) => date.toISOString().slice(0, 10);
    return { key: day(first).slice(0, 7), from: day(first), until: day(last) };
  });
}
