/** Which colours the window has: the system's choice, or one that the reader made here. This window remembers it. */
import { recall, remember } from './memory';

const THEMES = ['system', 'light', 'dark', 'contrast'] as const;

export type ThemeName = (typeof THEMES)[number];

export class Theme {
  readonly #root: HTMLElement;
  #name = $state<ThemeName>('system');

  constructor(root: HTMLElement) {
    this.#root = root;
    const remembered = recall('theme');
    this.#name = THEMES.find((name) => name === remembered) ?? 'system';
    this.#apply();
  }

  get name(): ThemeName {
    return this.#name;
  }
  set name(name: ThemeName) {
    this.#name = name;
    remember('theme', name);
    this.#apply();
  }

  /** `app.css` has the colours of each. Without a name they are those that the system asks for. */
  #apply(): void {
    if (this.#name === 'system') delete this.#root.dataset.theme;
    else this.#root.dataset.theme = this.#name;
  }
}
