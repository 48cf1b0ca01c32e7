/**
 * What goes on: the status line's and the sidebar's figures, kept fresh by one long poll. Tells whoever listens which
 * assets changed, and says calmly when the connection is gone; it comes back by itself.
 */
import { type Api, wasAborted } from '../api/client';
import type { Changes, Sidebar, Status } from '../api/types';
import { pause } from './pause';

const WAIT_MS = 25_000;
/** While the library is made anew its progress is worth asking for, though nothing else moves. */
const REBUILD_WAIT_MS = 500;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;

/** `since` is where the first poll begins: what was read at that revision or later has it all. */
export type Listener = (changed: readonly string[] | null, since?: number) => void;

export class Live {
  readonly #api: Api;
  readonly #onChange: Listener;
  readonly #pause: (ms: number, signal: AbortSignal) => Promise<void>;
  #status = $state.raw<Status>();
  #sidebar = $state.raw<Sidebar>();
  #lost = $state(false);
  #at: string | undefined;
  #stop = new AbortController();
  #waiting: AbortController | undefined;

  constructor(api: Api, onChange: Listener, wait = pause) {
    this.#api = api;
    this.#onChange = onChange;
    this.#pause = wait;
  }

  get status(): Status | undefined {
    return this.#status;
  }
  get sidebar(): Sidebar | undefined {
    return this.#sidebar;
  }
  /** The server does not answer at the moment. */
  get lost(): boolean {
    return this.#lost;
  }

  /** Takes the status that an action answered with, before the next poll would bring it. */
  took(status: Status): void {
    this.#status = status;
  }

  /** Counts the library as it was at a moment. The figures before stay until these are there. */
  async lookBack(at: string | undefined): Promise<void> {
    this.#at = at;
    const sidebar = await this.#api.sidebar(at, this.#stop.signal).catch(() => undefined);
    if (sidebar && this.#at === at) this.#sidebar = sidebar;
  }

  /** Looks at once, because something was begun that is worth watching. */
  hurry(): void {
    this.#waiting?.abort();
  }

  async run(): Promise<void> {
    const { signal } = this.#stop;
    let revision: number | undefined;
    let failures = 0;
    while (!signal.aborted) {
      try {
        const changes = revision === undefined ? undefined : await this.#next(revision, signal);
        const moved = changes?.revision !== revision || failures > 0;
        const at = this.#at;
        const [status, sidebar] = await Promise.all([
          this.#api.status(signal),
          this.#api.sidebar(at, signal),
        ]);
        this.#status = status;
        if (this.#at === at) this.#sidebar = sidebar;
        this.#lost = false;
        const begun = changes === undefined ? Math.min(status.revision, sidebar.revision) : undefined;
        // After a failure it may be another server, which counts anew.
        if (moved || begun !== undefined)
          this.#onChange(changes?.asset_ids ?? null, failures === 0 ? begun : undefined);
        revision = changes?.revision ?? begun;
        failures = 0;
      } catch (error) {
        if (wasAborted(error)) return;
        failures += 1;
        this.#lost = true;
        revision = undefined;
        await this.#pause(Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS), signal);
      }
    }
  }

  stop(): void {
    this.#stop.abort();
  }

  /** Waits for what comes next. Being hurried is hearing that nothing came. */
  async #next(revision: number, signal: AbortSignal): Promise<Changes> {
    this.#waiting = new AbortController();
    const either = AbortSignal.any([signal, this.#waiting.signal]);
    try {
      return await this.#api.changes(revision, this.#status?.rebuild ? REBUILD_WAIT_MS : WAIT_MS, either);
    } catch (error) {
      if (wasAborted(error) && !signal.aborted && this.#waiting.signal.aborted)
        return { revision, asset_ids: [] };
      throw error;
    }
  }
}
