/**
 * A parsed body as the lines of a tree that is folded here and there. The outermost object has no line of its own, it
 * would only push everything to the right. Pure; the component draws the lines.
 */

export interface Line {
  /** Where the value stands, as a JSON pointer. */
  readonly path: string;
  readonly parent: string | undefined;
  readonly depth: number;
  readonly name: string | undefined;
  readonly kind: 'object' | 'array' | 'string' | 'number' | 'boolean' | 'null';
  /** A leaf's value as text; undefined for what can be folded. */
  readonly value: string | undefined;
  readonly entries: number;
  readonly open: boolean;
}

const OPEN_DEPTH = 2;

export class Folds {
  readonly #turned: ReadonlySet<string>;
  readonly #base: 'some' | 'all' | 'none';

  constructor(base: 'some' | 'all' | 'none' = 'some', turned: ReadonlySet<string> = new Set()) {
    this.#base = base;
    this.#turned = turned;
  }

  open(path: string, depth: number): boolean {
    const before = this.#base === 'all' || (this.#base === 'some' && depth < OPEN_DEPTH);
    return before !== this.#turned.has(path);
  }

  turn(path: string): Folds {
    const turned = new Set(this.#turned);
    if (!turned.delete(path)) turned.add(path);
    return new Folds(this.#base, turned);
  }
}

export function linesOf(value: unknown, folds: Folds): Line[] {
  const lines: Line[] = [];
  const entries = entriesOf(value);
  if (!entries?.length) walk(value, undefined, '', undefined, 0, folds, lines);
  for (const [key, child] of entries ?? []) walk(child, key, `/${escaped(key)}`, undefined, 0, folds, lines);
  return lines;
}

function walk(
  value: unknown,
  name: string | undefined,
  path: string,
  parent: string | undefined,
  depth: number,
  folds: Folds,
  lines: Line[],
): void {
  const inner = entriesOf(value);
  const open = inner !== undefined && inner.length > 0 && folds.open(path, depth);
  lines.push({
    path,
    parent,
    depth,
    name,
    kind: kindOf(value),
    value: inner === undefined ? (typeof value === 'string' ? value : String(value)) : undefined,
    entries: inner?.length ?? 0,
    open,
  });
  if (!open) return;
  for (const [key, child] of inner)
    walk(child, key, `${path}/${escaped(key)}`, path, depth + 1, folds, lines);
}

function entriesOf(value: unknown): [string, unknown][] | undefined {
  return typeof value === 'object' && value !== null ? Object.entries(value) : undefined;
}

function kindOf(value: unknown): Line['kind'] {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return 'array';
  const kind = typeof value;
  return kind === 'object' || kind === 'number' || kind === 'boolean' ? kind : 'string';
}

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
