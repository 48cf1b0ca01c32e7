/** A term as a part of a search: whether it is in it, and the search with it or without. Pure. */
import { parse } from './terms';

export function has(query: string, term: string): boolean {
  return parse(query).chips.includes(term);
}

export function toggled(query: string, term: string): string {
  const { chips, rest } = parse(query);
  const others = chips.filter((chip) => chip !== term);
  const without = others.length < chips.length;
  return [...others, ...(without ? [] : [term]), rest].filter(Boolean).join(' ');
}

/** The search narrowed to it as well. */
export function narrowed(query: string, term: string): string {
  return has(query, term) ? query : toggled(query, term);
}
