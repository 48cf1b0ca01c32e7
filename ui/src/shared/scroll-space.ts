/**
 * Browsers cap the height of an element (WebKit at 33 million pixels, Firefox at 17), a library does not. Below the cap
 * scrolling is one to one; above it the middle of a tall layout is squeezed into the scroll space, while its two ends
 * stay one to one so that the first and the last row are reached exactly.
 */

export const TALLEST = 12_000_000;
const TRUE_END = 1_000_000;

export function scrollHeight(layoutHeight: number): number {
  return Math.min(layoutHeight, TALLEST);
}

export function toScroll(top: number, layoutHeight: number): number {
  const squeezed = layoutHeight - scrollHeight(layoutHeight);
  if (squeezed === 0 || top <= TRUE_END) return top;
  if (top >= layoutHeight - TRUE_END) return top - squeezed;
  return TRUE_END + ((top - TRUE_END) * (TALLEST - 2 * TRUE_END)) / (layoutHeight - 2 * TRUE_END);
}

export function toLayout(scroll: number, layoutHeight: number): number {
  const squeezed = layoutHeight - scrollHeight(layoutHeight);
  if (squeezed === 0 || scroll <= TRUE_END) return scroll;
  if (scroll >= TALLEST - TRUE_END) return scroll + squeezed;
  return TRUE_END + ((scroll - TRUE_END) * (layoutHeight - 2 * TRUE_END)) / (TALLEST - 2 * TRUE_END);
}
