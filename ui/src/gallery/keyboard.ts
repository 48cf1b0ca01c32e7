/** Where a key leads from a tile. Pure, so that the walk is tested without a page. */
import { boxOf, type Layout, rowOf, tileInRow } from './layout';

export function destination(
  key: string,
  from: number | undefined,
  layout: Layout,
  screen: number,
): number | undefined {
  const last = layout.tiles - 1;
  if (last < 0) return undefined;
  if (from === undefined) return STEPS.has(key) ? (key === 'End' ? last : 0) : undefined;
  switch (key) {
    case 'ArrowLeft':
      return Math.max(0, from - 1);
    case 'ArrowRight':
      return Math.min(last, from + 1);
    case 'ArrowUp':
      return tileInRow(layout, from, -1);
    case 'ArrowDown':
      return tileInRow(layout, from, 1);
    case 'PageUp':
      return tileInRow(layout, from, -rowsOnScreen(layout, from, screen));
    case 'PageDown':
      return tileInRow(layout, from, rowsOnScreen(layout, from, screen));
    case 'Home':
      return 0;
    case 'End':
      return last;
    default:
      return undefined;
  }
}

const STEPS = new Set([
  'ArrowLeft',
  'ArrowRight',
  'ArrowUp',
  'ArrowDown',
  'PageUp',
  'PageDown',
  'Home',
  'End',
]);

function rowsOnScreen(layout: Layout, from: number, screen: number): number {
  const { height } = boxOf(layout, layout.rowStart[rowOf(layout, from)] ?? 0);
  return Math.max(1, Math.floor(screen / (height + 8)));
}
