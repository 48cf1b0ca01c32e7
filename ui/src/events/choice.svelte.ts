/** Which of all that happened is listed: one value for each of the menus, and what there is to choose from. */
import type { Api } from '../api/client';
import type { Arrival, Change, EventFilter, FilterOptions } from '../api/types';

/** One value for each of the menus; undefined chooses nothing. */
interface Chosen {
  readonly query?: string | undefined;
  readonly kind?: string | undefined;
  readonly change?: Change | undefined;
  readonly archive?: string | undefined;
  readonly field?: string | undefined;
  readonly arrival?: Arrival | undefined;
}

const NONE: FilterOptions = { kinds: [], operations: [], changes: [], archives: [], fields: [] };

export class EventChoice {
  readonly #api: Api;
  #there = $state.raw<FilterOptions>(NONE);
  #query = $state('');
  #kind = $state<string>();
  #change = $state<Change>();
  #archive = $state<string>();
  #field = $state<string>();
  #arrival = $state<Arrival>();

  constructor(api: Api) {
    this.#api = api;
  }

  /** What the menus offer. */
  get there(): FilterOptions {
    return this.#there;
  }
  get query(): string {
    return this.#query;
  }
  set query(query: string) {
    this.#query = query;
  }
  get kind(): string | undefined {
    return this.#kind;
  }
  set kind(kind: string | undefined) {
    this.#kind = kind;
  }
  get change(): Change | undefined {
    return this.#change;
  }
  set change(change: Change | undefined) {
    this.#change = change;
  }
  get archive(): string | undefined {
    return this.#archive;
  }
  set archive(archive: string | undefined) {
    this.#archive = archive;
  }
  /** The key of the field that must have changed. */
  get field(): string | undefined {
    return this.#field;
  }
  set field(field: string | undefined) {
    this.#field = field;
  }

  /** How the notice came. */
  get arrival(): Arrival | undefined {
    return this.#arrival;
  }
  set arrival(arrival: Arrival | undefined) {
    this.#arrival = arrival;
  }

  get narrowed(): boolean {
    return Boolean(
      this.#query || this.#kind || this.#change || this.#archive || this.#field || this.#arrival,
    );
  }

  get params(): EventFilter {
    return {
      query: this.#query || undefined,
      kind: this.#kind,
      change: this.#change,
      archive: this.#archive,
      field: this.#field,
      arrival: this.#arrival,
      tz: Intl.DateTimeFormat().resolvedOptions().timeZone,
    };
  }

  clear(): void {
    this.set({});
  }

  /** All menus at once; one that is not named chooses nothing. */
  set({ query, kind, change, archive, field, arrival }: Chosen): void {
    this.#query = query ?? '';
    this.#kind = kind;
    this.#change = change;
    this.#archive = archive;
    this.#field = field;
    this.#arrival = arrival;
  }

  /** The menus work with what was known before if this does not answer. */
  async load(): Promise<void> {
    this.#there = await this.#api.eventChoices().catch(() => this.#there);
  }
}
