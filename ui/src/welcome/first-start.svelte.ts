/**
 * The four steps of the first start, and what waits at their end: a notice from Fotoware. Somebody who is in the middle
 * of them is not taken away when the first picture lands.
 */
import type { Api } from '../api/client';
import type { AssetDetail, Delivery } from '../api/types';

export const STEPS = ['tenant', 'way', 'hooks', 'check'] as const;
export type StepName = (typeof STEPS)[number];

/** What came in, and the asset that it made, as soon as there is one. */
export interface Notice {
  readonly delivery: Delivery;
  readonly asset?: AssetDetail;
}

export class FirstStart {
  readonly #api: Api;
  #done = $state<boolean>();
  #begun = $state(false);
  #again = $state(false);
  #at = $state(0);
  #notice = $state.raw<Notice>();
  #earlier = $state(false);
  /** The delivery that was the latest when the steps began; what is later is what is waited for. */
  #latest: Promise<number> | undefined;

  constructor(api: Api) {
    this.#api = api;
  }

  /** Whether the steps were gone through or skipped; unknown until the settings are read. */
  get done(): boolean | undefined {
    return this.#done;
  }
  /** Somebody is in the middle of the steps, and they stand in the place of the gallery. */
  get begun(): boolean {
    return this.#begun;
  }
  /** They are gone through once more, over whatever is shown. */
  get again(): boolean {
    return this.#again;
  }
  get at(): number {
    return this.#at;
  }
  get step(): StepName {
    return STEPS[this.#at] ?? 'check';
  }
  get notice(): Notice | undefined {
    return this.#notice;
  }
  /** What was waited for is there. What cannot be read is told, and waited on from. */
  get arrived(): boolean {
    return this.#notice !== undefined && this.#notice.delivery.outcome !== 'unreadable';
  }
  /** Whether notices had come before the steps began. */
  get earlier(): boolean {
    return this.#earlier;
  }

  async load(): Promise<void> {
    try {
      this.#done = (await this.#api.settings()).first_start_done;
    } catch {
      // Asked again when the connection is back.
    }
  }

  go(to: number): void {
    this.#begun ||= !this.#again;
    this.#latest ??= this.#newest();
    this.#at = Math.min(Math.max(to, 0), STEPS.length - 1);
  }

  openAgain(): void {
    this.#reset();
    this.#again = true;
    this.go(0);
  }

  /** Leaves them for now, as for the pretend tenant. They come back with an empty table. */
  leave(): void {
    this.#reset();
  }

  /** They were gone through or skipped, and do not come by themselves any more. */
  async finish(): Promise<void> {
    this.#reset();
    if (this.#done) return;
    this.#done = true;
    await this.#api.saveSettings({ first_start_done: true }).catch(() => undefined);
  }

  /** Something happened: perhaps what is waited for. */
  async look(): Promise<void> {
    if (this.#latest === undefined) return;
    try {
      await this.#lookAfter(await this.#latest);
    } catch {
      // Looked for again when the next thing happens.
    }
  }

  async #lookAfter(latest: number): Promise<void> {
    const known = this.#notice;
    if (known && this.arrived) return this.#complete(known);
    const { items } = await this.#api.deliveries({}, { limit: 100 });
    const came = items.filter(({ id }) => id > latest).toReversed();
    const delivery = came.find(({ outcome }) => outcome !== 'unreadable') ?? came.at(-1);
    if (!delivery) return;
    this.#notice = { delivery };
    await this.#complete(this.#notice);
  }

  /** The asset follows its delivery, and its picture follows both. */
  async #complete(notice: Notice): Promise<void> {
    const { id, asset_id } = notice.delivery;
    if (notice.asset?.thumbnail.state === 'kept') return;
    const listed = asset_id ? undefined : await this.#api.deliveries({}, { limit: 100 });
    const delivery = listed?.items.find((other) => other.id === id) ?? notice.delivery;
    const asset = delivery.asset_id ? await this.#api.asset(delivery.asset_id) : undefined;
    if (this.#notice === notice) this.#notice = { delivery, asset };
  }

  async #newest(): Promise<number> {
    try {
      const [newest] = (await this.#api.deliveries({}, { limit: 100 })).items;
      this.#earlier = newest !== undefined;
      return newest?.id ?? 0;
    } catch {
      return 0;
    }
  }

  #reset(): void {
    this.#begun = false;
    this.#again = false;
    this.#at = 0;
    this.#latest = undefined;
    this.#notice = undefined;
    this.#earlier = false;
  }
}
