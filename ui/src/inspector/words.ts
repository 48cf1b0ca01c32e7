/**
 * What changed in a field, as pieces to colour: the words of a text that are new, gone or the same (the longest common
 * run of words, in reading order), the values of a list, or the whole of what is neither.
 */
import type { FieldChange, Version } from '../api/types';
import { bytes } from '../shared/format';

export interface Piece {
  readonly kind: 'same' | 'added' | 'removed';
  readonly text: string;
}

/** Beyond this the table of the comparison would be larger than the answer is worth. */
const MOST_WORDS = 1500;
/** Texts with less in common are a replacement, not an edit. */
const LEAST_ALIKE = 0.3;

export function piecesOf(change: FieldChange, fileSize?: Version['file_size']): Piece[] {
  if (change.old.length > 1 || change.new.length > 1) {
    const pieces: Piece[] = change.added.map((text) => ({ kind: 'added', text }));
    return pieces.concat(change.removed.map((text) => ({ kind: 'removed', text })));
  }
  const [before = '', after = ''] = [change.old[0], change.new[0]];
  if (typeof change.id === 'number') return compareWords(before, after);
  // A property of the file. Its size comes as a bare number of bytes.
  const isSize = after !== '' && after === String(fileSize);
  return isSize ? replaced(readable(before), readable(after)) : replaced(before, after);
}

export function compareWords(before: string, after: string): Piece[] {
  const old = split(before);
  const now = split(after);
  if (old.length > MOST_WORDS || now.length > MOST_WORDS) return replaced(before, after);
  const common = commonRun(old, now);
  const alike = (2 * common.length) / Math.max(1, old.length + now.length);
  if (alike < LEAST_ALIKE) return replaced(before, after);

  const pieces: Piece[] = [];
  let o = 0;
  let n = 0;
  for (const [inOld, inNow] of [...common, [old.length, now.length] as const]) {
    add(pieces, 'removed', old.slice(o, inOld));
    add(pieces, 'added', now.slice(n, inNow));
    if (inNow < now.length) add(pieces, 'same', now.slice(inNow, inNow + 1));
    o = inOld + 1;
    n = inNow + 1;
  }
  return pieces;
}

function replaced(before: string, after: string): Piece[] {
  const pieces: Piece[] = [];
  add(pieces, 'removed', [before]);
  add(pieces, 'added', [after]);
  return pieces;
}

function readable(size: string): string {
  return /^\d+$/.test(size) ? bytes(Number(size)) : size;
}

function split(text: string): string[] {
  return text.split(/\s+/).filter(Boolean);
}

function add(pieces: Piece[], kind: Piece['kind'], words: readonly string[]): void {
  const text = words.join(' ').trim();
  if (!text) return;
  const last = pieces.at(-1);
  if (last?.kind === kind) pieces[pieces.length - 1] = { kind, text: `${last.text} ${text}` };
  else pieces.push({ kind, text });
}

function commonRun(old: readonly string[], now: readonly string[]): (readonly [number, number])[] {
  const columns = now.length + 1;
  const longest = new Uint16Array((old.length + 1) * columns);
  const at = (o: number, n: number) => longest[o * columns + n] ?? 0;
  for (let o = old.length - 1; o >= 0; o--) {
    for (let n = now.length - 1; n >= 0; n--) {
      longest[o * columns + n] =
        old[o] === now[n] ? at(o + 1, n + 1) + 1 : Math.max(at(o + 1, n), at(o, n + 1));
    }
  }
  const run: (readonly [number, number])[] = [];
  for (let o = 0, n = 0; o < old.length && n < now.length; ) {
    if (old[o] === now[n]) run.push([o++, n++]);
    else if (at(o + 1, n) >= at(o, n + 1)) o++;
    else n++;
  }
  return run;
}
