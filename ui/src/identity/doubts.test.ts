import { expect, it } from 'vitest';
import { assetOf, history } from '../inspector/history.fake';
import { doubtsAbout } from './doubts';

const asset = (more: object) => ({
  ...assetOf('a', history(1)),
  pixel_width: 6000,
  pixel_height: 4000,
  ...more,
});

it.each([
  [{ state: 'deleted' }, {}, []],
  [{}, {}, ['both_present']],
  [{ state: 'deleted' }, { archive: 'Sport' }, ['archive']],
  [{ state: 'deleted' }, { doctype: 'movie' }, ['kind']],
  [{ state: 'deleted' }, { pixel_width: 3000, pixel_height: 2000 }, ['size']],
  [{ state: 'deleted' }, { pixel_width: 4000, pixel_height: 6000 }, ['shape']],
  [{ state: 'deleted', pixel_width: null }, { pixel_width: 10 }, []],
])('%j and %j: %j', (one, other, doubts) => {
  expect(doubtsAbout([asset(one), asset(other)])).toEqual(doubts);
});
