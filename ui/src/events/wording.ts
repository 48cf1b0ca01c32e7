/** What an event changed, in words that are read aloud. */
import type { LineChange } from '../api/types';
import { text } from '../text';

/** "Keywords: added cleared, removed draft" */
export function spoken({ label, pieces }: LineChange): string {
  const told = pieces.flatMap(({ kind, text: words }) => {
    if (kind === 'same' || words.trim() === '') return [];
    return [`${kind === 'added' ? text.events.added : text.events.removed} ${words.trim()}`];
  });
  return told.length > 0 ? `${label}: ${told.join(', ')}` : label;
}
