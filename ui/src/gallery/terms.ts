/** A search as typed, taken apart: finished `field:value` terms become chips, the rest stays text to type on. */

export interface Typed {
  readonly chips: readonly string[];
  readonly rest: string;
}

/** A field term that is finished: a blank follows it, and a quote that was opened is closed. */
const FINISHED = /(?:^|\s)(-?[a-z]+:(?:"[^"]*"|[^\s"]+))(?=\s)/gi;

export function takeChips(typed: string): Typed {
  const chips: string[] = [];
  const rest = typed.replace(FINISHED, (_, term: string) => {
    chips.push(term);
    return '';
  });
  return { chips, rest: chips.length > 0 ? rest.trimStart() : rest };
}

/** A query from elsewhere, all of it finished. */
export function parse(query: string): Typed {
  const { chips, rest } = takeChips(`${query} `);
  return { chips, rest: rest.trim() };
}

/** The query to ask for. A field still without a value (`byline:`) asks for nothing yet. */
export function compose({ chips, rest }: Typed): string {
  const words = rest.trim().replace(/(?:^|\s)-?[a-z]+:"?$/i, '');
  return [...chips, words.trim()].filter(Boolean).join(' ');
}

export function parts(chip: string): readonly [field: string, value: string] {
  const colon = chip.indexOf(':');
  return [chip.slice(0, colon), chip.slice(colon + 1).replaceAll('"', '')];
}
