/**
 * Where each line of a log lies that is read page by page and has no known end. A page that was given up is remembered
 * by its height, so that nothing moves when it comes back. Pure, so that it is tested without a page.
 */

export const LINE = 52;
export const HEADING = 44;

/** One page of the log as far as it must be remembered. */
export interface Sheet {
  /** The cursor it is asked for with. */
  readonly before: string | undefined;
  readonly first: number;
  readonly top: number;
  readonly count: number;
  /** The lines of it that begin a day. */
  readonly days: readonly number[];
  readonly lastDay: string;
}

export function sheet(after: Sheet | undefined, before: string | undefined, days: readonly string[]): Sheet {
  const opens: number[] = [];
  days.forEach((day, nth) => {
    if (day !== (nth > 0 ? days[nth - 1] : after?.lastDay)) opens.push(nth);
  });
  return {
    before,
    first: after ? after.first + after.count : 0,
    top: after ? bottom(after) : 0,
    count: days.length,
    days: opens,
    lastDay: days.at(-1) ?? after?.lastDay ?? '',
  };
}

export function bottom(of: Sheet): number {
  return of.top + of.count * LINE + of.days.length * HEADING;
}

/** The top edge of a line, below the heading of its day if it begins one. */
export function lineTop(of: Sheet, nth: number): number {
  const headings = of.days.reduce((sum, opens) => sum + (opens <= nth ? 1 : 0), 0);
  return of.top + nth * LINE + headings * HEADING;
}

/** The sheets that reach into a stretch of the log, as `[first, end)`. */
export function sheetsBetween(sheets: readonly Sheet[], from: number, to: number): readonly [number, number] {
  const first = search(sheets, (one) => bottom(one) > from);
  const end = search(sheets, (one) => one.top >= to);
  return [Math.min(first, end), end];
}

export function sheetOf(sheets: readonly Sheet[], index: number): number {
  return Math.max(0, search(sheets, ({ first }) => first > index) - 1);
}

/** The first sheet that `reaches`; those after it do so too. */
function search(sheets: readonly Sheet[], reaches: (one: Sheet) => boolean): number {
  let low = 0;
  let high = sheets.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const one = sheets[middle];
    if (one && reaches(one)) high = middle;
    else low = middle + 1;
  }
  return low;
}
