import { describe, expect, it } from 'vitest';
import { boxOf } from './layout';
import { TALLEST } from './scroll-space';
import { Viewport } from './viewport.svelte';

function viewportOf(tiles: number): Viewport {
  const view = new Viewport();
  view.resize(1000, 700);
  view.show({ ratios: new Float32Array(tiles).fill(1.5), groups: [tiles] });
  return view;
}

describe('a library of 100,000', () => {
  const view = viewportOf(100_000);

  it('scrolls one to one', () => {
    view.scrolled(1_000_000);
    expect(view.top).toBe(1_000_000);
    expect(view.offset).toBe(0);
  });

  it('has its last tile in view at the end', () => {
    view.scrolled(view.scrollHeight - 700);
    expect(view.tiles(0)[1]).toBe(100_000);
  });
});

describe('a library taller than a browser can be', () => {
  it('reaches its last tile all the same', () => {
    const view = viewportOf(2_000_000);
    expect(view.scrollHeight).toBe(TALLEST);
    view.scrolled(TALLEST - 700);
    expect(view.tiles(0)[1]).toBe(2_000_000);
    expect(view.top).toBeCloseTo(view.layout.height - 700, 3);
  });

  it('moves by what the wheel moved, not by what it was squeezed', () => {
    const view = viewportOf(2_000_000);
    view.scrolled(6_000_000);
    const before = view.top;
    view.scrolled(6_000_100);
    expect(view.top - before).toBe(100);
  });

  it('puts the scrollbar right afterwards without moving the picture', () => {
    const view = viewportOf(2_000_000);
    view.scrolled(6_000_000);
    for (let i = 1; i <= 200; i++) view.scrolled(6_000_000 + i * 1000);
    const { top } = view;
    view.settle();
    expect(view.top).toBe(top);
    expect(view.scrollTop).toBeLessThan(6_200_000);
  });
});

describe('another width', () => {
  it('keeps the tile that one was looking at', () => {
    const view = viewportOf(5000);
    view.scrolled(30_000);
    const still = view.anchor;
    const before = boxOf(view.layout, still).top - view.top;
    view.resize(640, 700);
    expect(boxOf(view.layout, still).top - view.top).toBeCloseTo(before, 3);
  });
});

describe('revealing', () => {
  it('moves no further than it must', () => {
    const view = viewportOf(5000);
    const last = view.tiles(0)[1];
    view.reveal(0);
    expect(view.top).toBe(0);
    view.reveal(last + 3);
    const { top, height } = boxOf(view.layout, last + 3);
    expect(view.top + 700 - top - height).toBe(6);
  });
});
