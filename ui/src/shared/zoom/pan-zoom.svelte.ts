/**
 * How near pictures are looked at, and where. One of these for all pictures of a comparison, in parts of the picture
 * and not in pixels of the screen: so two pictures of other sizes, in frames of other sizes, show the same place.
 */

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Spot {
  readonly x: number;
  readonly y: number;
}

export interface Box extends Size {
  readonly left: number;
  readonly top: number;
}

const CLOSEST = 32;
/** What one press of a key does: nearer by this factor, aside by this part of what is seen. */
const KEY_ZOOM = 1.5;
const KEY_STEP = 0.15;
const DOUBLE_CLICK_ZOOM = 4;
const MIDDLE: Spot = { x: 0.5, y: 0.5 };

export class PanZoom {
  #scale = $state(1);
  #centre = $state.raw(MIDDLE);
  readonly #fingers = new Map<number, Spot>();
  readonly #largestFit: number;

  /** `largestFit` is how many pixels of the screen a pixel of the picture may take where the whole picture is shown. */
  constructor(largestFit = Number.POSITIVE_INFINITY) {
    this.#largestFit = largestFit;
  }

  /** 1 shows the whole picture. */
  get scale(): number {
    return this.#scale;
  }
  get whole(): boolean {
    return this.#scale === 1;
  }
  get closest(): boolean {
    return this.#scale === CLOSEST;
  }

  /** Where a picture lies in a frame; never with more empty space beside it than it needs. */
  box(picture: Size, frame: Size): Box {
    const fit = Math.min(frame.width / picture.width, frame.height / picture.height, this.#largestFit) || 0;
    const width = picture.width * fit * this.#scale;
    const height = picture.height * fit * this.#scale;
    return {
      width,
      height,
      left: frame.width / 2 - within(this.#centre.x, frame.width, width) * width,
      top: frame.height / 2 - within(this.#centre.y, frame.height, height) * height,
    };
  }

  /** Nearer or further, and what lies under the spot stays there. */
  zoom(factor: number, picture: Size, frame: Size, spot = middleOf(frame)): void {
    const before = this.box(picture, frame);
    this.#scale = Math.min(Math.max(this.#scale * factor, 1), CLOSEST);
    const after = this.box(picture, frame);
    if (!(before.width > 0 && before.height > 0)) return;
    const under = { x: (spot.x - before.left) / before.width, y: (spot.y - before.top) / before.height };
    this.#look(
      {
        x: under.x + (frame.width / 2 - spot.x) / after.width,
        y: under.y + (frame.height / 2 - spot.y) / after.height,
      },
      picture,
      frame,
    );
  }

  /** The picture follows the hand. */
  pan(by: Spot, picture: Size, frame: Size): void {
    const { width, height } = this.box(picture, frame);
    if (width > 0 && height > 0)
      this.#look({ x: this.#centre.x - by.x / width, y: this.#centre.y - by.y / height }, picture, frame);
  }

  /** Whole, or near at the spot. */
  toggle(picture: Size, frame: Size, spot: Spot): void {
    if (this.whole) this.zoom(DOUBLE_CLICK_ZOOM, picture, frame, spot);
    else this.reset();
  }

  /** Whole, or so near at the spot that a pixel of the picture takes so many of the screen. */
  togglePixels(pixels: number, picture: Size, frame: Size, spot = middleOf(frame)): void {
    if (!this.whole) this.reset();
    else this.zoom((pixels * picture.width) / (this.box(picture, frame).width || 1), picture, frame, spot);
  }

  reset(): void {
    this.#scale = 1;
    this.#centre = MIDDLE;
  }

  /** Says whether the key meant something here. */
  key(key: string, picture: Size, frame: Size): boolean {
    if (key === '+' || key === '=') this.zoom(KEY_ZOOM, picture, frame);
    else if (key === '-') this.zoom(1 / KEY_ZOOM, picture, frame);
    else if (key === '0') this.reset();
    else {
      const way = ARROWS[key];
      if (!way || this.whole) return false;
      const step = { x: way.x * KEY_STEP * frame.width, y: way.y * KEY_STEP * frame.height };
      this.pan(step, picture, frame);
    }
    return true;
  }

  press(finger: number, at: Spot): void {
    this.#fingers.set(finger, at);
  }

  lift(finger: number): void {
    this.#fingers.delete(finger);
  }

  /** One finger, or the mouse, drags; two pinch. */
  move(finger: number, to: Spot, picture: Size, frame: Size): void {
    const from = this.#fingers.get(finger);
    if (!from) return;
    this.#fingers.set(finger, to);
    const other = [...this.#fingers].find(([id]) => id !== finger)?.[1];
    if (!other) {
      this.pan({ x: to.x - from.x, y: to.y - from.y }, picture, frame);
      return;
    }
    const apart = distance(from, other);
    if (apart > 0) this.zoom(distance(to, other) / apart, picture, frame, between(from, other));
    this.pan({ x: (to.x - from.x) / 2, y: (to.y - from.y) / 2 }, picture, frame);
  }

  #look(at: Spot, picture: Size, frame: Size): void {
    const { width, height } = this.box(picture, frame);
    this.#centre = { x: within(at.x, frame.width, width), y: within(at.y, frame.height, height) };
  }
}

const ARROWS: Record<string, Spot> = {
  ArrowLeft: { x: 1, y: 0 },
  ArrowRight: { x: -1, y: 0 },
  ArrowUp: { x: 0, y: 1 },
  ArrowDown: { x: 0, y: -1 },
};

/** The nearest centre that leaves no empty space on one side while something is cut off on the other. */
function within(centre: number, frame: number, picture: number): number {
  if (!(picture > frame)) return 0.5;
  const half = frame / picture / 2;
  return Math.min(Math.max(centre, half), 1 - half);
}

function middleOf(frame: Size): Spot {
  return { x: frame.width / 2, y: frame.height / 2 };
}

function between(a: Spot, b: Spot): Spot {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 };
}

function distance(a: Spot, b: Spot): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
