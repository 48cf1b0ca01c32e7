/**
 * The whole window's state, put together once: the stores, and how they tell each other. Features do not know each
 * other; what one must know of another goes through here.
 */
import { untrack } from 'svelte';
import { ActivityReport } from './activity/activity.svelte';
import type { Api } from './api/client';
import type { EventFilter, EventLine, LogFilter } from './api/types';
import { Deliveries } from './deliveries/deliveries.svelte';
import { Demo } from './demo/demo.svelte';
import { Hints } from './demo/hints.svelte';
import { EventChoice } from './events/choice.svelte';
import { EventLog } from './events/events.svelte';
import { Columns } from './export/columns.svelte';
import { type Choice, type Days, Export, type Scope, type Shell } from './export/export.svelte';
import { Facets } from './finding/facets.svelte';
import { SavedSearches } from './finding/saved-searches.svelte';
import { narrowed } from './finding/toggle';
import { GalleryStore } from './gallery/gallery.svelte';
import { Look } from './gallery/look.svelte';
import { Selection } from './gallery/selection.svelte';
import { TakeAway } from './gallery/take-away.svelte';
import { Identity } from './identity/identity.svelte';
import { Inspector } from './inspector/inspector.svelte';
import { Several } from './inspector/several.svelte';
import { Reach } from './reach/reach.svelte';
import { Decisions } from './settings/decisions.svelte';
import { FieldNames } from './settings/field-names.svelte';
import { Imports } from './settings/imports.svelte';
import { SettingsForm } from './settings/settings.svelte';
import type { Tab } from './settings/tabs';
import { Filter } from './shared/filter.svelte';
import { Live } from './shared/live.svelte';
import { Room } from './shared/room.svelte';
import { Theme } from './shared/theme.svelte';
import type { Place } from './shared/view-address';
import { iso, Strip } from './time/strip.svelte';
import { FirstStart } from './welcome/first-start.svelte';

export type OpenDialog = 'activity' | 'export' | 'settings' | 'keys';

export class AppState {
  readonly room = new Room();
  readonly theme = new Theme(document.documentElement);
  readonly filter = new Filter(() => this.strip.mark(undefined));
  readonly live: Live;
  readonly gallery: GalleryStore;
  readonly facets: Facets;
  readonly searches: SavedSearches;
  readonly selection: Selection;
  readonly look: Look;
  readonly takeAway: TakeAway;
  readonly inspector: Inspector;
  readonly several: Several;
  readonly strip: Strip;
  readonly events: EventLog;
  readonly eventChoice: EventChoice;
  readonly deliveries: Deliveries;
  readonly activity: ActivityReport;
  readonly export: Export;
  readonly settings: SettingsForm;
  readonly reach: Reach;
  readonly first: FirstStart;
  readonly demo: Demo;
  readonly hints = new Hints();
  readonly identity: Identity;
  readonly fieldNames: FieldNames;
  readonly decisions: Decisions;
  readonly imports: Imports;
  #place = $state<Place>('gallery');
  #dialog = $state<OpenDialog>();
  #pane = $state<Tab>();
  /** The inspector as a sheet over the rest. A window with room remembers by itself whether its inspector is open. */
  #sheet = $state(false);
  /** An asset is shown in Events that no line was picked for: a link led there. */
  #visiting = $state(false);
  /** The asset that the next search is to begin at. */
  sought: string | undefined;

