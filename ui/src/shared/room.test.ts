import { describe, expect, it } from 'vitest';
import { Room } from './room.svelte';

function room(width: number, height: number, rem = 16) {
  const made = new Room();
  made.measured(width, height, rem);
  const { drawer, sheet, short, ample } = made;
  return { drawer, sheet, short, ample };
}

describe('the room of a window', () => {
  it.each([
    [2560, 1440, { drawer: false, sheet: false, short: false, ample: true }],
    [1024, 700, { drawer: false, sheet: false, short: false, ample: false }],
    [899, 700, { drawer: true, sheet: false, short: false, ample: false }],
    [759, 700, { drawer: true, sheet: true, short: false, ample: false }],
    [320, 256, { drawer: true, sheet: true, short: true, ample: false }],
  ])('of %i × %i decides what folds away', (width, height, folded) => {
    expect(room(width, height)).toEqual(folded);
  });

  it('is halved by letters of twice the size', () => {
    expect(room(1440, 900, 32)).toEqual(room(720, 450));
  });
});
