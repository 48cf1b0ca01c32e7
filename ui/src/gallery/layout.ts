/**
 * Where every tile of a result lies: justified rows under group headings, from nothing but the ratios of the pictures.
 * Pure arithmetic on typed arrays, so that 100,000 tiles are laid out within milliseconds and the scrollbar is right
 * at once. Knows no DOM, no scrolling and no assets.
 */

export interface Metrics {
  readonly width: number;
  readonly rowHeight: number;
  readonly gap: number;
  readonly headingHeight: number;
  /** Room under each row for a line of text. */
  readonly captionHeight?: number;
}

export interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Layout {
  readonly tiles: number;
  readonly rows: number;
  readonly height: number;
  /** The first tile of each row; one more entry ends the last row. */
  readonly rowStart: Uint32Array;
  readonly rowTop: Float64Array;
  readonly rowHeight: Float32Array;
  readonly left: Float32Array;
  readonly width: Float32Array;
  /** The top of each group's heading, and the first tile under it. */
  readonly headingTop: Float64Array;
  readonly headingStart: Uint32Array;
}

/** Pictures outside these are cropped in their tile: a badge must fit on it, and a panorama not eat a row. */
const NARROWEST = 0.6;
const WIDEST = 3.2;
/** A last row that is at least this full is stretched to the edge. */
const NEARLY_FULL = 0.82;

/** So many rows above a break share what would leave the last of them ragged. */
const SHARING = 4;

/**
 * `groups` are the sizes of consecutive groups; tiles beyond their sum form a group without being asked for. A row begins
 * at `breakAt` come what may: tiles that are added above it do not push those below it from row to row. The rows above it
 * are made a little higher or lower, so that the last of them is as wide as all others.
 */
export function justify(
  ratios: Float32Array,
  groups: readonly number[],
  metrics: Metrics,
  breakAt?: number,
): Layout {
  const tiles = ratios.length;
  const rowStart = new Uint32Array(tiles + 1);
  const rowTop = new Float64Array(tiles);
  const rowHeight = new Float32Array(tiles);
  const left = new Float32Array(tiles);
  const width = new Float32Array(tiles);
  const sizes = coverAll(groups, tiles);
  const headingTop = new Float64Array(sizes.length);
  const headingStart = new Uint32Array(sizes.length);
  let rows = 0;
  let top = 0;
  let tile = 0;

  sizes.forEach((size, group) => {
    headingTop[group] = top;
    headingStart[group] = tile;
    top += metrics.headingHeight;
    const end = tile + size;
    const addRow = (next: number, last: boolean) => {
      const height = heightOfRow(ratios, tile, next, last, metrics);
      rowStart[rows] = tile;
      rowTop[rows] = top;
      rowHeight[rows] = height;
      placeRow(ratios, tile, next, height, metrics, left, width);
      rows += 1;
      top += height + (metrics.captionHeight ?? 0) + metrics.gap;
      tile = next;
    };
    if (breakAt !== undefined && tile < breakAt && breakAt < end) {
      const ends = endsOfRows(ratios, tile, breakAt, metrics);
      // A single row that is not full has none to share with.
      for (const next of ends) addRow(next, ends.length === 1);
    }
    while (tile < end) {
      const next = endOfRow(ratios, tile, end, metrics);
      addRow(next, next === end);
    }
  });
  rowStart[rows] = tiles;

  return {
    tiles,
    rows,
    height: top,
    rowStart: rowStart.subarray(0, rows + 1),
    rowTop: rowTop.subarray(0, rows),
    rowHeight: rowHeight.subarray(0, rows),
    left,
    width,
    headingTop,
    headingStart,
  };
}

export function boxOf(layout: Layout, tile: number): Box {
  const row = rowOf(layout, tile);
  return {
    left: layout.left[tile] ?? 0,
    top: layout.rowTop[row] ?? 0,
    width: layout.width[tile] ?? 0,
    height: layout.rowHeight[row] ?? 0,
  };
}

export function rowOf(layout: Layout, tile: number): number {
  return lastAtMost(layout.rowStart, tile, layout.rows);
}

export function groupOf(layout: Layout, tile: number): number {
  return lastAtMost(layout.headingStart, tile, layout.headingStart.length);
}

/** The tiles of all rows that touch the band from `top` to `bottom`, as [first, end). */
export function tilesBetween(layout: Layout, top: number, bottom: number): readonly [number, number] {
  if (layout.rows === 0) return [0, 0];
  let first = lastAtMost(layout.rowTop, top, layout.rows);
  const bottomOfFirst = (layout.rowTop[first] ?? 0) + (layout.rowHeight[first] ?? 0);
  if (bottomOfFirst < top && first + 1 < layout.rows) first += 1;
  const last = lastAtMost(layout.rowTop, bottom, layout.rows);
  return [layout.rowStart[first] ?? 0, layout.rowStart[Math.max(first, last) + 1] ?? layout.tiles];
}

/** The groups whose tiles or headings touch the band, as [first, end). */
export function groupsBetween(layout: Layout, top: number, bottom: number): readonly [number, number] {
  const groups = layout.headingTop.length;
  if (groups === 0) return [0, 0];
  return [lastAtMost(layout.headingTop, top, groups), lastAtMost(layout.headingTop, bottom, groups) + 1];
}

