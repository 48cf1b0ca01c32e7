import { expect, it } from 'vitest';
import { arranged } from './frames';

const LANDSCAPE = { width: 3000, height: 2000 };
const PORTRAIT = { width: 2000, height: 3000 };

it('on a wide stage two pictures lie beside each other', () => {
  expect(arranged({ width: 1202, height: 500 }, LANDSCAPE, LANDSCAPE)).toEqual({
    frame: { width: 600, height: 500 },
    spots: [
      { x: 0, y: 0 },
      { x: 602, y: 0 },
    ],
  });
});

it('in a narrow panel landscapes lie one above the other, portraits beside each other', () => {
  const panel = { width: 340, height: 320 };
  expect(arranged(panel, LANDSCAPE, LANDSCAPE).spots[1]).toEqual({ x: 0, y: 161 });
  expect(arranged(panel, PORTRAIT, PORTRAIT).spots[1]).toEqual({ x: 171, y: 0 });
});

it('a stage that is not measured yet has empty frames', () => {
  expect(arranged({ width: 0, height: 0 }, LANDSCAPE, PORTRAIT).frame).toEqual({ width: 0, height: 0 });
});
