/** Every call the window makes, one function each. The stores take this object, so their tests hand them another. */
import createClient from 'openapi-fetch';
import type { paths } from './schema';
import type {
  Activity,
  AssetDetail,
  AssetPage,
  BodyDiff,
  Changes,
  Comparison,
  CountedSearch,
  Decision,
  DeliveryDetail,
  DeliveryPage,
  EventFilter,
  EventOutline,
  EventPage,
  ExportableColumn,
  ExportJob,
  ExportRequest,
  Facet,
  FilterOptions,
  FilterParams,
  Gallery,
  Histogram,
  Import,
  LogFilter,
  Mark,
  NamedField,
  Reachable,
  ReachCheck,
  Resent,
  SavedSearch,
  Settings,
  SettingsChange,
  Sidebar,
  Status,
  Suggestions,
  TunnelName,
} from './types';

/** A refusal in the server's own words; `code` is for the program, the rest is for people. */
export class Refusal extends Error {
  constructor(
    readonly code: string,
    readonly title: string,
    readonly detail: string,
  ) {
    super(title);
  }
}

export interface Api {
  status(signal?: AbortSignal): Promise<Status>;
  sidebar(at?: string, signal?: AbortSignal): Promise<Sidebar>;
  changes(since: number, waitMs: number, signal?: AbortSignal): Promise<Changes>;
  gallery(filter: FilterParams, anchor: string | undefined, signal?: AbortSignal): Promise<Gallery>;
  assets(filter: FilterParams, offset: number, limit: number, signal?: AbortSignal): Promise<AssetPage>;
  assetIds(filter: FilterParams, offset: number, limit: number, signal?: AbortSignal): Promise<string[]>;
  /** What a term may go on with, as far as it is typed. */
  suggestions(term: string, signal?: AbortSignal): Promise<Suggestions>;
  facets(filter: FilterParams, signal?: AbortSignal): Promise<Facet[]>;
  searches(): Promise<CountedSearch[]>;
  /** Keeps these instead of those before. */
  saveSearches(searches: readonly SavedSearch[]): Promise<CountedSearch[]>;
  /** The asset as it is, or as it was at a moment. */
  asset(id: string, at?: string, signal?: AbortSignal): Promise<AssetDetail>;
  compare(id: string, before: string, after: string, signal?: AbortSignal): Promise<Comparison>;
  /** Makes one asset of these, and says which. */
  join(ids: readonly string[]): Promise<string>;
  /** Makes an asset of its own of this step and all later ones; answers with what stays and what goes. */
  split(id: string, eventId: string): Promise<string[]>;
  decisions(signal?: AbortSignal): Promise<Decision[]>;
  takeBack(decision: Decision['id']): Promise<void>;
  imports(signal?: AbortSignal): Promise<Import[]>;
  takeImportBack(id: Import['id']): Promise<void>;
  fields(signal?: AbortSignal): Promise<NamedField[]>;
  /** No name gives the field its default one back. */
  nameField(id: number, label: string | null): Promise<NamedField>;
  /** The page at a mark of the outline. */
  events(filter: EventFilter, mark: Mark, signal?: AbortSignal): Promise<EventPage>;
  eventOutline(filter: EventFilter, signal?: AbortSignal): Promise<EventOutline>;
  /** What happened on these days, both included, counted. */
  activity(from: string, until: string, tz: string): Promise<Activity>;
  eventChoices(signal?: AbortSignal): Promise<FilterOptions>;
  histogram(buckets: number, from?: string, until?: string, signal?: AbortSignal): Promise<Histogram>;
  /** A page that begins at a number in the list, or the one on which a delivery stands. */
  deliveries(
    filter: LogFilter,
    part: { readonly offset?: number; readonly around?: number; readonly limit: number },
    signal?: AbortSignal,
  ): Promise<DeliveryPage>;
  delivery(id: number, signal?: AbortSignal): Promise<DeliveryDetail>;
  /** How the body of a delivery differs from that of an older one. */
  deliveryDifference(id: number, older: number, signal?: AbortSignal): Promise<BodyDiff>;
  resend(id: number, url: string): Promise<Resent>;
  /** The command that sends it to this address, as words to copy. */
  curl(id: number, url: string): Promise<string>;
  settings(signal?: AbortSignal): Promise<Settings>;
  /** What is left out stays as it is. */
  saveSettings(change: SettingsChange): Promise<Settings>;
  renewSecret(): Promise<Status>;
  reach(signal?: AbortSignal): Promise<Reachable>;
  /** Sends a marked delivery round by the public address, and tells what became of it. */
  checkReach(): Promise<ReachCheck>;
  turnTunnel(name: TunnelName, on: boolean): Promise<Reachable>;
  /** While it is on, Fotoware is asked to come again. */
  pause(on: boolean): Promise<Status>;
  rebuild(): Promise<void>;
  demo(action: 'start' | 'stop' | 'remove'): Promise<Status>;
  /** Which columns the rows of an export may have. */
  exportColumns(what: ExportRequest['what']): Promise<ExportableColumn[]>;
  /** How many rows an export would have. */
  countExport(request: ExportRequest, signal?: AbortSignal): Promise<number>;
  startExport(request: ExportRequest): Promise<ExportJob>;
  exportJob(id: string, signal?: AbortSignal): Promise<ExportJob>;
  cancelExport(id: string): Promise<void>;
}

