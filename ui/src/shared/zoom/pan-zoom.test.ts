import { expect, it } from 'vitest';
import { PanZoom, type Size, type Spot } from './pan-zoom.svelte';

const PICTURE = { width: 3000, height: 2000 };
const FRAME = { width: 600, height: 600 };

/** Which part of the picture lies under a spot of the frame. */
function under(view: PanZoom, spot: Spot, frame: Size = FRAME, picture: Size = PICTURE): Spot {
  const { left, top, width, height } = view.box(picture, frame);
  return { x: (spot.x - left) / width, y: (spot.y - top) / height };
}

it('at first the whole picture is seen, in the middle', () => {
  expect(new PanZoom().box(PICTURE, FRAME)).toEqual({ left: 0, top: 100, width: 600, height: 400 });
});

it('what lies under the pointer stays there', () => {
  const view = new PanZoom();
  const eye = { x: 420, y: 330 };
  const before = under(view, eye);
  view.zoom(5, PICTURE, FRAME, eye);
  expect(under(view, eye).x).toBeCloseTo(before.x);
  expect(under(view, eye).y).toBeCloseTo(before.y);
});

it('two frames of other sizes show the same place', () => {
  const view = new PanZoom();
  view.zoom(8, PICTURE, FRAME, { x: 200, y: 250 });
  const small = { width: 150, height: 150 };
  const half = { width: 1500, height: 1000 };
  const here = under(view, { x: 300, y: 300 });
  const there = under(view, { x: 75, y: 75 }, small, half);
  expect(there.x).toBeCloseTo(here.x);
  expect(there.y).toBeCloseTo(here.y);
});

it('a picture is not dragged out of its frame', () => {
  const view = new PanZoom();
  view.pan({ x: 300, y: 0 }, PICTURE, FRAME);
  expect(view.box(PICTURE, FRAME).left).toBe(0);
  view.zoom(2, PICTURE, FRAME);
  view.pan({ x: 9000, y: 9000 }, PICTURE, FRAME);
  expect(view.box(PICTURE, FRAME)).toMatchObject({ left: 0, top: 0 });
  view.pan({ x: -9000, y: 0 }, PICTURE, FRAME);
  expect(view.box(PICTURE, FRAME).left).toBe(600 - 1200);
});

it('the way back to the whole is as far as the way in', () => {
  const view = new PanZoom();
  view.zoom(1000, PICTURE, FRAME);
  expect(view.closest).toBe(true);
  view.zoom(1 / 1000, PICTURE, FRAME);
  expect(view.whole).toBe(true);
  expect(view.box(PICTURE, FRAME)).toEqual(new PanZoom().box(PICTURE, FRAME));
});

it('two fingers pinch about the place between them', () => {
  const view = new PanZoom();
  view.press(1, { x: 200, y: 300 });
  view.press(2, { x: 400, y: 300 });
  const middle = under(view, { x: 300, y: 300 });
  view.move(1, { x: 100, y: 300 }, PICTURE, FRAME);
  view.move(2, { x: 500, y: 300 }, PICTURE, FRAME);
  expect(view.scale).toBeCloseTo(2);
  expect(under(view, { x: 300, y: 300 }).x).toBeCloseTo(middle.x);
  view.lift(1);
  view.move(2, { x: 520, y: 300 }, PICTURE, FRAME);
  expect(view.scale, 'one finger only drags').toBeCloseTo(2);
  view.lift(2);
  view.move(2, { x: 900, y: 300 }, PICTURE, FRAME);
  expect(under(view, { x: 320, y: 300 }).x, 'a lifted one does nothing').toBeCloseTo(middle.x);
});

it('keys zoom and pan, and arrows mean nothing while all is seen', () => {
  const view = new PanZoom();
  expect(view.key('ArrowLeft', PICTURE, FRAME)).toBe(false);
  for (let press = 0; press < 4; press++) expect(view.key('+', PICTURE, FRAME)).toBe(true);
  const { left } = view.box(PICTURE, FRAME);
  expect(view.key('ArrowRight', PICTURE, FRAME)).toBe(true);
  expect(view.box(PICTURE, FRAME).left).toBeLessThan(left);
  expect(view.key('0', PICTURE, FRAME)).toBe(true);
  expect(view.whole).toBe(true);
  expect(view.key('a', PICTURE, FRAME)).toBe(false);
});

it('a frame that is not measured yet breaks nothing', () => {
  const view = new PanZoom();
  view.zoom(2, PICTURE, { width: 0, height: 0 });
  view.pan({ x: 5, y: 5 }, PICTURE, { width: 0, height: 0 });
  expect(view.box(PICTURE, FRAME)).toMatchObject({ width: 1200, left: -300 });
});

it('a picture is not stretched beyond its pixels, where that is not wanted', () => {
  const small = { width: 300, height: 200 };
  expect(new PanZoom().box(small, FRAME).width).toBe(600);
  expect(new PanZoom(1).box(small, FRAME)).toEqual({ left: 150, top: 200, width: 300, height: 200 });
});

it('one key shows a pixel of the picture in one of the screen, and the whole again', () => {
  const view = new PanZoom(1);
  view.togglePixels(1, PICTURE, FRAME);
  expect(view.box(PICTURE, FRAME).width).toBeCloseTo(PICTURE.width);
  view.togglePixels(1, PICTURE, FRAME);
  expect(view.whole).toBe(true);
});
