import { describe, expect, it } from 'vitest';
import { boxOf, groupOf, groupsBetween, justify, rowOf, tileInRow, tilesBetween } from './layout';

const METRICS = { width: 1000, rowHeight: 160, gap: 6, headingHeight: 40 };

function ratiosOf(count: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return 0.4 + (state / 2147483648) * 2.4;
  });
}

describe('justified rows', () => {
  it('fill the width to the pixel, except the last of a group', () => {
    const layout = justify(ratiosOf(500), [300, 200], METRICS);
    for (let row = 0; row < layout.rows; row++) {
      const last = (layout.rowStart[row + 1] ?? 0) - 1;
      const edge = (layout.left[last] ?? 0) + (layout.width[last] ?? 0);
      if (last === 299 || last === 499) expect(edge).toBeLessThanOrEqual(1000);
      else expect(edge, `row ${row} ends at the margin`).toBe(1000);
    }
  });

  it('leave the same gap between all tiles of a row', () => {
    const layout = justify(ratiosOf(200), [200], METRICS);
    for (let tile = 1; tile < 200; tile++) {
      if (rowOf(layout, tile) !== rowOf(layout, tile - 1)) continue;
      const before = boxOf(layout, tile - 1);
      expect(Math.abs(boxOf(layout, tile).left - before.left - before.width - 6)).toBeLessThanOrEqual(1);
    }
  });

  it('stay near the wanted height', () => {
    const layout = justify(ratiosOf(5000), [5000], METRICS);
    for (const height of layout.rowHeight.subarray(0, layout.rows - 1)) {
      expect(height).toBeGreaterThan(100);
      expect(height).toBeLessThan(260);
    }
  });

  it('never overlap: each row begins where the one above ended', () => {
    const layout = justify(ratiosOf(1000), [1, 999], METRICS);
    for (let row = 1; row < layout.rows; row++) {
      const endOfAbove = (layout.rowTop[row - 1] ?? 0) + (layout.rowHeight[row - 1] ?? 0);
      expect(layout.rowTop[row]).toBeGreaterThanOrEqual(endOfAbove + 6);
    }
  });

  it('cope with nothing, one picture, and the strangest ratios', () => {
    expect(justify(new Float32Array(0), [], METRICS).height).toBe(0);
    expect(boxOf(justify(Float32Array.of(1.5), [1], METRICS), 0)).toEqual({
      left: 0,
      top: 40,
      width: 240,
      height: 160,
    });
    const strange = justify(Float32Array.of(0.2, 5, 0.2), [3], METRICS);
    expect(strange.height).toBeGreaterThan(0);
    expect([...strange.width].every((width) => width >= 1)).toBe(true);
  });

  it('give tiles that no group claims a place of their own', () => {
    const layout = justify(ratiosOf(10), [4], METRICS);
    expect(layout.headingTop.length).toBe(2);
    expect(groupOf(layout, 9)).toBe(1);
  });
});

describe('a row that must begin at a tile', () => {
  it('keeps all rows from there on as they were, however many come above', () => {
    const ratios = ratiosOf(300);
    const before = justify(ratios, [300], METRICS);
    const start = before.rowStart[10] ?? 0;
    for (const added of [1, 2, 3, 17]) {
      const all = new Float32Array([...ratiosOf(added, 7), ...ratios]);
      const after = justify(all, [300 + added], METRICS, start + added);
      const rowsFrom = (layout: typeof after, tile: number) =>
        [...layout.rowStart].filter((first) => first >= tile).map((first) => first - tile);
      expect(rowsFrom(after, start + added), `${added} added`).toEqual(rowsFrom(before, start));
    }
  });
});

describe('rows above a break', () => {
  const full = (layout: ReturnType<typeof justify>, row: number) => {
    const last = (layout.rowStart[row + 1] ?? 0) - 1;
    return (layout.left[last] ?? 0) + (layout.width[last] ?? 0) === METRICS.width;
  };

  it('are all as wide as they should be, and none is out of proportion', () => {
    for (let seed = 1; seed <= 40; seed++) {
      const ratios = ratiosOf(120, seed);
      const rowsBefore = justify(ratios, [120], METRICS);
      for (const added of [1, 2, 3, 5, 17]) {
        const breakAt = (rowsBefore.rowStart[3] ?? 0) + added;
        const layout = justify(
          new Float32Array([...ratiosOf(added, seed + 100), ...ratios]),
          [120 + added],
          METRICS,
          breakAt,
        );
        for (let row = 0; row < layout.rows - 1; row++) {
          expect(full(layout, row), `seed ${seed}, ${added} added, row ${row}`).toBe(true);
          expect(layout.rowHeight[row]).toBeGreaterThan(80);
          expect(layout.rowHeight[row]).toBeLessThan(340);
        }
        expect([...layout.rowStart]).toContain(breakAt);
      }
    }
  });

  it('stay short where there is but one', () => {
    const layout = justify(ratiosOf(50), [50], METRICS, 1);
    expect(full(layout, 0)).toBe(false);
    expect(layout.rowHeight[0]).toBe(METRICS.rowHeight);
  });
});

it('a caption under each row takes its room', () => {
  const [plain, captioned] = [undefined, 20].map((captionHeight) =>
    justify(ratiosOf(60), [60], { ...METRICS, captionHeight }),
  );
  expect(captioned?.rows).toBe(plain?.rows);
  expect((captioned?.height ?? 0) - (plain?.height ?? 0)).toBe(20 * (plain?.rows ?? 0));
});

describe('what lies in a band', () => {
  const layout = justify(ratiosOf(1000), [400, 600], METRICS);

  it('is every tile that touches it and no row more', () => {
    const [first, end] = tilesBetween(layout, 2000, 2600);
    for (let tile = 0; tile < 1000; tile++) {
      const { top, height } = boxOf(layout, tile);
      const touches = top <= 2600 && top + height >= 2000;
      expect(tile >= first && tile < end, `tile ${tile}`).toBe(touches);
    }
  });

  it('includes the heading of the group that fills it', () => {
    expect(groupsBetween(layout, 100, 200)).toEqual([0, 1]);
    expect(groupsBetween(layout, layout.headingTop[1] ?? 0, layout.height)).toEqual([1, 2]);
  });
});

describe('a step up or down', () => {
  const layout = justify(ratiosOf(300), [300], METRICS);

  it('lands on the visually nearest tile', () => {
    const from = layout.rowStart[3] ?? 0;
    const to = tileInRow(layout, from + 1, 1);
    const middle = (tile: number) => boxOf(layout, tile).left + boxOf(layout, tile).width / 2;
    const others = Array.from(
      { length: (layout.rowStart[5] ?? 0) - (layout.rowStart[4] ?? 0) },
      (_, i) => (layout.rowStart[4] ?? 0) + i,
    );
    const best = Math.min(...others.map((tile) => Math.abs(middle(tile) - middle(from + 1))));
    expect(rowOf(layout, to)).toBe(4);
    expect(Math.abs(middle(to) - middle(from + 1))).toBe(best);
  });

  it('stays in the first and last row', () => {
    expect(rowOf(layout, tileInRow(layout, 0, -1))).toBe(0);
    expect(rowOf(layout, tileInRow(layout, 299, 5))).toBe(layout.rows - 1);
  });
});
