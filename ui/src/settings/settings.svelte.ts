/** What the person may decide. Each change is sent when it is made; a refused one leaves the old value standing. */
import type { Api } from '../api/client';
import type { Background, Notifications, Settings, SettingsChange, Status } from '../api/types';

export class SettingsForm {
  readonly #api: Api;
  readonly #took: (status: Status) => void;
  readonly #showInFolder: (path: string) => Promise<void>;
  #settings = $state.raw<Settings>();
  #problem = $state.raw<unknown>();
  #saved = $state(false);

  constructor(api: Api, took: (status: Status) => void, showInFolder: (path: string) => Promise<void>) {
    this.#api = api;
    this.#showInFolder = showInFolder;
    this.#took = took;
  }

  get settings(): Settings | undefined {
    return this.#settings;
  }
  get problem(): unknown {
    return this.#problem;
  }
  get saved(): boolean {
    return this.#saved;
  }

  async load(): Promise<void> {
    await this.#try(async () => {
      this.#settings = await this.#api.settings();
    });
    this.#saved = false;
  }

  addTenant(url: string): Promise<boolean> {
    return this.#save(({ tenants }) => ({ tenants: [...tenants, url.trim()] }));
  }

  removeTenant(url: string): Promise<boolean> {
    return this.#save(({ tenants }) => ({ tenants: tenants.filter((other) => other !== url) }));
  }

  setLarge(large_px: number): Promise<boolean> {
    return this.#save(() => ({ large_px }));
  }

  setBackground(change: Partial<Background>): Promise<boolean> {
    return this.#save(({ background }) => ({ background: { ...background, ...change } }));
  }

  setNotifications(change: Partial<Notifications>): Promise<boolean> {
    return this.#save(({ notifications }) => ({ notifications: { ...notifications, ...change } }));
  }

  renewSecret(): Promise<boolean> {
    return this.#try(async () => this.#took(await this.#api.renewSecret()));
  }

  /** Begins; how far it is comes with the status. */
  rebuild(): Promise<boolean> {
    return this.#try(async () => {
      await this.#api.rebuild();
      this.#took(await this.#api.status());
    });
  }

  async showInFolder(path: string): Promise<void> {
    await this.#try(() => this.#showInFolder(path));
    this.#saved = false;
  }

  /** Only what changes is sent: the rest may have been changed elsewhere meanwhile. */
  async #save(change: (settings: Settings) => SettingsChange): Promise<boolean> {
    const before = this.#settings;
    if (!before) return false;
    return this.#try(async () => {
      this.#settings = await this.#api.saveSettings(change(before));
    });
  }

  async #try(act: () => Promise<void>): Promise<boolean> {
    this.#problem = undefined;
    this.#saved = false;
    try {
      await act();
      this.#saved = true;
    } catch (error) {
      this.#problem = error;
    }
    return this.#saved;
  }
}
