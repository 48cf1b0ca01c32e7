/** Figures and times as people read them, all through Intl in the language of the window. */
import { LOCALE } from './locale';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const whole = new Intl.NumberFormat(LOCALE);
const hundredths = new Intl.NumberFormat(LOCALE, { style: 'percent' });
const thousandths = new Intl.NumberFormat(LOCALE, { style: 'percent', maximumFractionDigits: 1 });
const clock = new Intl.DateTimeFormat(LOCALE, { hour: '2-digit', minute: '2-digit' });
const clockWithSeconds = new Intl.DateTimeFormat(LOCALE, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const clockWithMilliseconds = new Intl.DateTimeFormat(LOCALE, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  fractionalSecondDigits: 3,
});
const dayOfYear = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short' });
const fullDay = new Intl.DateTimeFormat(LOCALE, { day: 'numeric', month: 'short', year: 'numeric' });
const longDay = new Intl.DateTimeFormat(LOCALE, { weekday: 'long', day: 'numeric', month: 'long' });
const longDayOfYear = new Intl.DateTimeFormat(LOCALE, {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
});
const moment = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'medium', timeStyle: 'medium' });
const sentence = new Intl.DateTimeFormat(LOCALE, { dateStyle: 'full', timeStyle: 'medium' });
const longMonth = new Intl.DateTimeFormat(LOCALE, { month: 'long', year: 'numeric' });
const month = new Intl.DateTimeFormat(LOCALE, { month: 'short' });
const year = new Intl.DateTimeFormat(LOCALE, { year: 'numeric' });
const stretchOf = new Intl.DateTimeFormat(LOCALE, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
});
const relative = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'auto' });
const ago = new Intl.RelativeTimeFormat(LOCALE, { numeric: 'always', style: 'short' });

export const count = (value: number): string => whole.format(value);
export const percent = (share: number, digits: 0 | 1 = 0): string =>
  (digits === 0 ? hundredths : thousandths).format(share);

export function bytes(value: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
  const step = value < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(value) / 3));
  const shown = value / 1000 ** step;
  return new Intl.NumberFormat(LOCALE, {
    style: 'unit',
    unit: units[step] ?? 'byte',
    unitDisplay: step === 0 ? 'long' : 'short',
    maximumFractionDigits: step === 0 || shown >= 100 ? 0 : 1,
  }).format(shown);
}

/** "09:15" today, "Yesterday 17:20", then the date. */
export function time(iso: string, now = new Date()): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const days = daysBetween(at, now);
  if (days === 0) return clock.format(at);
  if (days === 1) return `${capital(relative.format(-1, 'day'))} ${clock.format(at)}`;
  return `${(at.getFullYear() === now.getFullYear() ? dayOfYear : fullDay).format(at)} ${clock.format(at)}`;
}

export function clockTime(iso: string): string {
  return clockWithSeconds.format(new Date(iso));
}

/** "09:15:02.120" today, else with its date, "26 Nov 09:15:02.120". */
export function toTheMillisecond(iso: string, now = new Date()): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const clock = clockWithMilliseconds.format(at);
  if (daysBetween(at, now) === 0) return clock;
  return `${(at.getFullYear() === now.getFullYear() ? dayOfYear : fullDay).format(at)} ${clock}`;
}

/** Milliseconds with no more figures than they deserve: "0.42", "4.2", "42", "4,200". */
export function milliseconds(value: number): string {
  const digits = value < 1 ? 2 : value < 10 ? 1 : 0;
  return new Intl.NumberFormat(LOCALE, { maximumFractionDigits: digits }).format(value);
}

/** The whole moment, to the second: for a tooltip and for facts. */
export function exactly(iso: string): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? iso : moment.format(at);
}

/** The person's own day that a moment falls on, as "2026-03-04". */
export function dayKey(iso: string): string {
  const at = new Date(iso);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

/** A moment as a field for date and time wants it, in the person's own clock, and back. */
export function toInput(at: number): string {
  const date = new Date(at);
  return `${dayKey(date.toISOString())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

export function fromInput(value: string): number | undefined {
  const at = new Date(value).getTime();
  return Number.isNaN(at) ? undefined : at;
}

/** The whole moment in words, for a sentence. */
export function inWords(at: number): string {
  return sentence.format(at);
}

/** A date under the strip of time, as short as its unit allows. */
export function tick(at: number, unit: 'minute' | 'hour' | 'day' | 'month' | 'year'): string {
  if (unit === 'year') return year.format(at);
  if (unit === 'month') return month.format(at);
  return (unit === 'day' ? dayOfYear : clock).format(at);
}

/** From when to when, without saying twice what both share. */
export function stretch(from: number, until: number): string {
  return stretchOf.formatRange(from, until);
}

/** A day heading from "2026-03-04". */
export function day(key: string, now = new Date()): string {
  const [year, month, date] = key.split('-').map(Number);
  if (year === undefined || month === undefined || date === undefined || Number.isNaN(date)) return key;
  const at = new Date(year, month - 1, date);
  const days = daysBetween(at, now);
  if (days === 0 || days === 1) return capital(relative.format(-days, 'day'));
  return (at.getFullYear() === now.getFullYear() ? longDay : longDayOfYear).format(at);
}

/** "November 2026" from one of its days, "2026-11-27". */
export function monthOf(key: string): string {
  return longMonth.format(new Date(`${key}T12:00:00`));
}

/** A day as metadata has it, "20261127" or "2026-11-27"; undefined if it is none. */
export function calendarDay(value: string): string | undefined {
  const [, year, month, date] = /^(\d{4})-?(\d\d)-?(\d\d)$/.exec(value.trim()) ?? [];
  const at = new Date(Number(year), Number(month) - 1, Number(date));
  return at.getMonth() === Number(month) - 1 ? fullDay.format(at) : undefined;
}

/** A time as metadata has it, "143000+0100", with its distance from Greenwich; undefined if it is none. */
export function wallTime(value: string): string | undefined {
  const [, hour, minute, sign, hours, minutes] =
    /^([01]\d|2[0-3]):?([0-5]\d):?(?:[0-5]\d)?(?:([+-])(\d\d):?(\d\d))?$/.exec(value.trim()) ?? [];
  if (hour === undefined || minute === undefined) return undefined;
  const at = clock.format(new Date(2000, 0, 1, Number(hour), Number(minute)));
  return sign ? `${at} ${sign}${hours}:${minutes}` : at;
}

/** "12 sec. ago" */
export function since(iso: string, now = Date.now()): string {
  const passed = Math.max(0, now - new Date(iso).getTime());
  if (passed < MINUTE) return ago.format(-Math.floor(passed / SECOND), 'second');
  if (passed < HOUR) return ago.format(-Math.floor(passed / MINUTE), 'minute');
  if (passed < DAY) return ago.format(-Math.floor(passed / HOUR), 'hour');
  return ago.format(-Math.floor(passed / DAY), 'day');
}

/** The same, without counting seconds. */
export function recently(iso: string, now = Date.now()): string {
  return now - new Date(iso).getTime() < MINUTE ? relative.format(0, 'second') : since(iso, now);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

function daysBetween(then: Date, now: Date): number {
  const midnight = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((midnight(now) - midnight(then)) / DAY);
}

function capital(word: string): string {
  return word.charAt(0).toLocaleUpperCase(LOCALE) + word.slice(1);
}
