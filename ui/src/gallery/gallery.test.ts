import { beforeEach, describe, expect, it } from 'vitest';
import { FakeServer, tileOf } from '../api/fake';
import { GalleryStore } from './gallery.svelte';
import { boxOf } from './layout';

let server: FakeServer;
let gallery: GalleryStore;

const settled = () => new Promise((resolve) => setTimeout(resolve));

beforeEach(() => {
  server = new FakeServer(5000);
  gallery = new GalleryStore(server.api);
  gallery.view.resize(1000, 700);
});

describe('opening a search', () => {
  it('knows the height of all of it and the assets of the first screen', async () => {
    await gallery.open({});
    expect(gallery.total).toBe(5000);
    expect(gallery.view.layout.height).toBeGreaterThan(100_000);
    expect(gallery.at(0)?.id).toBe('a0');
    expect(gallery.at(4000), 'nobody has looked there').toBeUndefined();
  });

  it('drops an older answer that comes late', async () => {
    let release = () => {};
    server.gate = new Promise((resolve) => {
      release = resolve;
    });
    const older = gallery.open({ query: 'a1' });
    const newer = gallery.open({ query: 'a4999' });
    release();
    await Promise.all([older, newer]);
    expect(gallery.total).toBe(1);
    expect(gallery.at(0)?.id).toBe('a4999');
  });

  it('tells what went wrong, and keeps what was there', async () => {
    await gallery.open({});
    server.gate = Promise.reject(new Error('gone'));
    await gallery.open({ query: 'a1' });
    expect(gallery.problem).toEqual(new Error('gone'));
    expect(gallery.total).toBe(5000);
  });
});

describe('scrolling', () => {
  it('loads what comes near, once', async () => {
    await gallery.open({});
    server.asked.length = 0;
    gallery.want(2010, 2090);
    gallery.want(2015, 2095);
    await settled();
    expect(server.asked).toEqual(['assets 2000+100']);
    expect(gallery.at(2042)?.id).toBe('a2042');
  });

  it('gives up what was flung past', async () => {
    await gallery.open({});
    gallery.want(1000, 1080);
    gallery.want(3000, 3080);
    await settled();
    expect(gallery.at(1000)).toBeUndefined();
    expect(gallery.at(3000)?.id).toBe('a3000');
  });
});

describe('new assets', () => {
  it('just appear when the eye is at the top', async () => {
    await gallery.open({});
    server.assets.unshift(tileOf('new'));
    await gallery.refresh(['new']);
    expect(gallery.view.top).toBe(0);
    expect(gallery.at(0)?.id).toBe('new');
  });

  it('do not move the tile under the eye', async () => {
    await gallery.open({});
    gallery.view.scrolled(20_000);
    const [first, end] = gallery.view.tiles(0);
    gallery.want(first, end);
    await settled();
    const still = gallery.view.anchor;
    const id = gallery.at(still)?.id ?? '';
    const leftOfLast = boxOf(gallery.view.layout, end - 1).left;
    const onScreen = boxOf(gallery.view.layout, still).top - gallery.view.top;

    for (let i = 0; i < 37; i++) server.assets.unshift(tileOf(`new${i}`));
    await gallery.refresh(null);

    const now = gallery.indexOf(id);
    expect(now).toBe(still + 37);
    expect(boxOf(gallery.view.layout, now ?? 0).top - gallery.view.top).toBeCloseTo(onScreen, 3);
    expect(boxOf(gallery.view.layout, end - 1 + 37).left, 'nor its neighbours').toBe(leftOfLast);
  });

  it('and a changed one under the eye jumps to the top alone', async () => {
    await gallery.open({});
    gallery.view.scrolled(20_000);
    gallery.want(...gallery.view.tiles(0));
    await settled();
    const before = gallery.view.top;
    const changed = gallery.at(gallery.view.anchor)?.id ?? '';

    server.assets = [tileOf(changed), ...server.assets.filter(({ id }) => id !== changed)];
    await gallery.refresh([changed]);

    expect(Math.abs(gallery.view.top - before)).toBeLessThan(400);
  });

  it('that come while a search is under way are taken in after it', async () => {
    const opening = gallery.open({});
    const refreshing = gallery.refresh(null);
    await Promise.all([opening, refreshing]);
    expect(server.asked.filter((call) => call === 'gallery')).toHaveLength(2);
  });

  it('that it already has are not asked for again', async () => {
    const asked = () => server.asked.filter((call) => call === 'gallery').length;
    const opening = gallery.open({});
    await Promise.all([opening, gallery.refresh(null, server.revision)]);
    await gallery.refresh(null, server.revision);
    expect(asked()).toBe(1);
    await gallery.refresh(null, server.revision + 1);
    expect(asked()).toBe(2);
  });
});

describe('looking back', () => {
  it('leaves the picture under the eye where it is, if it was there then', async () => {
    await gallery.open({});
    gallery.view.scrolled(20_000);
    gallery.want(...gallery.view.tiles(0));
    await settled();
    const still = gallery.view.anchor;
    const id = gallery.at(still)?.id ?? '';
    const onScreen = boxOf(gallery.view.layout, still).top - gallery.view.top;

    server.assets = server.assets.slice(20);
    await gallery.travel({ at: '2026-03-04T09:00:00.000Z' });

    expect(gallery.moment).toBe('2026-03-04T09:00:00.000Z');
    expect(gallery.indexOf(id)).toBe(still - 20);
    expect(boxOf(gallery.view.layout, still - 20).top - gallery.view.top).toBeCloseTo(onScreen, 3);
  });

  it('finds the tile in hand again after a time in which it did not exist', async () => {
    await gallery.open({});
    const inHand = { index: 7, id: 'a7' };
    const top = boxOf(gallery.view.layout, 7).top - gallery.view.top;
    const all = server.assets;

    server.assets = all.slice(40);
    await gallery.travel({ at: '1' }, inHand);
    expect(gallery.indexOf('a7')).toBeUndefined();

    server.assets = [...Array.from({ length: 300 }, (_, nth) => tileOf(`later${nth}`)), ...all];
    await gallery.travel({}, inHand);
    expect(gallery.indexOf('a7')).toBe(307);
    expect(boxOf(gallery.view.layout, 307).top - gallery.view.top).toBeCloseTo(top, 3);
  });

  it('moments that pass while one is on its way are skipped for the last', async () => {
    await gallery.open({});
    server.asked.length = 0;
    await Promise.all(['1', '2', '3', '4'].map((at) => gallery.travel({ at })));
    expect(server.asked.filter((call) => call === 'gallery')).toHaveLength(2);
    expect(gallery.moment).toBe('4');
  });
});
