/**
 * What the window shows, as the part of its address behind the `#`. It names no host and no port, so the window and
 * `lysbord serve` open the same ones. Pure: who follows the address is `view-history.svelte.ts`.
 */
import type { Arrival, Change, FilterParams, LogFilter } from '../api/types';
import { text } from '../text';

/** The gallery, what happened, and the log of what arrived: all of it, or one outcome. */
export type Place = 'gallery' | 'events' | 'deliveries' | 'duplicate' | 'unreadable';

export interface View {
  readonly place: Place;
  readonly query?: string | undefined;
  readonly archive?: string | undefined;
  readonly change?: Change | undefined;
  readonly state?: FilterParams['state'];
  readonly sort?: FilterParams['sort'];
  /** The kind of notice, and the key of the field that changed: Events only. */
  readonly kind?: string | undefined;
  readonly field?: string | undefined;
  /** The marked span of time, as ISO 8601. */
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  /** The moment that is looked back to, as ISO 8601. */
  readonly at?: string | undefined;
  readonly asset?: string | undefined;
  /** The event whose version of the asset is shown. */
  readonly version?: string | undefined;
  readonly delivery?: number | undefined;
  /** How the notice came: Events only. */
  readonly arrival?: Arrival | undefined;
  /** What became of a delivery: Deliveries only. */
  readonly outcome?: LogFilter['outcome'];
}

const PATHS: Record<Place, string> = {
  gallery: 'assets',
  events: 'events',
  deliveries: 'deliveries',
  duplicate: 'deliveries/duplicates',
  unreadable: 'deliveries/unreadable',
};
const LISTED = [
  'query',
  'archive',
  'change',
  'state',
  'sort',
  'kind',
  'field',
  'from',
  'until',
  'at',
  'asset',
  'version',
  'outcome',
  'arrival',
] as const;
const ARRIVALS = ['late', 'repeated'] as const;
const STATES = ['present', 'deleted', 'missing'] as const;
const SORTS = ['newest', 'name'] as const;

export function addressOf(view: View): string {
  const query = new URLSearchParams();
  for (const name of LISTED) {
    const value = view[name];
    if (value && !(name === 'sort' && value === 'newest')) query.set(name, value);
  }
  if (view.delivery !== undefined) query.set('delivery', String(view.delivery));
  const search = query.toString();
  return `#/${PATHS[view.place]}${search ? `?${search}` : ''}`;
}

/** What an address asks for. What it does not understand is left out; without a place it is the gallery. */
export function viewAt(address: string): View {
  const [path = '', search = ''] = address.replace(/^#?\/?/, '').split('?', 2);
  const query = new URLSearchParams(search);
  const value = (name: string) => query.get(name) || undefined;
  const moment = (name: string) => {
    const at = Date.parse(value(name) ?? '');
    return Number.isNaN(at) ? undefined : new Date(at).toISOString();
  };
  const places = Object.entries(PATHS) as [Place, string][];
  const delivery = Number(value('delivery') ?? Number.NaN);
  const outcome = value('outcome');
  const change = value('change');
  return {
    place: places.find(([, known]) => known === path)?.[0] ?? 'gallery',
    query: value('query'),
    archive: value('archive'),
    change: change !== undefined && change in text.changes ? (change as Change) : undefined,
    state: STATES.find((known) => known === value('state')),
    sort: SORTS.find((known) => known === value('sort')),
    kind: value('kind'),
    field: value('field'),
    from: moment('from'),
    until: moment('until'),
    at: moment('at'),
    arrival: ARRIVALS.find((known) => known === value('arrival')),
    asset: value('asset'),
    version: value('version'),
    delivery: Number.isSafeInteger(delivery) ? delivery : undefined,
    outcome:
      outcome !== undefined && outcome in text.deliveries.outcomes
        ? (outcome as LogFilter['outcome'])
        : undefined,
  };
}

/**
 * Whether Back is to lead from the second view to the first. It does from place to place, from filter to filter and from
 * an asset to what it was opened from; not letter by letter of a search, nor from tile to tile of a walk.
 */
export function isAStep(before: View, after: View): boolean {
  const steps = [
    'place',
    'archive',
    'change',
    'state',
    'sort',
    'kind',
    'field',
    'outcome',
    'arrival',
  ] as const;
  if (steps.some((name) => (before[name] ?? '') !== (after[name] ?? ''))) return true;
  const opened = (name: 'asset' | 'version' | 'at' | 'from' | 'query' | 'delivery') =>
    (before[name] === undefined) !== (after[name] === undefined);
  return (
    opened('asset') ||
    opened('version') ||
    opened('at') ||
    opened('from') ||
    opened('query') ||
    opened('delivery')
  );
}
