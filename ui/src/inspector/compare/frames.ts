/** Two frames on a stage, beside each other or one above the other: whichever lets the pictures be larger. Pure. */
import type { Size, Spot } from '../../shared/zoom/pan-zoom.svelte';

const GAP = 2;

export interface Frames {
  /** Both are of this size. */
  readonly frame: Size;
  readonly spots: readonly [Spot, Spot];
}

export function arranged(stage: Size, ...pictures: readonly Size[]): Frames {
  const beside = { width: Math.max(0, (stage.width - GAP) / 2), height: stage.height };
  const above = { width: stage.width, height: Math.max(0, (stage.height - GAP) / 2) };
  const seen = (frame: Size) => pictures.reduce((sum, picture) => sum + areaIn(frame, picture), 0);
  if (seen(above) > seen(beside))
    return {
      frame: above,
      spots: [
        { x: 0, y: 0 },
        { x: 0, y: above.height + GAP },
      ],
    };
  return {
    frame: beside,
    spots: [
      { x: 0, y: 0 },
      { x: beside.width + GAP, y: 0 },
    ],
  };
}

function areaIn(frame: Size, { width, height }: Size): number {
  return width * height * Math.min(frame.width / width, frame.height / height) ** 2;
}
