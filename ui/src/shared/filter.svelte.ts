/** Which assets the table shows and in which order. Gallery, sidebar and export all read this one. */
import type { Change, FilterParams } from '../api/types';

export type AssetState = NonNullable<FilterParams['state']>;
export type Sort = NonNullable<FilterParams['sort']>;

export interface SpanOfTime {
  readonly from: string;
  readonly until: string;
}

export class Filter {
  readonly #onspancleared: () => void;
  #query = $state('');
  #archive = $state<string>();
  #change = $state<Change>();
  #state = $state<AssetState>();
  #sort = $state<Sort>('newest');
  #span = $state.raw<SpanOfTime>();
  #at = $state<string>();

  /** `onspancleared` is told when everything is to be shown, so that whoever marked the span takes its mark away. */
  constructor(onspancleared: () => void = () => {}) {
    this.#onspancleared = onspancleared;
  }

  get query(): string {
    return this.#query;
  }
  set query(query: string) {
    this.#query = query;
  }
  get archive(): string | undefined {
    return this.#archive;
  }
  set archive(archive: string | undefined) {
    this.#archive = archive;
  }
  get change(): Change | undefined {
    return this.#change;
  }
  set change(change: Change | undefined) {
    this.#change = change;
  }
  get state(): AssetState | undefined {
    return this.#state;
  }
  set state(state: AssetState | undefined) {
    this.#state = state;
  }
  get sort(): Sort {
    return this.#sort;
  }
  set sort(sort: Sort) {
    this.#sort = sort;
  }

  /** Only what something happened to in this span of time. */
  get span(): SpanOfTime | undefined {
    return this.#span;
  }
  set span(span: SpanOfTime | undefined) {
    this.#span = span;
  }
  clearSpan(): void {
    if (this.#span) this.#onspancleared();
    this.#span = undefined;
  }

  /** The moment that the library is shown as of; undefined is now. */
  get at(): string | undefined {
    return this.#at;
  }
  set at(at: string | undefined) {
    this.#at = at;
  }

  get narrowed(): boolean {
    return Boolean(this.#query || this.#archive || this.#change || this.#state || this.#span);
  }

  get params(): FilterParams {
    return { ...this.search, at: this.#at };
  }

  /** What is looked for, whenever that may be. */
  get search(): FilterParams {
    return {
      query: this.#query || undefined,
      archive: this.#archive,
      change: this.#change,
      state: this.#state,
      sort: this.#sort,
      from: this.#span?.from,
      until: this.#span?.until,
      tz: Intl.DateTimeFormat().resolvedOptions().timeZone,
    };
  }

  /** Shows everything, or the one slice that the sidebar names; the order stays as it was. */
  only(
    slice: {
      archive?: string | undefined;
      change?: Change | undefined;
      state?: AssetState | undefined;
      query?: string | undefined;
    } = {},
  ): void {
    this.clearSpan();
    this.#query = slice.query ?? '';
    this.#archive = slice.archive;
    this.#change = slice.change;
    this.#state = slice.state;
  }
}
