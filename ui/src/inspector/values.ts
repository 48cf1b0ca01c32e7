/** Values of metadata fields as people read them: dates, stars, countries. What has another form is shown as it came. Pure. */
import { calendarDay, wallTime } from '../shared/format';
import { stars } from '../shared/stars';
import { countryOf } from './countries';

const RATING = 320;
const COUNTRY_CODE = 100;
/** Release, reference and creation date, and the times that belong to them. */
const DATES = new Set([30, 47, 55]);
const TIMES = new Set([35, 60]);

export function shownValue(field: number, value: string): string {
  if (field === RATING) return /^\d+$/.test(value) ? stars(Number(value)) || value : value;
  if (field === COUNTRY_CODE) {
    const name = countryOf(value);
    return name ? `${name} (${value})` : value;
  }
  if (DATES.has(field)) return calendarDay(value) ?? value;
  if (TIMES.has(field)) return wallTime(value) ?? value;
  return value;
}
