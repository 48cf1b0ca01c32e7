import { beforeEach, describe, expect, it } from 'vitest';
import { eventLineOf, FakeServer } from '../api/fake';
import { EventLog } from './events.svelte';
import { HEADING, LINE } from './lines';

let server: FakeServer;
let log: EventLog;

const settled = () => new Promise((resolve) => setTimeout(resolve));
const screen = (top: number): [number, number] => [top, top + 700];

/** Scrolls on screen by screen as far as the log goes. */
async function readOn(pages: number): Promise<void> {
  for (let page = 0; page < pages; page++) {
    log.want(log.height - 100, log.height + 600);
    await settled();
  }
}

beforeEach(() => {
  server = new FakeServer(0);
  server.events = Array.from({ length: 3000 }, (_, nth) => eventLineOf(`e${nth}`, nth / 4));
  log = new EventLog(server.api);
});

describe('reading on', () => {
  it('begins with the newest, under the heading of its day', async () => {
    await log.open({});
    const [first, second] = log.near(...screen(0));
    expect(first).toMatchObject({ index: 0, top: HEADING, opensDay: true });
    expect(first?.item?.event_id).toBe('e0');
    expect(second).toMatchObject({ top: HEADING + LINE, opensDay: false });
  });

  it('goes on where the log ends in view, and not before', async () => {
    await log.open({});
    log.want(...screen(0));
    await settled();
    expect(log.known).toBe(100);
    await readOn(2);
    expect(log.known).toBe(300);
    expect(log.at(299)?.event_id).toBe('e299');
  });

  it('asks once for a page that is wanted twice', async () => {
    await log.open({});
    server.asked.length = 0;
    log.want(log.height - 100, log.height + 600);
    log.want(log.height - 90, log.height + 610);
    await settled();
    expect(server.asked).toEqual(['events e99']);
  });

  it('ends with the first thing that happened', async () => {
    server.events.length = 150;
    await log.open({});
    await readOn(3);
    expect(log.known).toBe(150);
    expect(log.more).toBe(false);
  });

  it('gives up what is far away, and has it back at the same place', async () => {
    await log.open({});
    await readOn(29);
    const top = log.topOf(50);
    expect(log.known).toBe(3000);
    expect(log.at(50), 'given up').toBeUndefined();
    expect(log.near(...screen(top))[0], 'but its line is still there').toMatchObject({ index: 50, top });

    const { height } = log;
    log.want(...screen(top));
    await settled();
    expect(log.at(50)?.event_id).toBe('e50');
    expect([log.height, log.topOf(50)]).toEqual([height, top]);
  });

  it('reads on anew below a page that has changed meanwhile', async () => {
    await log.open({});
    await readOn(29);
    server.events.splice(120, 0, eventLineOf('late', 30));
    log.want(log.topOf(110), log.topOf(160));
    await settled();
    expect(log.at(120)?.event_id).toBe('late');
    expect(log.known, 'what was below would not have joined').toBe(200);
    await readOn(1);
    expect(log.at(200)?.event_id).toBe('e199');
  });

  it('drops the answer to a question that was replaced', async () => {
    server.events[7] = eventLineOf('renamed', 1.75, { change: 'renamed' });
    const older = log.open({});
    const newer = log.open({ change: 'renamed' });
    await Promise.all([older, newer]);
    expect(log.known).toBe(1);
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
    arrive(3);
    await log.refresh(['asset-new0']);
    expect(log.fresh).toBe(3);
    expect(log.at(0)?.event_id).toBe('e0');
    await log.reload();
    expect(log.fresh).toBe(0);
    expect(log.at(0)?.event_id).toBe('new2');
  });

  it('nor takes a line out of the hand at the top', async () => {
    await log.open({});
    log.cursor = 4;
    arrive(1);
    await log.refresh(null);
    expect(log.picked?.event_id).toBe('e4');
    expect(log.fresh).toBe(1);
  });

  it('counts no further than a page', async () => {
    await log.open({});
    log.atTop = false;
    arrive(130);
    await log.refresh(null);
    expect(log.fresh).toBe(100);
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
    expect(server.asked).toEqual(['events newest', 'events newest']);
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
    expect([log.known, log.at(0)?.event_id]).toEqual([1, 'renamed']);
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
  expect(log.known).toBe(100);
});