  constructor(
    readonly api: Api,
    shell: Shell,
  ) {
    this.live = new Live(api, (changed, since) => void this.#changed(changed, since));
    this.gallery = new GalleryStore(api);
    this.facets = new Facets(api);
    this.searches = new SavedSearches(api);
    this.selection = new Selection(this.gallery);
    this.look = new Look(api, this.gallery, this.selection);
    this.takeAway = new TakeAway(api);
    this.inspector = new Inspector(api);
    this.several = new Several(api);
    this.strip = new Strip(
      api,
      (at) => void this.#lookBack(at),
      (span) => {
        this.filter.span = span;
      },
    );
    this.events = new EventLog(api);
    this.eventChoice = new EventChoice(api);
    this.deliveries = new Deliveries(api);
    this.activity = new ActivityReport(api);
    this.export = new Export(api, new Columns(api), shell);
    this.settings = new SettingsForm(
      api,
      (status) => {
        this.live.took(status);
        this.live.hurry();
      },
      shell.showInFolder,
    );
    this.reach = new Reach(api, (status) => this.live.took(status));
    this.first = new FirstStart(api);
    this.demo = new Demo(api, (status) => this.live.took(status));
    this.identity = new Identity(api, (id) => this.#decided(id));
    this.fieldNames = new FieldNames(api, () => void this.#renamed());
    this.decisions = new Decisions(api, () => void this.#refresh(null));
    this.imports = new Imports(api, () => void this.#refresh(null));
  }

  get place(): Place {
    return this.#place;
  }
  get dialog(): OpenDialog | undefined {
    return this.#dialog;
  }
  /** Which pane of the settings was asked for. */
  get pane(): Tab | undefined {
    return this.#pane;
  }

  /** Nothing has ever landed: the moment to tell how it gets here. */
  get firstStart(): boolean {
    return (
      this.live.sidebar?.assets === 0 && !this.filter.at && !this.filter.narrowed && this.gallery.total === 0
    );
  }

  /** In the place of the gallery it is told how pictures get here; whoever is in the middle of it is not interrupted. */
  get welcoming(): boolean {
    const playing = this.live.status?.demo.running ?? true;
    return !playing && (this.firstStart || (this.first.begun && this.first.done === false));
  }

  /** Something is selected or visited that an inspector can show. */
  get inHand(): boolean {
    if (this.#place === 'gallery')
      return this.selection.cursorId !== undefined || this.inspector.asset !== undefined;
    return this.#place === 'events' && (this.events.picked !== undefined || this.#visiting);
  }

  /** The inspector is to be seen. */
  get inspecting(): boolean {
    if (this.room.sheet) return this.#sheet && this.inHand;
    const waiting = this.#place === 'gallery' && !this.welcoming && this.gallery.total > 0 && this.room.ample;
    return this.inspector.open && (this.inHand || waiting);
  }

  inspect(open: boolean): void {
    if (this.room.sheet) this.#sheet = open;
    else this.inspector.open = open;
  }

  /** Shows an asset in Events that no line was picked for. */
  set visiting(visiting: boolean) {
    this.#visiting = visiting;
  }

  /** What an export would mean by "selected" and by "the search" at this moment. */
  get choice(): Choice {
    return {
      selectedIds: this.selection.all ? 'all in the search' : [...this.selection.ids],
      filter: this.filter.params,
      events: this.eventFilter,
      deliveries: this.deliveries.filter,
    };
  }

  /** What lies nearest to be exported: what is selected, or else what is shown. */
  get nearest(): Scope {
    if (this.#place === 'events') return 'events';
    if (this.#place !== 'gallery') return 'deliveries';
    return this.selection.count > 0 ? 'selection' : this.filter.narrowed ? 'search' : 'all';
  }

  go(place: Place): void {
    const from = this.#place;
    this.#place = place;
    this.#visiting = false;
    if (place === 'events') {
      // What happened is told under the versions; another tab that is picked there stays.
      if (from !== 'events') this.inspector.tab = 'versions';
      void this.eventChoice.load();
    } else if (place !== 'gallery') this.showDeliveries(place === 'deliveries' ? {} : { outcome: place });
    // On the table an asset is as it is, whichever event it was visited by.
    else if (from !== 'gallery') void this.inspector.choose(undefined);
  }

  showDeliveries(filter: LogFilter): void {
    const { outcome } = filter;
    this.#place = outcome === 'duplicate' || outcome === 'unreadable' ? outcome : 'deliveries';
    void this.deliveries.open(filter);
  }

  /** Which events are listed: the menus' choice, within the marked span, and none that is still to come. */
  get eventFilter(): EventFilter {
    const span = this.strip.span && iso(this.strip.span);
    const { at } = this.filter;
    // The end is not part of a span, but what happened at the very moment is part of looking back to it.
    const last = at && new Date(Date.parse(at) + 1).toISOString();
    const until = span && last ? (span.until < last ? span.until : last) : (span?.until ?? last);
    return { ...this.eventChoice.params, from: span?.from, until };
  }

  /** The asset that somebody came for from outside the page: by a notification or the tray. As it is now. */
  async openAsset(id: string): Promise<void> {
    this.closeDialog();
    this.look.close();
    this.strip.now();
    this.go('gallery');
    this.inspect(true);
    await this.inspector.show(id);
  }

  /** The asset of an event, at the version that the event made. */
  async visit({ asset_id, event_id }: EventLine, open: boolean): Promise<void> {
    if (open) this.inspect(true);
    await this.inspector.show(asset_id, event_id);
  }

  /** The full-size look at what the inspector shows: among the others on the table, or an earlier version alone. */
  async lookCloser(): Promise<void> {
    const { shown, step } = this.inspector;
    if (this.#place === 'gallery' && !step) await this.look.show();
    else if (shown) this.look.showOne({ ...shown, ...step }, shown);
  }

  /** The versions of what the inspector shows, at full size; where there is but one, its picture. */
  async compareOrLook(): Promise<void> {
    const { id } = this.inspector;
    // Whoever is quicker than the answer waits for it, and not for another one.
    const versions = (await this.inspector.there())?.versions.length ?? 0;
    if (versions === 0 || this.inspector.id !== id) return;
    if (versions === 1) return this.lookCloser();
    this.look.close();
    this.inspect(true);
    this.inspector.compare.full = true;
  }

  async search(): Promise<void> {
    const sought = this.sought;
    this.sought = undefined;
    this.selection.forget();
    // What is found comes first: the counts beside it are read from the same answer.
    await this.gallery.open(this.filter.params, sought);
    void this.facets.show(this.filter.params);
  }

  /** Narrows the search to a value that is shown somewhere, and shows what it finds. */
  narrow(term: string): void {
    this.filter.query = narrowed(this.filter.query, term);
    this.go('gallery');
  }

  /** Reads what the selected assets have in common, if there are several and somebody sees it. */
  summarize(): void {
    const { count, all, ids } = this.selection;
    if (this.#place !== 'gallery' || count < 2 || !this.inspecting) {
      this.several.forget();
      return;
    }
    const first = async (limit: number) =>
      all ? await this.gallery.ids(0, Math.min(limit, count)) : [...ids].slice(0, limit);
    untrack(() => void this.several.show(first, this.filter.at));
  }

  /** Takes something of the asset in hand out of the window. */
  async take(what: 'picture' | 'caption' | 'link' | 'page'): Promise<void> {
    const { id, at } = this.inspector;
    if (id === undefined || !this.inHand) return;
    if (what === 'picture') await this.takeAway.copyPicture(id, at);
    else if (what === 'caption') await this.takeAway.copyCaption(id, at);
    else if (what === 'page') await this.takeAway.openInFotoware(id, at);
    else await this.takeAway.copyLink(location.href);
  }

  openSettings(pane?: Tab): void {
    this.#pane = pane;
    this.openDialog('settings');
  }

  /** The steps of the first start once more. */
  connectAgain(): void {
    this.closeDialog();
    this.first.openAgain();
  }

  /** The pretend tenant instead of the steps, which come back when its pictures are gone. */
  async pretend(): Promise<void> {
    this.first.leave();
    await this.demo.act('start');
  }

  openDialog(dialog: OpenDialog): void {
    if (dialog === 'export') {
      this.export.begin(this.nearest);
      void this.export.recall();
    }
    this.#dialog = dialog;
  }

  /** The report of some days, as a sheet. */
  exportReport(days: Days): void {
    this.openDialog('export');
    this.export.beginReport({ from: days.from, until: days.until });
  }

  /** Closes what is open; or only this one, which says that it has closed when another may have its place already. */
  closeDialog(which = this.#dialog): void {
    if (this.#dialog === which) this.#dialog = undefined;
  }

  /** Asks about the two that are selected, also where "all" happens to be two. */
  async askJoin(): Promise<void> {
    const ids = this.selection.all ? await this.gallery.ids(0, 2) : [...this.selection.ids];
    await this.identity.askJoin(ids);
  }

  /** Goes where the asset is that came of a decision. */
  async #decided(id: string): Promise<void> {
    await this.#refresh(null);
    if (this.#place === 'events') {
      if (this.events.picked) await this.visit(this.events.picked, false);
      return;
    }
    const at = this.gallery.indexOf(id);
    if (at !== undefined) await this.selection.only(at);
    await this.inspector.show(id);
  }

  /** A field is called something else, also in what is past. */
  async #renamed(): Promise<void> {
    await Promise.all([
      this.inspector.refresh(null),
      ...(this.#place === 'events' ? [this.events.refresh(null), this.eventChoice.load()] : []),
    ]);
  }

  async #changed(changed: readonly string[] | null, since?: number): Promise<void> {
    await Promise.all([
      this.strip.refresh(),
      this.#logged ? this.deliveries.refresh() : undefined,
      this.reach.refresh(),
      this.first.done === undefined ? this.first.load() : undefined,
      this.first.look(),
      ...(this.filter.at ? [] : [this.#refresh(changed, since)]),
    ]);
    void this.searches.refresh();
    if (!this.filter.at) void this.facets.refresh();
  }

  /** Looking back is looking at what was: what happens now disturbs none of it. */
  async #refresh(changed: readonly string[] | null, since?: number): Promise<void> {
    await Promise.all([
      this.gallery.refresh(changed, since).then(() => this.selection.follow()),
      this.inspector.refresh(changed),
      this.#place === 'events' ? this.events.refresh(changed) : undefined,
    ]);
  }

  async #lookBack(at: string | undefined): Promise<void> {
    this.filter.at = at;
    await Promise.all([
      this.gallery.travel(this.filter.params, this.selection.inHand).then(() => this.selection.follow()),
      this.live.lookBack(at),
      this.inspector.lookBack(at),
    ]);
    void this.facets.show(this.filter.params);
  }

  get #logged(): boolean {
    return this.#place !== 'gallery' && this.#place !== 'events';
  }
}
