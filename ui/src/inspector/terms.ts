/** The terms of a search that find assets with the same value as this one. Pure. */

/** `begun` is how a term for the field begins, such as `city:`. A number stands by itself, words in quotes. */
export function fieldTerm(begun: string, value: string): string {
  return /^\d+$/.test(value) ? `${begun}${value}` : `${begun}"${value.replaceAll('"', ' ')}"`;
}

export function factTerm(label: string, value: string): string {
  return fieldTerm(/^\p{L}+$/u.test(label) ? `${label.toLowerCase()}:` : `"${label}":`, value);
}

/** The day of a moment, where the user is. */
export function dayTerm(field: string, moment: string | null | undefined): string | undefined {
  if (!moment) return undefined;
  const at = new Date(moment);
  const two = (number: number) => String(number).padStart(2, '0');
  return `${field}:${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
