/** Every call the window makes, one function each. The stores take this object, so their tests hand them another. */
import createClient from 'openapi-fetch';
import type { paths } from './schema';
import type {
  AssetDetail,
  AssetPage,
  Changes,
  Delivery,
  DeliveryBody,
  DeliveryPage,
  ExportJob,
  ExportRequest,
  FilterParams,
  Gallery,
  Settings,
  Sidebar,
  Status,
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
  sidebar(signal?: AbortSignal): Promise<Sidebar>;
  changes(since: number, waitMs: number, signal?: AbortSignal): Promise<Changes>;
  gallery(filter: FilterParams, anchor: string | undefined, signal?: AbortSignal): Promise<Gallery>;
  assets(filter: FilterParams, offset: number, limit: number, signal?: AbortSignal): Promise<AssetPage>;
  assetIds(filter: FilterParams, offset: number, limit: number, signal?: AbortSignal): Promise<string[]>;
  asset(id: string, signal?: AbortSignal): Promise<AssetDetail>;
  deliveries(
    outcome: Delivery['outcome'] | undefined,
    before: number | undefined,
    signal?: AbortSignal,
  ): Promise<DeliveryPage>;
  delivery(id: number, signal?: AbortSignal): Promise<DeliveryBody>;
  settings(signal?: AbortSignal): Promise<Settings>;
  saveSettings(settings: Settings): Promise<Settings>;
  renewSecret(): Promise<Status>;
  demo(action: 'start' | 'stop' | 'remove'): Promise<Status>;
  startExport(request: ExportRequest): Promise<ExportJob>;
  exportJob(id: string, signal?: AbortSignal): Promise<ExportJob>;
  cancelExport(id: string): Promise<void>;
}

const DELIVERIES_A_PAGE = 100;

const http = createClient<paths>();

export const api: Api = {
  status: (signal) => answer(http.GET('/api/status', { signal })),
  sidebar: (signal) => answer(http.GET('/api/sidebar', { signal })),
  changes: (since, wait_ms, signal) =>
    answer(http.GET('/api/changes', { params: { query: { since, wait_ms } }, signal })),
  gallery: (filter, anchor, signal) =>
    answer(http.GET('/api/gallery', { params: { query: { ...filter, anchor } }, signal })),
  assets: (filter, offset, limit, signal) =>
    answer(http.GET('/api/assets', { params: { query: { ...filter, offset, limit } }, signal })),
  assetIds: async (filter, offset, limit, signal) =>
    (await answer(http.GET('/api/assets/ids', { params: { query: { ...filter, offset, limit } }, signal })))
      .ids,
  asset: (id, signal) => answer(http.GET('/api/assets/{id}', { params: { path: { id } }, signal })),
  deliveries: (outcome, before, signal) =>
    answer(
      http.GET('/api/deliveries', {
        params: { query: { outcome, before, limit: DELIVERIES_A_PAGE } },
        signal,
      }),
    ),
  delivery: (id, signal) => answer(http.GET('/api/deliveries/{id}', { params: { path: { id } }, signal })),
  settings: (signal) => answer(http.GET('/api/settings', { signal })),
  saveSettings: (body) => answer(http.PUT('/api/settings', { body })),
  renewSecret: () => answer(http.POST('/api/settings/renew-secret')),
  demo: (action) => answer(http.POST(`/api/demo/${action}`)),
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
  throw new Refusal(
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
