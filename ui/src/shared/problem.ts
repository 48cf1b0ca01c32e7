import { Refusal } from '../api/client';
import { text } from '../text';

export interface Problem {
  readonly title: string;
  readonly detail: string;
}

/** The server's words where it gave some; where nobody answered, ours. */
export function problemOf(error: unknown, title = text.unreachable): Problem {
  if (error instanceof Refusal) return { title: error.title, detail: error.detail };
  if (typeof error === 'string') return { title, detail: error };
  return { title, detail: text.unreachableDetail };
}
