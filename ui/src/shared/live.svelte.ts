/**
 * What goes on: the status line's and the sidebar's figures, kept fresh by one long poll. Tells whoever listens which
 * assets changed, and says calmly when the connection is gone; it comes back by itself.
 */
import { type Api, wasAborted } from '../api/client';
import type { Sidebar, Status } from '../api/types';

const WAIT_MS = 25_000;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;

export type Listener = (changed: readonly string[] | null) => void;

export class Live {
  readonly #api: Api;
  readonly #onChange: Listener;
  readonly #pause: (ms: number, signal: AbortSignal) => Promise<void>;
  #status = $state.raw<Status>();
  #sidebar = $state.raw<Sidebar>();
  #lost = $state(false);
  #stop = new AbortController();

  constructor(api: Api, onChange: Listener, pause = sleep) {
    this.#api = api;
    this.#onChange = onChange;
    this.#pause = pause;
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

  async run(): Promise<void> {
    const { signal } = this.#stop;
    let revision: number | undefined;
    let failures = 0;
    while (!signal.aborted) {
      try {
        const changes =
          revision === undefined ? undefined : await this.#api.changes(revision, WAIT_MS, signal);
        const moved = changes?.revision !== revision || failures > 0;
        const [status, sidebar] = await Promise.all([this.#api.status(signal), this.#api.sidebar(signal)]);
        this.#status = status;
        this.#sidebar = sidebar;
        this.#lost = false;
        if (moved || changes === undefined) this.#onChange(changes?.asset_ids ?? null);
        revision = changes?.revision ?? Math.min(status.revision, sidebar.revision);
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
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
