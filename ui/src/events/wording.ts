/** What an event changed, in words that are read aloud. */
import type { LineChange } from '../api/types';
import { bytes, calendarDay } from '../shared/format';
import { text } from '../text';

/** Release, reference and creation date, by Fotoware's numbers. */
const DAYS: readonly string[] = ['30', '47', '55'];

/** A value as people write it, where it is more than words. */
export function written(key: string, value: string): string {
  if (key === 'file_size' && /^\d+$/.test(value)) return bytes(Number(value));
  return (DAYS.includes(key) ? calendarDay(value) : undefined) ?? value;
}

/** What there is to tell beside the names, which stand in a column of their own. */
export function besideNames(changed: readonly LineChange[]): readonly LineChange[] {
  return changed.filter(({ key }) => key !== 'filename');
}

/** "Keywords: added cleared, removed draft" */
export function spoken({ key, label, pieces }: LineChange): string {
  const told = pieces.flatMap(({ kind, text: words }) => {
    if (kind === 'same' || words.trim() === '') return [];
    return [`${kind === 'added' ? text.events.added : text.events.removed} ${written(key, words.trim())}`];
  });
  return told.length > 0 ? `${label}: ${told.join(', ')}` : label;
}
