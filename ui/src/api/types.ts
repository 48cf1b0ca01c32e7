/** The server's own names for what it sends. `schema.d.ts` is generated from its OpenAPI document: `npm run api`. */
import type { components, paths } from './schema';

type Schemas = components['schemas'];

export type Activity = Schemas['Activity'];
/** How a notice came. */
export type Arrival = 'late' | 'repeated';
export type AssetDetail = Schemas['AssetDetail'];
export type AssetPage = Schemas['AssetPage'];
export type AssetTile = Schemas['AssetTile'];
export type Background = Schemas['Background'];
export type Change = Schemas['Change'];
export type Changes = Schemas['Changes'];
export type ComparedField = Schemas['ComparedField'];
export type ComparedPicture = Schemas['ComparedPicture'];
export type Comparison = Schemas['Comparison'];
export type CountedSearch = Schemas['CountedSearch'];
export type Decision = Schemas['Decision'];
export type Delivery = Schemas['Delivery'];
export type BodyDiff = Schemas['BodyDiff'];
export type DeliveryDetail = Schemas['DeliveryDetail'];
export type DeliveryPage = Schemas['DeliveryPage'];
export type ExportableColumn = Schemas['ExportableColumn'];
export type ExportChoice = Schemas['ExportChoice'];
export type ExportColumn = Schemas['ExportColumn'];
export type ExportJob = Schemas['ExportJob'];
export type ExportPreset = Schemas['ExportPreset'];
export type ExportRequest = Schemas['ExportRequest'];
export type ExportScope = Schemas['ExportScope'];
export type Facet = Schemas['Facet'];
export type FieldChange = Schemas['FieldChange'];
export type Gallery = Schemas['Gallery'];
export type GalleryGroup = Schemas['GalleryGroup'];
export type EventLine = Schemas['EventLine'];
export type FilterOptions = Schemas['EventChoices'];
export type EventOutline = Schemas['EventOutline'];
export type EventPage = Schemas['EventPage'];
export type Histogram = Schemas['Histogram'];
export type Import = Schemas['Import'];
export type LineChange = Schemas['LineChange'];
export type LongCells = Schemas['LongCells'];
export type Mark = Schemas['Mark'];
export type NamedField = Schemas['Field'];
export type NotUnderstood = Schemas['NotUnderstood'];
export type Note = Schemas['Note'];
export type Notifications = Schemas['Notifications'];
export type Picture = Schemas['Picture'];
export type PicturePart = Schemas['PicturePart'];
export type Piece = Schemas['Piece'];
export type Property = Schemas['Property'];
export type Reachable = Schemas['Reach'];
export type ReachAddress = Schemas['ReachAddress'];
export type ReachCheck = Schemas['ReachCheck'];
export type ReachSettings = Schemas['ReachSettings'];
export type ReachWay = Schemas['ReachWay'];
export type Resent = Schemas['Resent'];
export type SavedSearch = Schemas['SavedSearch'];
export type Settings = Schemas['Settings'];
export type SettingsChange = Schemas['SettingsChange'];
export type Sidebar = Schemas['Sidebar'];
export type Status = Schemas['Status'];
export type SuggestedField = Schemas['SuggestedField'];
export type SuggestedValue = Schemas['SuggestedValue'];
export type Suggestions = Schemas['Suggestions'];
export type Trouble = Schemas['Trouble'];
export type Tunnel = Schemas['Tunnel'];
export type TunnelName = Schemas['TunnelName'];
export type Version = Schemas['Version'];

/** Which events: by what happened, where, when and to what. */
export type EventFilter = Omit<
  NonNullable<paths['/api/events']['get']['parameters']['query']>,
  'before' | 'at_ms' | 'skip' | 'limit' | 'change' | 'arrival'
> & { change?: Change | undefined; arrival?: Arrival | undefined };

/** Which deliveries: by what became of them, when and where they came, and what they say. */
export type LogFilter = Omit<
  NonNullable<paths['/api/deliveries']['get']['parameters']['query']>,
  'offset' | 'around' | 'limit'
>;

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
