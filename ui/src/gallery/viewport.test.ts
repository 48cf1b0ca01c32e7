import { describe, expect, it } from 'vitest';
import { TALLEST } from '../shared/scroll-space';
import { boxOf } from './layout';
import { Viewport } from './viewport.svelte';

function viewportOf(tiles: number): Viewport {
  const view = new Viewport();
  view.resize(1000, 700);
  view.show({ ratios: new Float32Array(tiles).fill(1.5), groups: [tiles] });
  return view;
}

describe('after arrivals above what is looked at', () => {
  const ratios = (tiles: number) =>
    Float32Array.from({ length: tiles }, (_, nth) => 0.7 + ((nth * 37) % 17) / 10);
  const rowsOf = (view: Viewport) => [...view.layout.rowStart];

  it('rows close up once one is back at the top', () => {
    const [view, fresh] = [viewportOf(0), viewportOf(0)];
    view.show({ ratios: ratios(200), groups: [200] });
    view.scrolled(700);
    const anchor = view.anchor;
    view.show({ ratios: ratios(203), groups: [203] }, anchor, anchor + 3);
    fresh.show({ ratios: ratios(203), groups: [203] });
    expect(rowsOf(view)).not.toEqual(rowsOf(fresh));
    view.scrolled(0);
    expect(rowsOf(view)).toEqual(rowsOf(fresh));
  });

  it('and once their day is out of view, without moving what is in view', () => {
    const view = viewportOf(0);
    view.show({ ratios: ratios(400), groups: [100, 300] });
    view.scrolled(700);
    const anchor = view.anchor;
    view.show({ ratios: ratios(403), groups: [103, 300] }, anchor, anchor + 3);
    const ragged = rowsOf(view);
    view.scrolled(view.scrollTop + 1500);
    view.scrolled(view.scrollTop + 1500);
    view.scrolled(view.scrollTop + 1500);
    expect(rowsOf(view)).not.toEqual(ragged);
    const still = boxOf(view.layout, view.anchor).top - view.top;
    expect(still).toBeGreaterThanOrEqual(0);
  });
});

describe('tiles of another size', () => {
  it('are larger or smaller than usual, within bounds, around the same tile', () => {
    const view = viewportOf(1000);
    const usual = boxOf(view.layout, 0).height;
    view.scrolled(3000);
    const { anchor } = view;
    view.size = 2;
    expect(boxOf(view.layout, 0).height).toBeGreaterThan(usual * 1.5);
    const { top } = boxOf(view.layout, anchor);
    expect(top).toBeGreaterThanOrEqual(view.top - 500);
    expect(top).toBeLessThan(view.top + 700);
    view.size = 100;
    expect(view.size).toBe(2.5);
    view.size = Number.NaN;
    expect(view.size).toBe(1);
  });
});

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
