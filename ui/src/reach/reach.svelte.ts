/**
 * How Fotoware reaches this computer. What somebody looks at, types or picks is a draft, and opens nothing before it is
 * put to use: a click on the wrong way must not end a tunnel that works.
 */
import type { Api } from '../api/client';
import type { Reachable, ReachCheck, ReachSettings, ReachWay, Status, TunnelName } from '../api/types';
import { pause } from '../shared/pause';

/** A flood of notices asks no more often than this. */
const BREATH_MS = 1000;

export type Doing = 'way' | 'check' | 'pause' | TunnelName;

export class Reach {
  readonly #api: Api;
  readonly #took: (status: Status) => void;
  readonly #pause: (ms: number) => Promise<void>;
  #now = $state.raw<Reachable>();
  #choice = $state.raw<ReachSettings>();
  #problem = $state.raw<unknown>();
  #doing = $state<Doing>();
  #shown = $state<ReachWay>();
  #address = $state<string>();
  #url = $state<string>();
  #again = false;
  #loading: Promise<void> | undefined;

  constructor(api: Api, took: (status: Status) => void, wait: (ms: number) => Promise<void> = pause) {
    this.#api = api;
    this.#took = took;
    this.#pause = wait;
  }

  get now(): Reachable | undefined {
    return this.#now;
  }
  /** What was refused when it was tried last. What is wrong with the way itself is told by `now`. */
  get problem(): unknown {
    return this.#problem;
  }
  get doing(): Doing | undefined {
    return this.#doing;
  }

  /** The way that is looked at, which need not be the one in use. */
  get shown(): ReachWay | undefined {
    return this.#shown ?? this.#now?.way;
  }
  set shown(way: ReachWay) {
    this.#shown = way;
    this.#address = undefined;
    this.#problem = undefined;
  }

  /** One of this computer's addresses; empty leaves it to the command line. */
  get address(): string {
    // Where one way listens is no wish for another.
    const chosen = this.shown === this.#choice?.way ? this.#choice?.address : undefined;
    return this.#address ?? chosen ?? '';
  }
  set address(address: string) {
    this.#address = address;
  }

  get url(): string {
    return this.#url ?? this.#choice?.public_url ?? '';
  }
  set url(url: string) {
    this.#url = url;
  }

  /** Whether the draft says something else than what is in use, and enough to be used. */
  get usable(): boolean {
    const choice = this.#choice;
    const address = this.address || null;
    if (!choice) return false;
    switch (this.shown) {
      case 'this_computer':
        return choice.way !== 'this_computer';
      case 'this_network':
        return address !== null && (choice.way !== 'this_network' || address !== (choice.address ?? null));
      case 'own_url': {
        const url = this.url.trim();
        const other = url !== (choice.public_url ?? '') || address !== (choice.address ?? null);
        return url !== '' && (choice.way !== 'own_url' || other);
      }
      default:
        return false;
    }
  }

  /** Puts the draft to use. A tunnel is put to use by starting it. */
  use(): Promise<boolean> {
    const [choice, way] = [this.#choice, this.shown];
    if (!choice || !way || !this.usable) return Promise.resolve(false);
    const placed = way === 'this_network' || way === 'own_url';
    const public_url = way === 'own_url' ? this.url.trim() : choice.public_url;
    const reach = { ...choice, way, address: placed ? this.address || null : null, public_url };
    return this.#do('way', async () => {
      await this.#api.saveSettings({ reach });
      this.#forgetDraft();
      await this.#load();
    });
  }

  turn(name: TunnelName, on: boolean): Promise<boolean> {
    return this.#do(name, async () => {
      this.#now = await this.#api.turnTunnel(name, on);
      this.#forgetDraft();
      await this.#load();
    });
  }

  /** Answers whether the delivery came round. */
  async check(): Promise<boolean> {
    let found: ReachCheck | undefined;
    await this.#do('check', async () => {
      found = await this.#api.checkReach();
      await this.#load();
    });
    return found?.state === 'arrived';
  }

  pause(on: boolean): Promise<boolean> {
    return this.#do('pause', async () => this.#took(await this.#api.pause(on)));
  }

  /** Looks again, and once more if somebody asks meanwhile. Who is not answered keeps what was known. */
  refresh(): Promise<void> {
    this.#again = true;
    this.#loading ??= this.#catchUp().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #catchUp(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      await this.#load().catch(() => undefined);
      if (this.#again) await this.#pause(BREATH_MS);
    }
  }

  async #load(): Promise<void> {
    const [now, settings] = await Promise.all([this.#api.reach(), this.#api.settings()]);
    this.#now = now;
    this.#choice = settings.reach;
  }

  #forgetDraft(): void {
    this.#shown = undefined;
    this.#address = undefined;
    this.#url = undefined;
  }

  async #do(what: Doing, act: () => Promise<void>): Promise<boolean> {
    if (this.#doing) return false;
    this.#doing = what;
    this.#problem = undefined;
    try {
      await act();
      return true;
    } catch (error) {
      this.#problem = error;
      return false;
    } finally {
      this.#doing = undefined;
    }
  }
}
