/** Which columns an export has, in which order and under which names; and the choices that were given a name. */
import type { Api } from '../api/client';
import type { ExportableColumn, ExportColumn, ExportPreset, ExportRequest } from '../api/types';

type What = ExportRequest['what'];

export class Columns {
  readonly #api: Api;
  #what: What = 'assets';
  #there = $state.raw<readonly ExportableColumn[]>([]);
  #chosen = $state.raw<readonly ExportColumn[]>();
  #presets = $state.raw<readonly ExportPreset[]>([]);
  #problem = $state.raw<unknown>();

  constructor(api: Api) {
    this.#api = api;
  }

  /** In their order; undefined is all that there are. */
  get chosen(): readonly ExportColumn[] | undefined {
    return this.#chosen;
  }
  /** What is not chosen yet. */
  get others(): readonly ExportableColumn[] {
    return this.#there.filter(({ key }) => !this.#chosen?.some((column) => column.key === key));
  }
  get problem(): unknown {
    return this.#problem;
  }
  /** Those for the rows that are exported. */
  get presets(): readonly ExportPreset[] {
    return this.#presets.filter(({ what }) => what === this.#what);
  }
  set presets(presets: readonly ExportPreset[]) {
    this.#presets = presets;
  }
  /** The preset that is exactly what is chosen. */
  get preset(): ExportPreset | undefined {
    const chosen = JSON.stringify(this.#chosen);
    return this.presets.find(({ columns }) => JSON.stringify(columns) === chosen);
  }

  /** What it is called unless somebody calls it something else. */
  titleOf(key: string): string {
    return this.#there.find((column) => column.key === key)?.title ?? key;
  }

  /** Other rows have other columns. */
  async load(what: What): Promise<void> {
    if (what !== this.#what) this.#chosen = undefined;
    this.#what = what;
    this.#problem = undefined;
    try {
      const there = await this.#api.exportColumns(what);
      if (what === this.#what) this.#there = there;
    } catch (error) {
      this.#problem = error;
    }
  }

  chooseAll(): void {
    this.#chosen = undefined;
  }

  /** Begins with what every row has; metadata fields are added one by one. */
  begin(): void {
    this.#chosen = this.#there.filter(({ is_field }) => !is_field).map(({ key }) => ({ key, name: null }));
  }

  use(preset: ExportPreset): void {
    this.#chosen = preset.columns;
  }

  add(key: string): void {
    this.#chosen = [...(this.#chosen ?? []), { key, name: null }];
  }

  /** The last one stays: a sheet has a column. */
  remove(at: number): void {
    const { length = 0 } = this.#chosen ?? [];
    if (length > 1) this.#chosen = this.#chosen?.filter((_, index) => index !== at);
  }

  rename(at: number, name: string): void {
    this.#chosen = this.#chosen?.map((column, index) =>
      index === at ? { ...column, name: name.trim() || null } : column,
    );
  }

  /** Returns where it is then. */
  move(at: number, by: -1 | 1): number {
    const columns = [...(this.#chosen ?? [])];
    const [column] = columns.splice(at, 1);
    const to = Math.min(Math.max(at + by, 0), columns.length);
    if (column) this.#chosen = columns.toSpliced(to, 0, column);
    return to;
  }

  /** A preset of the same name is replaced. */
  async save(name: string): Promise<void> {
    const columns = this.#chosen;
    if (!columns) return;
    const preset = { name: name.trim(), what: this.#what, columns: [...columns] };
    await this.#keep([...this.#without(preset.name), preset]);
  }

  async forget(name: string): Promise<void> {
    await this.#keep(this.#without(name));
  }

  #without(name: string): ExportPreset[] {
    return this.#presets.filter((preset) => preset.name !== name || preset.what !== this.#what);
  }

  async #keep(export_presets: ExportPreset[]): Promise<void> {
    this.#problem = undefined;
    try {
      this.#presets = (await this.#api.saveSettings({ export_presets })).export_presets;
    } catch (error) {
      this.#problem = error;
    }
  }
}
