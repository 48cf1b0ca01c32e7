/** Keeps the address and what is shown the same: writes the one when the other changes, and follows Back and links. */
import type { AppState } from './app-state.svelte';
import { addressOf, isAStep, type View, viewAt } from './shared/view-address';

export class ViewHistory {
  readonly #app: AppState;
  #last: View | undefined;

  constructor(app: AppState) {
    this.#app = app;
  }

  /** Shows what the address asks for, and from then on follows it. Returns how to follow no more. */
  follow(): () => void {
    const open = () => {
      const view = viewAt(location.hash);
      this.#last = view;
      void this.#app.show(view);
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
}
