/** Which assets the table shows and in which order. Gallery, sidebar and export all read this one. */
import type { Change, FilterParams } from '../api/types';

export type AssetState = NonNullable<FilterParams['state']>;
export type Sort = NonNullable<FilterParams['sort']>;

export class Filter {
  #query = $state('');
  #archive = $state<string>();
  #change = $state<Change>();
  #state = $state<AssetState>();
  #sort = $state<Sort>('newest');
  #at = $state<string>();

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

  /** The moment that the library is shown as of; undefined is now. */
  get at(): string | undefined {
    return this.#at;
  }
  set at(at: string | undefined) {
    this.#at = at;
  }

  get narrowed(): boolean {
    return Boolean(this.#query || this.#archive || this.#change || this.#state);
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
    this.#query = slice.query ?? '';
    this.#archive = slice.archive;
    this.#change = slice.change;
    this.#state = slice.state;
  }
}
