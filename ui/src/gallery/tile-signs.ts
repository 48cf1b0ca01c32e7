/** What a tile tells beside its picture: its type where that is not a photograph, and what happened where that is new or odd. Pure. */
import type { AssetTile, Change } from '../api/types';
import type { IconName } from '../shared/Icon.svelte';
import { text } from '../text';

export interface TypeSign {
  readonly icon: IconName;
  /** The ending of the file's name, or the type in words. */
  readonly word: string;
}

const ICONS: Readonly<Record<string, IconName>> = {
  movie: 'play',
  audio: 'audio',
  document: 'document',
  graphic: 'graphic',
  generic: 'document',
};
/** Fotoware calls some of these images. */
const GRAPHICS = new Set(['eps', 'ai', 'svg', 'psd', 'indd']);
const LONGEST_ENDING = 4;

/** Undefined for photographs, which most assets are. */
export function typeSign({
  doctype,
  filename,
}: Pick<AssetTile, 'doctype' | 'filename'>): TypeSign | undefined {
  const ending = /\.([a-z0-9]+)$/i.exec(filename)?.[1] ?? '';
  const type =
    GRAPHICS.has(ending.toLowerCase()) && doctype !== 'document' ? 'graphic' : (doctype ?? 'image');
  const icon = ICONS[type];
  if (!icon) return undefined;
  const named = ending !== '' && ending.length <= LONGEST_ENDING;
  return { icon, word: named ? ending.toUpperCase() : (text.gallery.types[type] ?? type) };
}

const HOUR = 3_600_000;
/** Worth a word however long ago it was. */
const ODD: ReadonlySet<Change> = new Set(['new_version', 'restored', 'renamed', 'deleted', 'unknown']);
/** Worth a word while it is news. */
const NEWS: ReadonlySet<Change> = new Set(['ingested', 'metadata']);

/** Undefined where there is nothing to tell: an asset that arrived or was edited some time ago. */
export function badgeOf(
  tile: Pick<AssetTile, 'change' | 'state' | 'changed_at'>,
  now: number,
): Change | undefined {
  if (tile.state === 'deleted') return 'deleted';
  if (ODD.has(tile.change)) return tile.change;
  return NEWS.has(tile.change) && now - Date.parse(tile.changed_at) < HOUR ? tile.change : undefined;
}
