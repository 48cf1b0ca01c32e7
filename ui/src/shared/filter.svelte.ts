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

  get narrowed(): boolean {
    return Boolean(this.#query || this.#archive || this.#change || this.#state);
  }

  get params(): FilterParams {
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
  only(slice: { archive?: string; change?: Change; state?: AssetState; query?: string } = {}): void {
    this.#query = slice.query ?? '';
    this.#archive = slice.archive;
    this.#change = slice.change;
    this.#state = slice.state;
  }
}
