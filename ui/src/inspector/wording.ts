/** How a change is worded: sizes as people read them, and a step by what happened in it. Pure. */
import type { Piece, Property, Version } from '../api/types';
import { bytes } from '../shared/format';
import { text } from '../text';

/** A value of a field or of a property of the file; of a size in bytes one that people read. */
export function readable(property: Property | null | undefined, value: string): string {
  return property === 'file_size' && /^\d+$/.test(value) ? bytes(Number(value)) : value;
}

/** Fotoware's own word goes along where ours says less than it. */
export function stepName({ change, operation }: Pick<Version, 'change' | 'operation'>): string {
  const vague = change === 'action' || change === 'modified' || change === 'unknown';
  return vague && operation ? text.inspector.stepCalled(text.steps[change], operation) : text.steps[change];
}

/**
 * Pieces as they are shown. Those of a text have its spaces in them; between two values, and between what went and what
 * came instead, there is none, and one is put there.
 */
export function runsOf(
  pieces: readonly Piece[],
  property: Property | null | undefined,
  list: boolean,
): Piece[] {
  // A name that is cut into pieces can be read in no direction.
  const told = property === 'filename' ? wholeNames(pieces) : pieces;
  return told.flatMap(({ kind, text }, nth) => {
    const run = { kind, text: readable(property, text) };
    const next = told[nth + 1]?.kind;
    const apart = next !== undefined && (list || (kind !== 'same' && next !== 'same'));
    return apart ? [run, { kind: 'same', text: ' ' }] : [run];
  });
}

/** What went as a whole, then what came. */
function wholeNames(pieces: readonly Piece[]): Piece[] {
  const name = (other: Piece['kind']) =>
    pieces
      .filter(({ kind }) => kind !== other)
      .map(({ text }) => text)
      .join('');
  return [
    { kind: 'removed', text: name('added') },
    { kind: 'added', text: name('removed') },
  ];
}
