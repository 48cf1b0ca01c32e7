/**
 * How the picture of an asset or of a version stands, told in the same words wherever it is shown. Three things are never
 * mixed up: a picture that is on its way, one that is missing, and an earlier version's that is shown instead. Pure.
 */
import type { Picture } from '../api/types';
import { text } from '../text';

export interface Pictures {
  readonly thumbnail: Picture;
  /** An event's line has a thumbnail alone. */
  readonly preview?: Picture;
  readonly large?: Picture | null;
}

export type Standing =
  /** A picture of this very version. */
  | { readonly kind: 'own' }
  /** Another version's, while its own may still come (`waiting`) or cannot be had (with the reason, if one is known). */
  | {
      readonly kind: 'earlier';
      readonly version: number;
      readonly waiting: boolean;
      readonly reason?: string;
    }
  | { readonly kind: 'on_its_way' }
  | { readonly kind: 'missing'; readonly reason?: string }
  /** The bytes are kept, and nothing here can show them. */
  | { readonly kind: 'undecodable' };

export function standingOf(of: Pictures): Standing {
  const expected = of.preview ? [of.thumbnail, of.preview] : [of.thumbnail];
  const waiting = expected.some(({ state, url }) => state === 'waiting' || (state === 'kept' && !url));
  const reason = expected.map((picture) => picture.reason).find(Boolean) ?? undefined;
  const [first] = candidates(of);
  const version = first?.earlier_version;
  if (typeof version === 'number') return { kind: 'earlier', version, waiting, reason };
  if (first) return { kind: 'own' };
  if (waiting) return { kind: 'on_its_way' };
  if (expected.some(({ original_url }) => original_url)) return { kind: 'undecodable' };
  return { kind: 'missing', reason };
}

/** The smallest picture to show: the version's own before another's. Undefined if there is none at all. */
export function smallest(of: Pictures): Picture | undefined {
  return candidates(of)[0];
}

/** The preview, or the next best where there is none. */
export function sharp(of: Pictures): Picture | undefined {
  const shown = candidates(of);
  return shown.find((picture) => picture === of.preview) ?? shown.at(-1);
}

export function largest(of: Pictures): Picture | undefined {
  return candidates(of).at(-1);
}

/** The best picture that was kept of this very version, not another's that stands in for it. */
export function own(of: Pictures): Picture | undefined {
  return (
    [of.large, of.preview, of.thumbnail].find((picture) => picture?.state === 'kept' && picture.url) ??
    undefined
  );
}

/** What is to be said of the picture, in whole sentences; empty if it is what it seems to be. `version` is the one asked for. */
export function signs(of: Pictures, version: number, shown?: Picture): string[] {
  const words = text.picture;
  const standing = standingOf(of);
  const partial = shown?.partial ? [words.partial] : [];
  switch (standing.kind) {
    case 'own':
      return partial;
    case 'earlier':
      return [words.earlier(standing.version, version, standing.waiting, standing.reason), ...partial];
    case 'on_its_way':
      return [words.onItsWay];
    case 'missing':
      return [words.missing(standing.reason)];
    case 'undecodable':
      return [words.undecodable];
  }
}

/** From the smallest to the largest. Another version's only where there is none of this one, so the two are never mixed. */
function candidates({ thumbnail, preview, large }: Pictures): Picture[] {
  const all = [thumbnail, preview, large].filter((picture): picture is Picture => Boolean(picture?.url));
  const own = all.filter(({ earlier_version }) => typeof earlier_version !== 'number');
  return own.length > 0 ? own : all;
}