/** The tile `rows` rows further down (up if negative) that lies nearest under the eye; stays at the ends. */
export function tileInRow(layout: Layout, tile: number, rows: number): number {
  if (layout.rows === 0) return 0;
  const row = Math.min(Math.max(rowOf(layout, tile) + rows, 0), layout.rows - 1);
  const middle = (layout.left[tile] ?? 0) + (layout.width[tile] ?? 0) / 2;
  let nearest = layout.rowStart[row] ?? 0;
  let distance = Number.POSITIVE_INFINITY;
  for (let other = nearest; other < (layout.rowStart[row + 1] ?? layout.tiles); other++) {
    const away = Math.abs((layout.left[other] ?? 0) + (layout.width[other] ?? 0) / 2 - middle);
    if (away >= distance) break;
    nearest = other;
    distance = away;
  }
  return nearest;
}

function coverAll(groups: readonly number[], tiles: number): number[] {
  const sizes: number[] = [];
  let rest = tiles;
  for (const size of groups) {
    const fits = Math.min(size, rest);
    if (fits > 0) sizes.push(fits);
    rest -= fits;
  }
  if (rest > 0) sizes.push(rest);
  return sizes;
}

function shown(ratio: number | undefined): number {
  return Math.min(Math.max(ratio ?? 1, NARROWEST), WIDEST);
}

/** Takes tiles until the row is full, and leaves the last one out if the row comes nearer to its height without it. */
function endOfRow(ratios: Float32Array, start: number, end: number, metrics: Metrics): number {
  let sum = 0;
  for (let tile = start; tile < end; tile++) {
    const without = sum;
    sum += shown(ratios[tile]);
    const gaps = (tile - start) * metrics.gap;
    if (sum * metrics.rowHeight + gaps < metrics.width) continue;
    if (tile === start) return tile + 1;
    const low = (metrics.width - gaps) / sum;
    const high = (metrics.width - gaps + metrics.gap) / without;
    return high / metrics.rowHeight < metrics.rowHeight / low ? tile : tile + 1;
  }
  return end;
}

/** Where the rows of a run end. If the last one is ragged, the tiles of the last few are shared out among them anew. */
function endsOfRows(ratios: Float32Array, start: number, end: number, metrics: Metrics): number[] {
  const ends: number[] = [];
  for (let tile = start; tile < end; tile = ends.at(-1) ?? end)
    ends.push(endOfRow(ratios, tile, end, metrics));
  const lastStart = ends.at(-2) ?? start;
  if (ends.length === 1 || isFull(ratios, lastStart, end, metrics)) return ends;
  const kept = ends.slice(0, Math.max(0, ends.length - SHARING));
  const from = kept.at(-1) ?? start;
  let sum = 0;
  for (let tile = from; tile < end; tile++) sum += shown(ratios[tile]);
  const rows = Math.max(1, Math.round((sum * metrics.rowHeight) / metrics.width));
  let before = 0;
  let row = 1;
  for (let tile = from; tile < end - 1 && row < rows; tile++) {
    const ratio = shown(ratios[tile]);
    before += ratio;
    // A row ends at the tile whose end is nearest to its even share.
    const next = shown(ratios[tile + 1]);
    const share = (sum * row) / rows;
    if (Math.abs(before - share) > Math.abs(before + next - share)) continue;
    kept.push(tile + 1);
    row += 1;
  }
  return [...kept, end];
}

function isFull(ratios: Float32Array, start: number, end: number, metrics: Metrics): boolean {
  let sum = 0;
  for (let tile = start; tile < end; tile++) sum += shown(ratios[tile]);
  return sum * metrics.rowHeight >= (metrics.width - (end - start - 1) * metrics.gap) * NEARLY_FULL;
}

function heightOfRow(
  ratios: Float32Array,
  start: number,
  end: number,
  last: boolean,
  metrics: Metrics,
): number {
  let sum = 0;
  for (let tile = start; tile < end; tile++) sum += shown(ratios[tile]);
  const room = metrics.width - (end - start - 1) * metrics.gap;
  const full = !last || isFull(ratios, start, end, metrics);
  return Math.max(1, Math.round(full ? room / sum : metrics.rowHeight));
}

/** Edges fall on whole pixels and the last edge of a full row on the margin, so that all gaps look the same. */
function placeRow(
  ratios: Float32Array,
  start: number,
  end: number,
  height: number,
  metrics: Metrics,
  left: Float32Array,
  width: Float32Array,
): void {
  let edge = 0;
  for (let tile = start; tile < end; tile++) {
    const from = Math.round(edge);
    edge += shown(ratios[tile]) * height;
    let to = Math.round(edge);
    if (tile === end - 1 && Math.abs(to - metrics.width) < metrics.gap + end - start) to = metrics.width;
    left[tile] = from;
    width[tile] = Math.max(1, Math.min(to, metrics.width) - from);
    edge += metrics.gap;
  }
}

/** The last index below `length` whose value is at most `value`; 0 if there is none. */
function lastAtMost(sorted: Float64Array | Uint32Array, value: number, length: number): number {
  let low = 0;
  let high = length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
