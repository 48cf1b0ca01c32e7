/** A compared field as its old and its new value, each with what is only there in colour. Pure. */
import type { ComparedField, Piece } from '../../api/types';

export interface Sides {
  readonly old: readonly Piece[];
  readonly new: readonly Piece[];
}

export function sidesOf({ old, new: now, pieces }: ComparedField): Sides {
  // The pieces of a list tell what came and went only, so what stayed is taken from the values.
  if (old.length > 1 || now.length > 1) {
    return { old: marked(old, now, 'removed'), new: marked(now, old, 'added') };
  }
  return {
    old: pieces.filter(({ kind }) => kind !== 'added'),
    new: pieces.filter(({ kind }) => kind !== 'removed'),
  };
}

function marked(these: readonly string[], those: readonly string[], kind: Piece['kind']): Piece[] {
  return these.map((text) => ({ kind: those.includes(text) ? 'same' : kind, text }));
}