export const EVENTS_A_PAGE = 100;

const http = createClient<paths>();
const zone = () => ({ tz: Intl.DateTimeFormat().resolvedOptions().timeZone });

export const api: Api = {
  status: (signal) => answer(http.GET('/api/status', { signal })),
  sidebar: (at, signal) => answer(http.GET('/api/sidebar', { params: { query: { at } }, signal })),
  changes: (since, wait_ms, signal) =>
    answer(http.GET('/api/changes', { params: { query: { since, wait_ms } }, signal })),
  gallery: (filter, anchor, signal) =>
    answer(http.GET('/api/gallery', { params: { query: { ...filter, anchor } }, signal })),
  assets: (filter, offset, limit, signal) =>
    answer(http.GET('/api/assets', { params: { query: { ...filter, offset, limit } }, signal })),
  assetIds: async (filter, offset, limit, signal) =>
    (await answer(http.GET('/api/assets/ids', { params: { query: { ...filter, offset, limit } }, signal })))
      .ids,
  suggestions: (term, signal) =>
    answer(http.GET('/api/suggestions', { params: { query: { term } }, signal })),
  facets: async (filter, signal) =>
    (await answer(http.GET('/api/facets', { params: { query: filter }, signal }))).items,
  searches: async () => (await answer(http.GET('/api/searches', { params: { query: zone() } }))).items,
  saveSearches: async (searches) =>
    (await answer(http.PUT('/api/searches', { params: { query: zone() }, body: { items: [...searches] } })))
      .items,
  asset: (id, at, signal) =>
    answer(http.GET('/api/assets/{id}', { params: { path: { id }, query: { at } }, signal })),
  compare: (id, before, after, signal) =>
    answer(
      http.GET('/api/assets/{id}/compare', {
        params: { path: { id }, query: { old: before, new: after } },
        signal,
      }),
    ),
  join: async (ids) => (await answer(http.POST('/api/assets/join', { body: { ids: [...ids] } }))).id,
  split: async (id, event_id) =>
    (await answer(http.POST('/api/assets/{id}/split', { params: { path: { id } }, body: { event_id } }))).ids,
  decisions: async (signal) => (await answer(http.GET('/api/decisions', { signal }))).items,
  takeBack: (id) => done(http.DELETE('/api/decisions/{id}', { params: { path: { id } } })),
  imports: async (signal) => (await answer(http.GET('/api/imports', { signal }))).items,
  takeImportBack: (id) => done(http.DELETE('/api/imports/{id}', { params: { path: { id } } })),
  fields: async (signal) => (await answer(http.GET('/api/fields', { signal }))).items,
  nameField: (id, label) =>
    answer(http.PUT('/api/fields/{id}', { params: { path: { id } }, body: { label } })),
  events: (filter, { created_ms, skip }, signal) =>
    answer(
      http.GET('/api/events', {
        params: { query: { ...filter, at_ms: created_ms, skip, limit: EVENTS_A_PAGE } },
        signal,
      }),
    ),
  eventOutline: (filter, signal) =>
    answer(
      http.GET('/api/events/outline', { params: { query: { ...filter, limit: EVENTS_A_PAGE } }, signal }),
    ),
  activity: (from, until, tz) =>
    answer(http.GET('/api/activity', { params: { query: { from, until, tz } } })),
  eventChoices: (signal) => answer(http.GET('/api/events/choices', { signal })),
  histogram: (buckets, from, until, signal) =>
    answer(http.GET('/api/histogram', { params: { query: { buckets, from, until } }, signal })),
  deliveries: (filter, part, signal) =>
    answer(http.GET('/api/deliveries', { params: { query: { ...filter, ...part } }, signal })),
  delivery: (id, signal) => answer(http.GET('/api/deliveries/{id}', { params: { path: { id } }, signal })),
  deliveryDifference: (id, older, signal) =>
    answer(
      http.GET('/api/deliveries/{id}/difference', {
        params: { path: { id }, query: { with: older } },
        signal,
      }),
    ),
  resend: (id, url) =>
    answer(http.POST('/api/deliveries/{id}/resend', { params: { path: { id } }, body: { url } })),
  curl: async (id, url) =>
    (await answer(http.GET('/api/deliveries/{id}/curl', { params: { path: { id }, query: { url } } })))
      .command,
  settings: (signal) => answer(http.GET('/api/settings', { signal })),
  saveSettings: (body) => answer(http.PUT('/api/settings', { body })),
  renewSecret: () => answer(http.POST('/api/settings/renew-secret')),
  reach: (signal) => answer(http.GET('/api/reach', { signal })),
  checkReach: () => answer(http.POST('/api/reach/check')),
  turnTunnel: (name, on) => answer(http.POST('/api/reach/tunnel', { body: { name, on } })),
  pause: (on) => answer(http.POST('/api/pause', { body: { on } })),
  rebuild: () => done(http.POST('/api/rebuild')),
  demo: (action) => answer(http.POST(`/api/demo/${action}`)),
  exportColumns: async (what) =>
    (await answer(http.GET('/api/exports/columns', { params: { query: { what } } }))).items,
  countExport: async (body, signal) => (await answer(http.POST('/api/exports/count', { body, signal }))).rows,
  startExport: (body) => answer(http.POST('/api/exports', { body })),
  exportJob: (id, signal) => answer(http.GET('/api/exports/{id}', { params: { path: { id } }, signal })),
  cancelExport: async (id) => {
    await http.DELETE('/api/exports/{id}', { params: { path: { id } } });
  },
};

export function exportFileUrl(id: string): string {
  return `/api/exports/${encodeURIComponent(id)}/file`;
}

export function wasAborted(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

async function answer<T>(call: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await call;
  if (data !== undefined) return data;
  throw refusal(error, response);
}

/** For a call that is answered with nothing but its success. */
async function done(call: Promise<Answer<unknown>>): Promise<void> {
  const { error, response } = await call;
  if (!response.ok) throw refusal(error, response);
}

function refusal(error: unknown, response: Response): Refusal {
  return new Refusal(
    word(error, 'code') ?? String(response.status),
    word(error, 'title') ?? response.statusText,
    word(error, 'detail') ?? '',
  );
}

function word(problem: unknown, key: string): string | undefined {
  if (typeof problem !== 'object' || problem === null) return undefined;
  const value: unknown = Reflect.get(problem, key);
  return typeof value === 'string' ? value : undefined;
}
