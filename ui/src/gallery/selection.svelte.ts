/**
 * What is selected, and which tile the keyboard stands on. "All" is kept as a word, not as 100,000 ids: it costs nothing
 * and goes on to mean all of the search while new assets come in.
 */
import type { GalleryStore, Held } from './gallery.svelte';

export class Selection {
  readonly #gallery: GalleryStore;
  #ids = $state.raw<ReadonlySet<string>>(new Set());
  #all = $state(false);
  #cursor = $state<number>();
  #cursorId = $state<string>();
  #pivot = 0;
  #turn: Promise<void> = Promise.resolve();

  constructor(gallery: GalleryStore) {
    this.#gallery = gallery;
  }

  get ids(): ReadonlySet<string> {
    return this.#ids;
  }
  get all(): boolean {
    return this.#all;
  }
  get count(): number {
    return this.#all ? this.#gallery.total : this.#ids.size;
  }
  /** The place the keyboard stands on. */
  get cursor(): number | undefined {
    return this.#cursor;
  }
  get cursorId(): string | undefined {
    return this.#cursorId;
  }

  /** The tile that the keyboard stands on, with its asset. */
  get inHand(): Held | undefined {
    if (this.#cursor === undefined || this.#cursorId === undefined) return undefined;
    return { index: this.#cursor, id: this.#cursorId };
  }

  has(id: string | undefined): boolean {
    return id !== undefined && (this.#all || this.#ids.has(id));
  }

  clear(): void {
    this.#ids = new Set();
    this.#all = false;
  }

  forget(): void {
    this.clear();
    this.#cursor = undefined;
    this.#cursorId = undefined;
  }

  selectAll(): void {
    this.#all = this.#gallery.total > 0;
    this.#ids = new Set();
  }

  only(index: number): Promise<void> {
    this.#pivot = index;
    const walked = this.walk(index);
    return this.#inTurn(async () => {
      const id = await walked;
      if (id === undefined) return;
      this.#all = false;
      this.#ids = new Set([id]);
    });
  }

  toggle(index: number): Promise<void> {
    this.#pivot = index;
    const walked = this.walk(index);
    return this.#inTurn(async () => {
      const id = await walked;
      if (id === undefined) return;
      const ids = new Set(this.#all ? await this.#gallery.ids(0, this.#gallery.total) : this.#ids);
      if (!ids.delete(id)) ids.add(id);
      this.#all = false;
      this.#ids = ids;
    });
  }

  /** Everything from where the last plain step went to here. */
  extend(index: number): Promise<void> {
    const first = Math.min(this.#pivot, index);
    const last = Math.max(this.#pivot, index);
    const walked = this.walk(index);
    return this.#inTurn(async () => {
      await walked;
      const ids = await this.#gallery.ids(first, last + 1);
      this.#all = false;
      this.#ids = new Set(ids);
    });
  }

  /** The tiles at these places, beside those that are kept. */
  places(indexes: readonly number[], kept: Iterable<string> = []): Promise<void> {
    const stays = new Set(kept);
    return this.#inTurn(async () => {
      const first = Math.min(...indexes);
      const there = indexes.map((index) => this.#gallery.at(index)?.id);
      const all = there.every((id) => id !== undefined)
        ? undefined
        : await this.#gallery.ids(first, Math.max(...indexes) + 1);
      const ids = all ? indexes.map((index) => all[index - first]) : there;
      this.#all = false;
      this.#ids = new Set([...stays, ...ids.filter((id) => id !== undefined)]);
    });
  }

  /** Moves the cursor and nothing else. A slower answer for an earlier step does not move it back. */
  async walk(index: number): Promise<string | undefined> {
    this.#cursor = index;
    const known = this.#gallery.at(index)?.id;
    this.#cursorId = known ?? this.#cursorId;
    if (known !== undefined) return known;
    const id = (await this.#gallery.fetch(index))?.id;
    if (this.#cursor !== index) return undefined;
    this.#cursorId = id;
    return id;
  }

  /** After the result changed: the cursor goes where its asset went, or stays on the nearest place there is. */
  follow(): void {
    if (this.#cursor === undefined || this.#cursorId === undefined) return;
    const found = this.#gallery.indexOf(this.#cursorId);
    if (found !== undefined) this.#pivot += found - this.#cursor;
    this.#cursor = found ?? Math.min(this.#cursor, Math.max(0, this.#gallery.total - 1));
    this.#pivot = Math.min(Math.max(this.#pivot, 0), Math.max(0, this.#gallery.total - 1));
    if (this.#gallery.total === 0) this.forget();
  }

  /** What is added to a stretch that is still being asked for is added to all of it. */
  #inTurn(change: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(change, change);
    return this.#turn;
  }
}
