/** The server's own names for what it sends. `schema.d.ts` is generated from its OpenAPI document: `npm run api`. */
import type { components, paths } from './schema';

type Schemas = components['schemas'];

export type Activity = Schemas['Activity'];
export type AssetDetail = Schemas['AssetDetail'];
export type AssetPage = Schemas['AssetPage'];
export type AssetTile = Schemas['AssetTile'];
export type Background = Schemas['Background'];
export type Change = Schemas['Change'];
export type Changes = Schemas['Changes'];
export type ComparedField = Schemas['ComparedField'];
export type ComparedPicture = Schemas['ComparedPicture'];
export type Comparison = Schemas['Comparison'];
export type Decision = Schemas['Decision'];
export type Delivery = Schemas['Delivery'];
export type DeliveryBody = Schemas['DeliveryBody'];
export type DeliveryPage = Schemas['DeliveryPage'];
export type ExportableColumn = Schemas['ExportableColumn'];
export type ExportChoice = Schemas['ExportChoice'];
export type ExportColumn = Schemas['ExportColumn'];
export type ExportJob = Schemas['ExportJob'];
export type ExportPreset = Schemas['ExportPreset'];
export type ExportRequest = Schemas['ExportRequest'];
export type ExportScope = Schemas['ExportScope'];
export type FieldChange = Schemas['FieldChange'];
export type Gallery = Schemas['Gallery'];
export type GalleryGroup = Schemas['GalleryGroup'];
export type EventLine = Schemas['EventLine'];
export type FilterOptions = Schemas['EventChoices'];
export type EventPage = Schemas['EventPage'];
export type Histogram = Schemas['Histogram'];
export type Import = Schemas['Import'];
export type LongCells = Schemas['LongCells'];
export type NamedField = Schemas['Field'];
export type Note = Schemas['Note'];
export type Notifications = Schemas['Notifications'];
export type Picture = Schemas['Picture'];
export type Piece = Schemas['Piece'];
export type Property = Schemas['Property'];
export type Reachable = Schemas['Reach'];
export type ReachAddress = Schemas['ReachAddress'];
export type ReachCheck = Schemas['ReachCheck'];
export type ReachSettings = Schemas['ReachSettings'];
export type ReachWay = Schemas['ReachWay'];
export type Resent = Schemas['Resent'];
export type Settings = Schemas['Settings'];
export type SettingsChange = Schemas['SettingsChange'];
export type Sidebar = Schemas['Sidebar'];
export type Status = Schemas['Status'];
export type Trouble = Schemas['Trouble'];
export type Tunnel = Schemas['Tunnel'];
export type TunnelName = Schemas['TunnelName'];
export type Version = Schemas['Version'];

/** Which events: by what happened, where, when and to what. */
export type EventFilter = Omit<
  NonNullable<paths['/api/events']['get']['parameters']['query']>,
  'before' | 'limit' | 'change'
> & { change?: Change | undefined };

/** What the filter calls share: which assets, in which order. */
export interface FilterParams {
  query?: string;
  archive?: string;
  change?: Change;
  state?: 'present' | 'deleted' | 'missing';
  sort?: 'newest' | 'name';
  /** Something happened to it from this moment on, and before the other. */
  from?: string;
  until?: string;
  tz?: string;
  /** The moment to look back to; without it the library is shown as it is now. */
  at?: string;
}
