/**
 * What the server will say once its document says it too: versions told in pieces, comparing, joining and splitting,
 * the user's names for fields. Written by hand, for the time until `npm run api` writes it; then this file goes away
 * and the names below come from `schema.d.ts`.
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

interface Call<Parameters, Answer> {
  parameters: Parameters & { header?: never; cookie?: never };
  requestBody?: never;
  responses: {
    200: { headers: Record<string, unknown>; content: { 'application/json': Answer } };
    default: {
      headers: Record<string, unknown>;
      content: { 'application/problem+json': Schemas['Problem'] };
    };
  };
}

type Sending<Body, AnyCall> = Omit<AnyCall, 'requestBody'> & {
  requestBody: { content: { 'application/json': Body } };
};

interface Bare {
  path?: never;
  query?: never;
}
interface OfAsset {
  path: { id: string };
  query?: never;
}
interface OfNumber {
  path: { id: number };
  query?: never;
}

interface Coming {
  '/api/assets/{id}': { get: Call<{ path: { id: string }; query?: { at?: string } }, AssetDetail> };
  '/api/assets/{id}/compare': {
    get: Call<{ path: { id: string }; query: { old: string; new: string } }, Comparison>;
  };
  '/api/assets/{id}/split': { post: Sending<{ event_id: string }, Call<OfAsset, { ids: string[] }>> };
  '/api/assets/join': { post: Sending<{ ids: string[] }, Call<Bare, { id: string }>> };
  '/api/decisions': { get: Call<Bare, { items: Decision[] }> };
  '/api/decisions/{id}': { delete: Call<OfNumber, unknown> };
  '/api/fields': { get: Call<Bare, { items: NamedField[] }> };
  '/api/fields/{id}': { put: Sending<{ label: string | null }, Call<OfNumber, NamedField>> };
}

export type ComingPaths = Omit<paths, keyof Coming> & Coming;
