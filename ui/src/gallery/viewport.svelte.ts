/**
 * Which part of the layout is in view, and where the scrollbar stands for it. The element only reports its scroll
 * position and size and is told where to stand; all arithmetic is here and is tested without it.
 */
import { recall, remember } from '../shared/memory';
import { scrollHeight, toLayout, toScroll } from '../shared/scroll-space';
import { boxOf, groupOf, groupsBetween, justify, type Layout, rowOf, tilesBetween } from './layout';

export interface Shape {
  readonly ratios: Float32Array;
  readonly groups: readonly number[];
}

const EMPTY: Shape = { ratios: new Float32Array(0), groups: [] };
const GAP = 6;
const HEADING = 44;
const CAPTION = 20;
/** How much smaller and larger than usual tiles may be. */
export const SMALLEST = 0.5;
export const LARGEST = 2.5;
/** A jump further than this is the scrollbar being dragged; anything less moves the rows one to one. */
const FLING_SCREENS = 3;
/** How far one-to-one scrolling may drift from the scrollbar's own idea in a squeezed layout. */
const DRIFT = 200_000;

export class Viewport {
  #shape: Shape = EMPTY;
  #layout = $state.raw<Layout>(justify(EMPTY.ratios, EMPTY.groups, metrics(0, 1, false, 1)));
  #size = $state(bounded(Number(recall('tile-size') ?? 1)));
  #captioned = $state(recall('captions') === 'on');
  /** Where a row was made to begin, so that nothing moved under the eye. */
  #breakAt: number | undefined;
  #width = $state(0);
  #height = $state(0);
  #top = $state(0);
  #scrollTop = $state(0);
  #scale = $state(1);

  get layout(): Layout {
    return this.#layout;
  }
  get width(): number {
    return this.#width;
  }
  get height(): number {
    return this.#height;
  }
  /** How large tiles are; 1 is as usual. */
  get size(): number {
    return this.#size;
  }
  set size(size: number) {
    this.#size = bounded(size);
    remember('tile-size', String(this.#size));
    this.#relayout(this.anchor, this.anchor);
  }
  /** Whether a line with name and rating stands under each tile. */
  get captioned(): boolean {
    return this.#captioned;
  }
  set captioned(captioned: boolean) {
    this.#captioned = captioned;
    remember('captions', captioned ? 'on' : 'off');
    this.#relayout(this.anchor, this.anchor);
  }
  /** The top edge of the view in the layout. */
  get top(): number {
    return this.#top;
  }
  get scrollTop(): number {
    return this.#scrollTop;
  }
  get scrollHeight(): number {
    return scrollHeight(this.#layout.height);
  }
  /** What to subtract from a place in the layout to draw it inside the scrolled element. */
  get offset(): number {
    return this.#top - this.#scrollTop;
  }
  get atTop(): boolean {
    return this.#top < this.#heading;
  }

  /** Tiles in view, with `screens` more above and below. */
  tiles(screens: number): readonly [number, number] {
    const more = this.#height * screens;
    return tilesBetween(this.#layout, this.#top - more, this.#top + this.#height + more);
  }

  scrolled(scrollTop: number): void {
    if (scrollTop === this.#scrollTop) return;
    const moved = scrollTop - this.#scrollTop;
    const height = this.#layout.height;
    this.#scrollTop = scrollTop;
    if (Math.abs(moved) > this.#height * FLING_SCREENS) {
      this.#top = toLayout(scrollTop, height);
      return;
    }
    this.#top = this.#clamp(this.#top + moved);
    const atAnEnd = this.#top === 0 || this.#top === this.#furthest;
    if (atAnEnd || Math.abs(toScroll(this.#top, height) - scrollTop) > DRIFT) this.settle();
    this.#closeUp();
  }

  /** Puts the scrollbar where it belongs for what is in view; nothing on the screen moves. */
  settle(): void {
    this.#scrollTop = toScroll(this.#top, this.#layout.height);
  }

  /** `scale` is how much larger than usual the letters of the headings are. */
  resize(width: number, height: number, keep?: number, scale = this.#scale): void {
    this.#height = height;
    if (width === this.#width && scale === this.#scale) {
      this.#moveTo(this.#top);
      return;
    }
    const still = keep ?? (this.#top === 0 ? undefined : this.anchor);
    this.#width = width;
    this.#scale = scale;
    this.#relayout(still, still);
  }

  /** Takes a new result. Shows its beginning, or leaves the tile that was `from` where it is on the screen as `to`. */
  show(shape: Shape, from?: number, to?: number): void {
    this.#shape = shape;
    const inRow = from === undefined ? 0 : from - (this.#layout.rowStart[rowOf(this.#layout, from)] ?? 0);
    this.#relayout(from, to, to === undefined ? undefined : to - inRow);
  }

  /** The first tile that begins inside the view. */
  get anchor(): number {
    const [first, end] = this.tiles(0);
    const whole = boxOf(this.#layout, first);
    if (whole.top >= this.#top) return first;
    for (let tile = first; tile < end; tile++) {
      if (boxOf(this.#layout, tile).top > whole.top) return tile;
    }
    return first;
  }

  /** Scrolls just so far that the tile is wholly in view. */
  reveal(tile: number): void {
    const { top, height } = boxOf(this.#layout, tile);
    const caption = this.#captioned ? Math.round(CAPTION * this.#scale) : 0;
    const bottom = top + height + caption + GAP;
    if (top - this.#heading < this.#top) this.#moveTo(top - this.#heading);
    else if (bottom > this.#top + this.#height) this.#moveTo(bottom - this.#height);
  }

  #relayout(from: number | undefined, to: number | undefined, breakAt?: number): void {
    const before = from === undefined ? 0 : boxOf(this.#layout, from).top - this.#top;
    const how = metrics(this.#width, this.#size, this.#captioned, this.#scale);
    this.#layout = justify(this.#shape.ratios, this.#shape.groups, how, breakAt);
    this.#breakAt = breakAt;
    this.#moveTo(to === undefined || this.#layout.tiles === 0 ? 0 : boxOf(this.#layout, to).top - before);
  }

  /** Lays all out as if nothing had arrived meanwhile, once that moves nothing under the eye or one is back at the top. */
  #closeUp(): void {
    if (this.#breakAt === undefined) return;
    const [first, end] = groupsBetween(this.#layout, this.#top, this.#top + this.#height);
    const broken = groupOf(this.#layout, this.#breakAt);
    if (this.atTop) this.#relayout(undefined, undefined);
    else if (broken < first || broken >= end) this.#relayout(this.anchor, this.anchor);
  }

  #moveTo(top: number): void {
    this.#top = this.#clamp(top);
    this.settle();
  }

  #clamp(top: number): number {
    return Math.min(Math.max(top, 0), this.#furthest);
  }

  get #heading(): number {
    return HEADING * this.#scale;
  }

  get #furthest(): number {
    return Math.max(0, this.#layout.height - this.#height);
  }
}

/** Larger windows get larger pictures, not only more of them. */
function metrics(width: number, size: number, captioned: boolean, scale: number) {
  const rowHeight = Math.round(Math.min(Math.max(120 + width / 22, 140), 220) * size);
  const captionHeight = captioned ? Math.round(CAPTION * scale) : 0;
  return {
    width: Math.max(1, Math.floor(width)),
    rowHeight,
    gap: GAP,
    headingHeight: Math.round(HEADING * scale),
    captionHeight,
  };
}

function bounded(size: number): number {
  return Number.isFinite(size) ? Math.min(Math.max(size, SMALLEST), LARGEST) : 1;
}
