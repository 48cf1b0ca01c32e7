import { expect, it } from 'vitest';
import { justify } from './layout';
import { RubberBand } from './rubber-band.svelte';

const METRICS = { width: 1000, rowHeight: 160, gap: 6, headingHeight: 40 };
const layout = justify(new Float32Array(40).fill(1.5), [40], METRICS);

it('touches the tiles that it reaches, and no others', () => {
  const band = new RubberBand();
  band.begin({ x: -10, y: 10 });
  band.move({ x: 30, y: 60 });
  expect(band.touched(layout)).toEqual([0]);
  band.move({ x: 300, y: 60 });
  expect(band.touched(layout)).toEqual([0, 1]);
  const next = layout.rowTop[1] ?? 0;
  band.move({ x: 30, y: next + 10 });
  expect(band.touched(layout)).toEqual([0, layout.rowStart[1]]);
});

it('is none before it has been drawn a little, and none after it has ended', () => {
  const band = new RubberBand();
  band.begin({ x: 20, y: 60 });
  band.move({ x: 23, y: 62 });
  expect([band.band, band.touched(layout)]).toEqual([undefined, []]);
  band.move({ x: 10, y: 50 });
  expect(band.band).toEqual({ left: 10, top: 50, width: 10, height: 10 });
  band.end();
  expect(band.band).toBeUndefined();
});
