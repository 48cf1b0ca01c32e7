/**
 * The whole window's state, put together once: the stores, and how they tell each other. Features do not know each
 * other; what one must know of another goes through here.
 */
import type { Api } from './api/client';
import { Deliveries } from './deliveries/deliveries.svelte';
import { Demo } from './demo/demo.svelte';
import { type Choice, Export, type Shell } from './export/export.svelte';
import { GalleryStore } from './gallery/gallery.svelte';
import { Look } from './gallery/look.svelte';
import { Selection } from './gallery/selection.svelte';
import { Identity } from './identity/identity.svelte';
import { Inspector } from './inspector/inspector.svelte';
import { Decisions } from './settings/decisions.svelte';
import { FieldNames } from './settings/field-names.svelte';
import { SettingsForm } from './settings/settings.svelte';
import { Filter } from './shared/filter.svelte';
import { Live } from './shared/live.svelte';
import type { Place } from './sidebar/Sidebar.svelte';

export type OpenDialog = 'export' | 'settings' | 'keys';

export class Desk {
  readonly filter = new Filter();
  readonly live: Live;
  readonly gallery: GalleryStore;
  readonly selection: Selection;
  readonly look: Look;
  readonly inspector: Inspector;
  readonly deliveries: Deliveries;
  readonly export: Export;
  readonly settings: SettingsForm;
  readonly demo: Demo;
  readonly identity: Identity;
  readonly fieldNames: FieldNames;
  readonly decisions: Decisions;
  #place = $state<Place>('gallery');
  #dialog = $state<OpenDialog>();

  constructor(
    readonly api: Api,
    shell: Shell,
  ) {
    this.live = new Live(api, (changed) => void this.#happened(changed));
    this.gallery = new GalleryStore(api);
    this.selection = new Selection(this.gallery);
    this.look = new Look(api, this.gallery, this.selection);
    this.inspector = new Inspector(api);
    this.deliveries = new Deliveries(api);
    this.export = new Export(api, shell);
    this.settings = new SettingsForm(api, (status) => this.live.took(status), shell.showInFolder);
    this.demo = new Demo(api, (status) => this.live.took(status));
    this.identity = new Identity(api, (id) => this.#decided(id));
    this.fieldNames = new FieldNames(api, () => void this.inspector.refresh(null));
    this.decisions = new Decisions(api, () => void this.#happened(null));
  }

  get place(): Place {
    return this.#place;
  }
  get dialog(): OpenDialog | undefined {
    return this.#dialog;
  }

  /** Nothing has ever landed: the moment to tell how it gets here. */
  get firstStart(): boolean {
    return this.live.sidebar?.assets === 0 && !this.filter.narrowed && this.gallery.total === 0;
  }

  /** What an export would mean by "selected" and by "the search" at this moment. */
  get choice(): Choice {
    return {
      selectedIds: this.selection.all ? 'all in the search' : [...this.selection.ids],
      filter: this.filter.params,
    };
  }

  go(place: Place): void {
    this.#place = place;
    if (place !== 'gallery') void this.deliveries.open(place === 'unreadable' ? 'unreadable' : undefined);
  }

  async search(): Promise<void> {
    this.selection.forget();
    await this.gallery.open(this.filter.params);
  }

  openDialog(dialog: OpenDialog): void {
    if (dialog === 'export') {
      this.export.begin(this.selection.count > 0 ? 'selection' : this.filter.narrowed ? 'search' : 'all');
    }
    this.#dialog = dialog;
  }

  closeDialog(): void {
    this.#dialog = undefined;
  }

  /** Asks about the two that are selected, also where "all" happens to be two. */
  async askJoin(): Promise<void> {
    const ids = this.selection.all ? await this.gallery.ids(0, 2) : [...this.selection.ids];
    await this.identity.askJoin(ids);
  }

  /** Goes where the asset is that came of a decision. */
  async #decided(id: string): Promise<void> {
    await this.#happened(null);
    const at = this.gallery.indexOf(id);
    if (at !== undefined) await this.selection.only(at);
    await this.inspector.show(id);
  }

  async #happened(changed: readonly string[] | null): Promise<void> {
    await Promise.all([
      this.gallery.refresh(changed).then(() => this.selection.follow()),
      this.inspector.refresh(changed),
      this.#place === 'gallery' ? undefined : this.deliveries.refresh(),
    ]);
  }
}
