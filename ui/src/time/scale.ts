/** How a span of time lies along the strip: dates under it, bars in it. Pure, so that it is tested without a page. */

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** What a step of the scale is counted in: its label says no more than that. */
export type Unit = 'minute' | 'hour' | 'day' | 'month' | 'year';

export interface Step {
  readonly unit: Unit;
  readonly every: number;
  readonly ms: number;
}

export interface Tick {
  readonly at: number;
  readonly unit: Unit;
}

export interface Span {
  readonly from: number;
  readonly until: number;
}

const step = (unit: Unit, every: number, ms: number): Step => ({ unit, every, ms: every * ms });
const STEPS: readonly Step[] = [
  ...[1, 5, 15, 30].map((every) => step('minute', every, MINUTE)),
  ...[1, 3, 6, 12].map((every) => step('hour', every, HOUR)),
  ...[1, 2, 7, 14].map((every) => step('day', every, DAY)),
  ...[1, 2, 3, 6].map((every) => step('month', every, 30 * DAY)),
  ...[1, 2, 5, 10].map((every) => step('year', every, 365 * DAY)),
];
const LONGEST = step('year', 10, 365 * DAY);

/** The finest step whose dates still have room beside each other. */
export function stepFor({ from, until }: Span, width: number, room: number): Step {
  const wanted = ((until - from) * room) / Math.max(width, 1);
  return STEPS.find(({ ms }) => ms >= wanted) ?? LONGEST;
}

/** Round moments of the person's own clock, each told by the greatest unit that begins there. */
export function ticks(span: Span, { unit, every }: Step): Tick[] {
  const found: Tick[] = [];
  const date = floor(new Date(span.from), unit, every);
  while (date.getTime() <= span.until && found.length < 500) {
    if (date.getTime() >= span.from) found.push({ at: date.getTime(), unit: greatest(date, unit) });
    advance(date, unit, every);
  }
  return found;
}

/**
 * Two outlines of the bars, left and right of a place. Counts are drawn by their logarithm, so that quiet days stay visible
 * beside a burst.
 */
export function bars(counts: readonly number[], width: number, height: number, split: number) {
  const most = Math.log1p(Math.max(1, ...counts));
  const pitch = width / Math.max(1, counts.length);
  const gap = pitch >= 4 ? 2 : pitch >= 2.5 ? 1 : 0;
  const outline = { before: '', after: '' };
  counts.forEach((count, nth) => {
    if (count === 0) return;
    const left = Math.round(nth * pitch);
    const wide = Math.max(1, Math.round((nth + 1) * pitch) - left - gap);
    const high = Math.max(2, Math.round((Math.log1p(count) / most) * height));
    outline[left + wide / 2 <= split ? 'before' : 'after'] += `M${left} ${height}v${-high}h${wide}v${high}z`;
  });
  return outline;
}

function floor(date: Date, unit: Unit, every: number): Date {
  const [year, month, day] = [date.getFullYear(), date.getMonth(), date.getDate()];
  const down = (value: number) => value - (value % every);
  switch (unit) {
    case 'year':
      return new Date(down(year), 0);
    case 'month':
      return new Date(year, down(month));
    case 'day':
      // Weeks begin where the calendar's do, other runs of days with the month.
      return new Date(year, month, every % 7 === 0 ? day - ((date.getDay() + 6) % 7) : 1 + down(day - 1));
    case 'hour':
      return new Date(year, month, day, down(date.getHours()));
    case 'minute':
      return new Date(year, month, day, date.getHours(), down(date.getMinutes()));
  }
}

function advance(date: Date, unit: Unit, every: number): void {
  if (unit === 'year') date.setFullYear(date.getFullYear() + every);
  else if (unit === 'month') date.setMonth(date.getMonth() + every);
  else if (unit === 'day') advanceDays(date, every);
  else if (unit === 'hour') date.setHours(date.getHours() + every);
  else date.setMinutes(date.getMinutes() + every);
}

function advanceDays(date: Date, every: number): void {
  const month = date.getMonth();
  date.setDate(date.getDate() + every);
  // A run of two days starts anew with each month, and its last date leaves the first one room.
  if (every % 7 !== 0 && (date.getMonth() !== month || (every > 1 && date.getDate() === 31))) {
    date.setMonth(date.getMonth() === month ? month + 1 : date.getMonth(), 1);
  }
}

function greatest(date: Date, unit: Unit): Unit {
  const [month, day, minutes] = [date.getMonth(), date.getDate(), date.getHours() * 60 + date.getMinutes()];
  if (unit === 'year' || (unit === 'month' && month === 0)) return 'year';
  if (unit === 'month' || (unit === 'day' && day === 1 && minutes === 0)) return 'month';
  if (unit === 'day' || minutes === 0) return 'day';
  return unit;
}
