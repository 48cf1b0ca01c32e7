/** Keeps the address and what is shown the same: writes the one when the other changes, and follows Back and links. */
import { tick } from 'svelte';
import type { LogFilter } from './api/types';
import type { AppState } from './app-state.svelte';
import { addressOf, isAStep, type View, viewAt } from './shared/view-address';
import { text } from './text';
import { iso } from './time/strip.svelte';

export class ViewHistory {
  readonly #app: AppState;
  #last: View | undefined;
  /** What an address asks for is not yet all there, so the address is left as it is. */
  #showing = $state(false);

  constructor(app: AppState) {
    this.#app = app;
  }

  /** Shows what the address asks for, and from then on follows it. Returns how to follow no more. */
  follow(): () => void {
    const open = () => {
      const view = viewAt(location.hash);
      this.#last = view;
      void this.show(view);
    };
    open();
    addEventListener('popstate', open);
    return () => removeEventListener('popstate', open);
  }

  /** Writes down what is shown now. */
  write(view: View): void {
    const address = addressOf(view);
    const last = this.#last;
    this.#last = view;
    if (location.hash === address || (location.hash === '' && address === '#/assets')) return;
    if (last && isAStep(last, view)) history.pushState(null, '', address);
    else history.replaceState(null, '', address);
  }

  /** What is shown, in the words of an address. Nothing while what the last address asked for is still on its way. */
  get view(): View | undefined {
    if (this.#showing) return undefined;
    const place = this.#app.place;
    const { at } = this.#app.filter;
    const asset = this.#app.inHand ? this.#app.inspector.id : undefined;
    const version = asset && this.#app.inspector.event;
    const span = this.#app.strip.span && iso(this.#app.strip.span);
    if (place === 'gallery') {
      const { query, archive, change, state, sort } = this.#app.filter.search;
      return { place, query, archive, change, state, sort, ...span, at, asset, version };
    }
    if (place === 'events') {
      const { query, archive, change, kind, field, arrival } = this.#app.eventChoice;
      return {
        place,
        query: query || undefined,
        archive,
        change,
        kind,
        field,
        arrival,
        ...span,
        at,
        asset,
        version,
      };
    }
    const { filter, picked } = this.#app.deliveries;
    const { query, kind, from, until, outcome } = filter;
    // Two of the outcomes are places of their own.
    const other = outcome === place ? undefined : outcome;
    return { place, query, kind, from, until, asset: filter.asset, outcome: other, delivery: picked };
  }

  /** What the window is called while it shows this. */
  get title(): string {
    const { asset } = this.#app.inspector;
    const name = this.#app.inHand && asset ? asset.title || asset.filename : undefined;
    return text.title([name, text.places[this.#app.place]]);
  }

  /** Shows what an address asks for. */
  async show(view: View): Promise<void> {
    this.#showing = true;
    try {
      const { place, asset, version } = view;
      this.#app.strip.lookBack(view.at === undefined ? undefined : Date.parse(view.at));
      if (place === 'events') this.#app.eventChoice.set(view);
      const before = JSON.stringify(this.#app.filter.search);
      if (place === 'gallery') {
        this.#app.filter.only(view);
        this.#app.filter.sort = view.sort ?? 'newest';
      }
      if (place === 'gallery' || place === 'events') {
        const { from, until } = view;
        const span = from && until ? { from, until } : undefined;
        this.#app.strip.mark(span && { from: Date.parse(span.from), until: Date.parse(span.until) });
        // The strip hands on what is drawn after a while; what an address asks for is known at once.
        this.#app.filter.span = span;
      }
      if (place === 'gallery' || place === 'events') {
        if (place !== this.#app.place) this.#app.go(place);
      } else this.#showLog(view);
      if (place === 'gallery') {
        // The search that the filter sets off in the window begins where the asset is.
        this.#app.sought = asset;
        const same = JSON.stringify(this.#app.filter.search) === before && this.#app.gallery.opened;
        if (same && asset === undefined) this.#app.selection.forget();
        else if (same && this.#app.gallery.indexOf(asset ?? '') === undefined) await this.#app.search();
        await tick();
        await this.#app.gallery.settled();
        const index = asset === undefined ? undefined : this.#app.gallery.indexOf(asset);
        if (index !== undefined) {
          await this.#app.selection.only(index);
          this.#app.gallery.view.reveal(index);
        }
        this.#app.sought = undefined;
      }
      await tick();
      this.#app.visiting = place === 'events' && asset !== undefined;
      if (place === 'gallery' || place === 'events') await this.#app.inspector.show(asset, version);
      if (version === undefined && this.#app.inspector.event !== undefined)
        await this.#app.inspector.choose(undefined);
    } finally {
      this.#showing = false;
    }
  }

  #showLog({ place, query, kind, from, until, asset, outcome, delivery }: View): void {
    const { deliveries } = this.#app;
    if (delivery === undefined) deliveries.leave();
    else if (delivery !== deliveries.picked) deliveries.pick(delivery);
    const filter = {
      query,
      kind,
      from,
      until,
      asset,
      outcome: place === 'duplicate' || place === 'unreadable' ? place : outcome,
    };
    if (place !== this.#app.place || JSON.stringify(filter) !== JSON.stringify(inOrder(deliveries.filter)))
      this.#app.showDeliveries(filter);
  }
}

/** So that two that ask the same are written the same. */
function inOrder({ query, kind, from, until, asset, outcome }: LogFilter): LogFilter {
  return { query, kind, from, until, asset, outcome };
}
