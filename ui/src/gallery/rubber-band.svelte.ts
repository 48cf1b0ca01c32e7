/**
 * A box that is drawn around tiles with the pointer, from where none is. Its corners lie on the table, not in the window, so
 * that it grows while one scrolls.
 */
import { boxOf, type Layout, tilesBetween } from './layout';

interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Band {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** In pixels: less is a click. */
const DRAWN = 5;

export class RubberBand {
  #from = $state.raw<Point>();
  #to = $state.raw<Point>();

  /** The box; undefined while nothing is drawn. */
  get band(): Band | undefined {
    const [from, to] = [this.#from, this.#to];
    if (!from || !to || Math.max(Math.abs(to.x - from.x), Math.abs(to.y - from.y)) < DRAWN) return undefined;
    return {
      left: Math.min(from.x, to.x),
      top: Math.min(from.y, to.y),
      width: Math.abs(to.x - from.x),
      height: Math.abs(to.y - from.y),
    };
  }

  get drawing(): boolean {
    return this.#from !== undefined;
  }

  begin(at: Point): void {
    this.#from = at;
    this.#to = at;
  }

  move(to: Point): void {
    if (this.#from) this.#to = to;
  }

  end(): void {
    this.#from = undefined;
    this.#to = undefined;
  }

  /** The tiles that the box touches, by their numbers. */
  touched(layout: Layout): number[] {
    const { band } = this;
    if (!band) return [];
    const [first, end] = tilesBetween(layout, band.top, band.top + band.height);
    return Array.from({ length: Math.max(0, end - first) }, (_, nth) => first + nth).filter((tile) => {
      const { left, top, width, height } = boxOf(layout, tile);
      return (
        left < band.left + band.width &&
        left + width > band.left &&
        top < band.top + band.height &&
        top + height > band.top
      );
    });
  }
}
