/** A search as typed, taken apart: finished `field:value` terms become chips, the rest stays text to type on. */

export interface Typed {
  readonly chips: readonly string[];
  readonly rest: string;
}

/** A part of a text between blanks that stand in no quotes, and where it begins. */
interface Part {
  readonly text: string;
  readonly from: number;
}

/** `city:Oslo`, `-"Created date":2026`, `field:90="New York"`: a name that begins with a letter, and a value. An address is none. */
const FIELD = /^-?(?:"[^"]+"|\p{L}[^\s":]*):(?!\/\/)./su;
/** A term that has no value yet: `city:`, `rating:>=`, `field:90="`. */
const WITHOUT_VALUE = /^-?(?:"[^"]*"|\p{L}[^\s":]*):(?:\d+(?=[=<>]))?[=<>]*"?$/u;
const OR = 'OR';

/** Only what a blank follows is finished, and what an `OR` follows is not; terms that it joins are one chip. */
export function takeChips(typed: string): Typed {
  const parts = split(typed);
  const chips: string[] = [];
  const rest: string[] = [];
  for (let at = 0; at < parts.length; ) {
    let end = at + 1;
    while (parts[end]?.text === OR && parts[end + 1]) end += 2;
    const chain = parts.slice(at, end);
    const next = parts[end];
    const finished = next ? next.text !== OR : /[\s\u3000]$/u.test(typed) && even(typed);
    if (finished && chain.some(({ text }) => FIELD.test(text))) {
      chips.push(chain.map(({ text }) => text).join(' '));
    } else {
      rest.push(typed.slice(parts[at]?.from, next?.from));
    }
    at = end;
  }
  if (chips.length === 0) return { chips, rest: typed };
  return { chips, rest: rest.join('') };
}

/** A query from elsewhere, all of it finished. */
export function parse(query: string): Typed {
  const { chips, rest } = takeChips(`${query} `);
  return { chips, rest: rest.trim() };
}

/** The query to ask for. A field still without a value (`byline:`) and an `OR` that nothing follows ask for nothing yet. */
export function compose({ chips, rest }: Typed): string {
  const parts = split(rest).map(({ text }) => text);
  if (WITHOUT_VALUE.test(parts.at(-1) ?? '')) parts.pop();
  if (parts.at(-1) === OR && (parts.length > 1 || chips.length > 0)) parts.pop();
  return [...chips, ...parts].join(' ');
}

export function parts(chip: string): readonly [field: string, value: string] {
  const colon = /^(?:-?"[^"]*"|[^:"]*):/u.exec(chip)?.[0].length ?? 0;
  const [field, value] = [chip.slice(0, Math.max(0, colon - 1)), chip.slice(colon)];
  return [field.replaceAll('"', ''), value.replaceAll('"', '')];
}

/** The term that the cursor stands in, as far as it is typed, and where it stands. */
export function termAt(typed: string, cursor: number): { term: string; from: number; until: number } {
  const part = split(typed).find(({ from, text }) => from < cursor && cursor <= from + text.length);
  if (!part) return { term: '', from: cursor, until: cursor };
  return { term: typed.slice(part.from, cursor), from: part.from, until: part.from + part.text.length };
}

function split(typed: string): Part[] {
  return [...typed.matchAll(/(?:"[^"]*(?:"|$)|[^\s"\u3000])+/gu)].map((match) => ({
    text: match[0],
    from: match.index,
  }));
}

/** Whether every quote is closed. */
function even(typed: string): boolean {
  return typed.split('"').length % 2 === 1;
}
