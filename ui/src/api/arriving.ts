/**
 * What the server will say once its document says it too: what happened, the library as it was, the strip of time,
 * sending again, making the library anew. Written by hand, for the time until `npm run api` writes it; then this file
 * goes away and the names below come from `schema.d.ts`.
 */
import type { components, paths } from './schema';

type Schemas = components['schemas'];

/** A field or a property of the file; its key is what the events are filtered by. */
export interface ChangedField {
  id?: number | null;
  key: string;
  label: string;
}

/** One thing that happened, as a line tells it. */
export interface Happening {
  event_id: string;
  delivery_id: number;
  asset_id: string;
  version: number;
  kind: string;
  change: Schemas['Change'];
  operation?: string | null;
  filename: string;
  previous_name?: string | null;
  title: string;
  archive: string;
  created_at: string;
  received_at: string;
  changed: ChangedField[];
  thumbnail: Schemas['Picture'];
  placeholder?: string | null;
}

export interface HappeningPage {
  revision: number;
  items: Happening[];
  next?: string | null;
}

export interface HappeningChoices {
  kinds: string[];
  operations: string[];
  changes: Schemas['Change'][];
  archives: string[];
  fields: ChangedField[];
}

export interface HappeningFilter {
  query?: string;
  kind?: string;
  operation?: string;
  change?: Schemas['Change'];
  archive?: string;
  field?: string;
  from?: string;
  until?: string;
  tz?: string;
}

export interface Histogram {
  /** The first and the last event of all; null while there is none. */
  first?: string | null;
  last?: string | null;
  from?: string | null;
  until?: string | null;
  bucket_ms: number;
  counts: number[];
}

export interface Resent {
  status: number;
  took_ms: number;
  answer: string;
  is_cut: boolean;
  to_itself: boolean;
}

export type Status = Schemas['Status'] & { rebuild?: { done: number; total: number } | null };
export type ExportScope = Schemas['ExportRequest']['scope'] & { at?: string | null };

type Query<Path extends keyof paths> = paths[Path] extends { get: { parameters: { query?: infer Asked } } }
  ? Asked
  : never;
type Body<Path extends keyof paths> = paths[Path] extends {
  get: { responses: { 200: { content: { 'application/json': infer Told } } } };
}
  ? Told
  : never;

interface Answers<Told> {
  200: { headers: Record<string, unknown>; content: { 'application/json': Told } };
  default: { headers: Record<string, unknown>; content: { 'application/problem+json': Schemas['Problem'] } };
}
type Parameters<Path, Asked> = { query?: Asked; header?: never; cookie?: never } & ([Path] extends [never]
  ? { path?: never }
  : { path: Path });
interface Call<Path, Asked, Told> {
  parameters: Parameters<Path, Asked>;
  requestBody?: never;
  responses: Answers<Told>;
}
interface Letter<Path, Sent, Told> {
  parameters: Parameters<Path, never>;
  requestBody: { content: { 'application/json': Sent } };
  responses: Answers<Told>;
}
type Get<Asked, Told> = { get: Call<never, Asked, Told> };
type AsOf<Path extends keyof paths> = Get<Query<Path> & { at?: string }, Body<Path>>;

interface Arriving {
  '/api/status': Get<never, Status>;
  '/api/sidebar': Get<{ at?: string }, Schemas['Sidebar']>;
  '/api/gallery': AsOf<'/api/gallery'>;
  '/api/assets': AsOf<'/api/assets'>;
  '/api/assets/ids': AsOf<'/api/assets/ids'>;
  '/api/assets/{id}': { get: Call<{ id: string }, { at?: string }, Schemas['AssetDetail']> };
  '/api/events': Get<HappeningFilter & { before?: string; limit?: number }, HappeningPage>;
  '/api/events/choices': Get<never, HappeningChoices>;
  '/api/histogram': Get<{ buckets: number; from?: string; until?: string }, Histogram>;
  '/api/deliveries/{id}/resend': { post: Letter<{ id: number }, { url: string }, Resent> };
  '/api/deliveries/{id}/curl': { get: Call<{ id: number }, { url: string }, { command: string }> };
  '/api/rebuild': { post: Call<never, never, unknown> };
}

export type ArrivingPaths = Omit<paths, keyof Arriving> & Arriving;
