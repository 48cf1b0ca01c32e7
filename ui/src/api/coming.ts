/**
 * What the server will say once its document says it too: versions told in pieces, comparing, joining and splitting,
 * the user's names for fields; what happened, the library as it was, the strip of time, sending again, making the
 * library anew. Written by hand, for the time until `npm run api` writes it; then this file goes away and the names
 * below come from `schema.d.ts`.
 */
import type { components, paths } from './schema';

type Schemas = components['schemas'];

export interface Piece {
  kind: 'same' | 'added' | 'removed';
  text: string;
}

export type Property = 'filename' | 'file_size' | 'pixels' | 'archive';

export type FieldChange = Schemas['FieldChange'] & { property?: Property | null; pieces: Piece[] };

export type Note =
  | { kind: 'late'; seconds: number }
  | { kind: 'gap' }
  | { kind: 'sent_again'; times: number }
  | { kind: 'restores'; version: number }
  | { kind: 'joined' };

export type Version = Omit<Schemas['Version'], 'changes' | 'notes'> & {
  changes: FieldChange[];
  notes: Note[];
};

export type AssetDetail = Omit<Schemas['AssetDetail'], 'versions'> & { versions: Version[] };

export interface ComparedField {
  id?: number | null;
  property?: Property | null;
  label: string;
  old: string[];
  new: string[];
  pieces: Piece[];
  same: boolean;
}

export interface ComparedPicture {
  state: 'compared' | 'absent' | 'other_proportions' | 'unreadable';
  /** 0 to 1 of the pixels that are looked at. */
  share?: number | null;
  width?: number | null;
  height?: number | null;
  tolerance?: number | null;
  difference_url?: string | null;
  which_absent?: 'old' | 'new' | 'both' | null;
}

export interface Comparison {
  old: Version;
  new: Version;
  fields: ComparedField[];
  picture: ComparedPicture;
}

export interface Decision {
  id: number;
  kind: 'join' | 'split';
  made_at: string;
  asset_ids: string[];
  words?: string | null;
}

export interface NamedField {
  id: number;
  label: string;
  default_label: string;
  /** What the user calls it; null where he does not. */
  given?: string | null;
}

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

interface Coming {
  '/api/status': Get<never, Status>;
  '/api/sidebar': Get<{ at?: string }, Schemas['Sidebar']>;
  '/api/gallery': AsOf<'/api/gallery'>;
  '/api/assets': AsOf<'/api/assets'>;
  '/api/assets/ids': AsOf<'/api/assets/ids'>;
  '/api/assets/{id}': { get: Call<{ id: string }, { at?: string }, AssetDetail> };
  '/api/assets/{id}/compare': { get: Call<{ id: string }, { old: string; new: string }, Comparison> };
  '/api/assets/{id}/split': { post: Letter<{ id: string }, { event_id: string }, { ids: string[] }> };
  '/api/assets/join': { post: Letter<never, { ids: string[] }, { id: string }> };
  '/api/decisions': Get<never, { items: Decision[] }>;
  '/api/decisions/{id}': { delete: Call<{ id: number }, never, unknown> };
  '/api/fields': Get<never, { items: NamedField[] }>;
  '/api/fields/{id}': { put: Letter<{ id: number }, { label: string | null }, NamedField> };
  '/api/events': Get<HappeningFilter & { before?: string; limit?: number }, HappeningPage>;
  '/api/events/choices': Get<never, HappeningChoices>;
  '/api/histogram': Get<{ buckets: number; from?: string; until?: string }, Histogram>;
  '/api/deliveries/{id}/resend': { post: Letter<{ id: number }, { url: string }, Resent> };
  '/api/deliveries/{id}/curl': { get: Call<{ id: number }, { url: string }, { command: string }> };
  '/api/rebuild': { post: Call<never, never, unknown> };
}

export type ComingPaths = Omit<paths, keyof Coming> & Coming;
