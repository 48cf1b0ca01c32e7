import { beforeEach, describe, expect, it } from 'vitest';
import { eventLineOf, FakeServer } from '../api/fake';
import { EventLog } from './events.svelte';
import { HEADING, LINE } from './lines';

let server: FakeServer;
let log: EventLog;

const settled = () => new Promise((resolve) => setTimeout(resolve));
const screen = (top: number): [number, number] => [top, top + 700];

beforeEach(() => {
  server = new FakeServer(0);
  server.events = Array.from({ length: 3000 }, (_, nth) => eventLineOf(`e${nth}`, nth / 4));
  log = new EventLog(server.api);
});

describe('the list', () => {
  it('begins with the newest, under the heading of its day', async () => {
    await log.open({});
    const [first, second] = log.near(...screen(0));
    expect(first).toMatchObject({ index: 0, top: HEADING, opensDay: true });
    expect(first?.item?.event_id).toBe('e0');
    expect(second).toMatchObject({ top: HEADING + LINE, opensDay: false });
  });

  it('is as long as there are events from the beginning on', async () => {
    await log.open({});
    expect(log.total).toBe(3000);
    const days = new Set(Array.from({ length: 3000 }, (_, nth) => log.dayOf(nth)));
    expect(log.height).toBe(3000 * LINE + days.size * HEADING);
  });

  it('has its end after one request', async () => {
    await log.open({});
    server.asked.length = 0;
    log.want(log.height - 700, log.height);
    await settled();
    expect(server.asked).toEqual(['events 2900']);
    expect(log.at(2999)?.event_id).toBe('e2999');
    expect(log.topOf(2999)).toBe(log.height - LINE);
  });

  it('knows where a day is, and what comes before a day on which nothing happened', async () => {
    server.events.splice(100, 200);
    await log.open({});
    const whole = Array.from({ length: log.total }, (_, nth) => log.dayOf(nth) ?? '');
    const last = whole.at(-1) ?? '';
    expect(log.firstOf(last)).toBe(whole.indexOf(last));
    const before = whole[100] ?? '';
    expect(log.firstOf('2026-03-03'), 'the days that were taken out').toBe(
      whole.findIndex((day) => day <= '2026-03-03'),
    );
    expect(log.dayOf(log.firstOf(before))).toBe(before);
    expect(log.firstOf('2000-01-01')).toBe(log.total - 1);
    expect(log.firstOf('2100-01-01')).toBe(0);
  });

  it('asks once for a page that is wanted twice', async () => {
    await log.open({});
    server.asked.length = 0;
    const top = log.topOf(150);
    log.want(top, top + 100);
    log.want(top + 10, top + 110);
    await settled();
    expect(server.asked).toEqual(['events 100']);
  });

  it('gives up what is far away, and has it back at the same place', async () => {
    await log.open({});
    for (let index = 0; index < 3000; index += 100) {
      log.want(log.topOf(index), log.topOf(index) + 700);
      await settled();
    }
    expect(log.at(50), 'given up').toBeUndefined();
    const top = log.topOf(50);
    expect(log.near(...screen(top)).find(({ index }) => index === 50)).toMatchObject({
      top,
      item: undefined,
    });
    log.want(...screen(top));
    await settled();
    expect(log.at(50)?.event_id).toBe('e50');
  });

  it('drops the answer to a question that was replaced', async () => {
    server.events[7] = eventLineOf('renamed', 1.75, { change: 'renamed' });
    const older = log.open({});
    const newer = log.open({ change: 'renamed' });
    await Promise.all([older, newer]);
    expect(log.total).toBe(1);
    expect(log.at(0)?.event_id).toBe('renamed');
  });
});

describe('what comes in meanwhile', () => {
  const arrive = (n: number) => {
    for (let nth = 0; nth < n; nth++) server.events.unshift(eventLineOf(`new${nth}`, -1 - nth));
  };

  it('just appears when nobody has scrolled', async () => {
    await log.open({});
    arrive(3);
    await log.refresh(['asset-new0']);
    expect(log.at(0)?.event_id).toBe('new2');
    expect(log.fresh).toBe(0);
  });

  it('is announced and moves nothing when somebody has', async () => {
    await log.open({});
    log.atTop = false;
    arrive(130);
    await log.refresh(['asset-new0']);
    expect(log.fresh).toBe(130);
    expect(log.at(0)?.event_id).toBe('e0');
    log.want(log.height - 700, log.height);
    await settled();
    expect(log.at(2999)?.event_id, 'what is asked for later lies where it lay').toBe('e2999');
    await log.reload();
    expect(log.fresh).toBe(0);
    expect(log.at(0)?.event_id).toBe('new129');
  });

  it('nor takes a line out of the hand at the top', async () => {
    await log.open({});
    log.cursor = 4;
    arrive(1);
    await log.refresh(null);
    expect(log.picked?.event_id).toBe('e4');
    expect(log.fresh).toBe(1);
  });

  it('brings lines in view the pictures that came for them', async () => {
    await log.open({});
    log.atTop = false;
    log.want(...screen(300));
    server.events[2] = eventLineOf('e2', 0.5, { thumbnail: { state: 'kept', url: '/api/blobs/1' } });
    await log.refresh(['asset-e2']);
    expect(log.at(2)?.thumbnail.state).toBe('kept');
  });
});

describe('what comes while an answer is on its way', () => {
  /** Holds answers back until they are released. */
  function hold(): () => void {
    let release = () => {};
    server.gate = new Promise((resolve) => {
      release = () => {
        server.gate = Promise.resolve();
        resolve();
      };
    });
    return release;
  }

  it('is listed once the list is open', async () => {
    const release = hold();
    const opening = log.open({});
    await log.refresh(['asset-new']);
    release();
    await opening;
    expect(server.asked).toEqual(['outline', 'events 0', 'outline', 'events 0']);
  });

  it('is listed under the question that was asked meanwhile, and an older answer is dropped', async () => {
    await log.open({});
    server.events[7] = eventLineOf('renamed', 1.75, { change: 'renamed' });
    const release = hold();
    const refreshing = log.refresh(null);
    server.gate = Promise.resolve();
    await log.open({ change: 'renamed' });
    release();
    await refreshing;
    expect([log.total, log.at(0)?.event_id]).toEqual([1, 'renamed']);
  });

  it('opens a list that could not be opened', async () => {
    server.gate = Promise.reject(new Error('gone'));
    await log.open({});
    expect(log.opened).toBe(false);
    server.gate = Promise.resolve();
    await log.refresh(null);
    expect([log.opened, log.problem]).toEqual([true, undefined]);
  });
});

it('tells what went wrong, and keeps what was there', async () => {
  await log.open({});
  server.gate = Promise.reject(new Error('gone'));
  await log.open({ change: 'renamed' });
  expect(log.problem).toEqual(new Error('gone'));
  expect(log.total).toBe(3000);
});
