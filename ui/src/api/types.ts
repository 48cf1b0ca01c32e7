/** The server's own names for what it sends. `schema.d.ts` is generated from its OpenAPI document: `npm run api`. */
import type { components } from './schema';

export type {
  AssetDetail,
  ComparedField,
  ComparedPicture,
  Comparison,
  Decision,
  ExportScope,
  FieldChange,
  Happening,
  HappeningChoices,
  HappeningFilter,
  HappeningPage,
  Histogram,
  NamedField,
  Note,
  Piece,
  Property,
  Resent,
  Status,
  Version,
} from './coming';

type Schemas = components['schemas'];

export type AssetPage = Schemas['AssetPage'];
export type AssetTile = Schemas['AssetTile'];
export type Change = Schemas['Change'];
export type Changes = Schemas['Changes'];
export type Delivery = Schemas['Delivery'];
export type DeliveryBody = Schemas['DeliveryBody'];
export type DeliveryPage = Schemas['DeliveryPage'];
export type ExportJob = Schemas['ExportJob'];
export type ExportRequest = Schemas['ExportRequest'];
export type Gallery = Schemas['Gallery'];
export type GalleryGroup = Schemas['GalleryGroup'];
export type Note = Schemas['Note'];
export type Picture = Schemas['Picture'];
export type Settings = Schemas['Settings'];
export type Sidebar = Schemas['Sidebar'];

/** What the filter calls share: which assets, in which order. */
export interface FilterParams {
  query?: string;
  archive?: string;
  change?: Change;
  state?: 'present' | 'deleted' | 'missing';
  sort?: 'newest' | 'name';
  tz?: string;
  /** The moment to look back to; without it the library is shown as it is now. */
  at?: string;
}
