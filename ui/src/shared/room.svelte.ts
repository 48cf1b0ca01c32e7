/**
 * How much room the window has, measured in the reader's text: a window of 1440 pixels with letters of twice the size
 * has the room of one with 720. What folds away when there is little of it is decided here and nowhere else.
 */

/** What one rem is in pixels where nobody has asked for larger letters. All sizes below are in such pixels. */
const USUAL_REM = 16;
const DRAWER_BELOW = 900;
const SHEET_BELOW = 760;
const SHORT_BELOW = 500;
const INSPECTOR_BESIDE_FROM = 1180;

/** How much larger than usual the reader's letters are at this moment. */
export function rootScale(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / USUAL_REM;
}

export class Room {
  #width = $state(1440);
  #height = $state(900);
  #scale = $state(1);

  /** How much larger than usual the reader's letters are: 2 for a root font of 32 pixels. */
  get scale(): number {
    return this.#scale;
  }
  /** Too narrow for the sidebar to stay: it is a drawer. */
  get drawer(): boolean {
    return this.#width < DRAWER_BELOW * this.#scale;
  }
  /** Too narrow for the inspector beside the gallery: it is a sheet over it. */
  get sheet(): boolean {
    return this.#width < SHEET_BELOW * this.#scale;
  }
  /** Too low for the strip of time to stay: it folds to a line. */
  get short(): boolean {
    return this.#height < SHORT_BELOW * this.#scale;
  }
  /** Wide enough for the inspector to stand there before anything is selected. */
  get ample(): boolean {
    return this.#width >= INSPECTOR_BESIDE_FROM * this.#scale;
  }

  /** `rem` is the size of the root's font in pixels. */
  measured(width: number, height: number, rem: number): void {
    this.#width = width;
    this.#height = height;
    this.#scale = rem > 0 ? rem / USUAL_REM : 1;
  }

  /** Follows the window and the size of its letters. Returns how to stop. */
  watch(): () => void {
    const probe = document.createElement('div');
    probe.style.cssText = 'position:fixed;width:1rem;height:0;visibility:hidden';
    document.body.append(probe);
    const measure = () => this.measured(innerWidth, innerHeight, probe.getBoundingClientRect().width);
    const observer = new ResizeObserver(measure);
    observer.observe(probe);
    addEventListener('resize', measure);
    measure();
    return () => {
      observer.disconnect();
      removeEventListener('resize', measure);
      probe.remove();
    };
  }
}
