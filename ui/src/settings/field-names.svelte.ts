/** What the user calls the fields of his site. Each name is sent when it is typed; a refused one leaves the old. */
import type { Api } from '../api/client';
import type { NamedField } from '../api/types';

export class FieldNames {
  readonly #api: Api;
  readonly #changed: () => void;
  #items = $state.raw<readonly NamedField[]>();
  #problem = $state.raw<unknown>();
  #wanted = $state('');

  constructor(api: Api, changed: () => void) {
    this.#api = api;
    this.#changed = changed;
  }

  get items(): readonly NamedField[] | undefined {
    return this.#items;
  }
  get problem(): unknown {
    return this.#problem;
  }
  /** Part of a name or a number that is looked for. */
  get wanted(): string {
    return this.#wanted;
  }
  set wanted(wanted: string) {
    this.#wanted = wanted;
  }
  get found(): readonly NamedField[] {
    const wanted = this.#wanted.trim().toLocaleLowerCase();
    const names = ({ id, label, default_label }: NamedField) => `${id} ${label} ${default_label}`;
    // What the site uses comes first; the others stay in the order of their numbers.
    return (this.#items ?? [])
      .filter((field) => names(field).toLocaleLowerCase().includes(wanted))
      .toSorted((a, b) => b.used - a.used);
  }

  async load(): Promise<void> {
    this.#wanted = '';
    await this.#try(async () => {
      this.#items = await this.#api.fields();
    });
  }

  /** The default name, or none, is no name of one's own. */
  async rename(field: NamedField, typed: string): Promise<void> {
    const name = typed.trim();
    const given = name === '' || name === field.default_label ? null : name;
    if (given === (field.given ?? null)) return;
    await this.#try(async () => {
      const named = await this.#api.nameField(field.id, given);
      this.#items = this.#items?.map((other) =>
        other.id === named.id ? { ...named, used: other.used } : other,
      );
      this.#changed();
    });
  }

  async #try(act: () => Promise<void>): Promise<void> {
    this.#problem = undefined;
    try {
      await act();
    } catch (error) {
      this.#problem = error;
    }
  }
}
