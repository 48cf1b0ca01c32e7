/** The spans of time that have a name, in days of the person's own clock. */
import type { Span } from '../time/scale';

export type Lately = 'today' | 'yesterday' | 'week' | 'month';

export function lately(name: Lately, now: Date): Span {
  const midnight = (days: number) =>
    new Date(now.getFullYear(), now.getMonth(), now.getDate() + days).getTime();
  const from = { today: 0, yesterday: -1, week: -6, month: -29 }[name];
  return { from: midnight(from), until: midnight(name === 'yesterday' ? 0 : 1) };
}
