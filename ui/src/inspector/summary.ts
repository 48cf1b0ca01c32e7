/** What several assets have in common and where they differ. Pure. */
import type { AssetDetail } from '../api/types';

export interface SharedField {
  readonly label: string;
  /** What all of them have; undefined where they differ. */
  readonly value: string | undefined;
  /** How many different values there are. None is one of them. */
  readonly values: number;
}

export interface Summary {
  readonly assets: number;
  /** The sizes of their files together, in bytes. */
  readonly bytes: number;
  /** When the first and the last of them changed, as ISO 8601. */
  readonly first: string;
  readonly last: string;
  readonly fields: readonly SharedField[];
}

/** Undefined for none. Fields that all share come first, then those that differ; within these the order is the assets'. */
export function summaryOf(
  assets: readonly AssetDetail[],
  words: { archive: string; doctype: string },
): Summary | undefined {
  const changed = assets.map((asset) => asset.changed_at).sort();
  const [first, last] = [changed.at(0), changed.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const columns = new Map<string, Map<number, string>>();
  const put = (label: string, nth: number, value: string | null | undefined) => {
    if (!value) return;
    const column = columns.get(label) ?? new Map<number, string>();
    columns.set(label, column.set(nth, value));
  };
  assets.forEach((asset, nth) => {
    put(words.archive, nth, asset.archive);
    put(words.doctype, nth, asset.doctype);
    for (const { label, values } of asset.fields) put(label, nth, values.join(', '));
  });
  const fields = [...columns].map(([label, column]): SharedField => {
    const different = new Set(assets.map((_, nth) => column.get(nth) ?? ''));
    const [only] = different;
    return { label, value: different.size === 1 ? only : undefined, values: different.size };
  });
  return {
    assets: assets.length,
    bytes: assets.reduce((sum, asset) => sum + (asset.file_size ?? 0), 0),
    first,
    last,
    fields: [
      ...fields.filter(({ value }) => value !== undefined),
      ...fields.filter(({ value }) => value === undefined),
    ],
  };
}
