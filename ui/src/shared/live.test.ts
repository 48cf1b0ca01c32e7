import { expect, it } from 'vitest';
import { refusing } from '../api/fake';
import type { Changes, Sidebar, Status } from '../api/types';
import { Live } from './live.svelte';

const STATUS: Status = {
  revision: 7,
  version: '0.1.0',
  shell: 'browser',
  data_dir: '/tmp',
  hooks: { url: 'http://127.0.0.1:7474/hooks/x', listening: true },
  paused: false,
  pictures_waiting: 0,
  library_bytes: 0,
  tenants: [],
  demo: { running: false, posted: 0, left_something: false },
  trouble: [],
};
const SIDEBAR: Sidebar = {
  revision: 7,
  assets: 1,
  events: 1,
  present: 1,
  new_versions: 0,
  deleted: 0,
  missing_picture: 0,
  unreadable: 0,
  set_aside: 0,
  archives: [],
};

/** Plays answers to the long poll one after the other, then stops the poll. */
function play(answers: (Changes | Error)[]) {
  const heard: (readonly string[] | null)[] = [];
  const begun: (number | undefined)[] = [];
  const since: number[] = [];
  const lost: boolean[] = [];
  const live: Live = new Live(
    refusing({
      status: async () => STATUS,
      sidebar: async () => SIDEBAR,
      changes: async (revision) => {
        since.push(revision);
        lost.push(live.lost);
        const answer = answers.shift();
        if (answer instanceof Error) throw answer;
        if (answer) return answer;
        live.stop();
        throw new DOMException('stopped', 'AbortError');
      },
    }),
    (changed, since) => {
      heard.push(changed);
      begun.push(since);
    },
    async () => {
      lost.push(live.lost);
    },
  );
  return { live, heard, begun, since, lost };
}

it('asks on from the revision it was told, and says what changed', async () => {
  const { live, heard, begun, since } = play([
    { revision: 9, asset_ids: ['a1'] },
    { revision: 9, asset_ids: [] },
    { revision: 12, asset_ids: null },
  ]);
  await live.run();
  expect(since).toEqual([7, 9, 9, 12]);
  expect(heard).toEqual([null, ['a1'], null]);
  expect(begun).toEqual([7, undefined, undefined]);
  expect(live.sidebar?.assets).toBe(1);
});

it('says that the connection is lost, comes back, and looks at everything anew', async () => {
  const { live, heard, begun, lost } = play([new TypeError('network')]);
  await live.run();
  expect(lost).toEqual([false, true, false]);
  expect(heard).toEqual([null, null]);
  expect(begun).toEqual([7, undefined]);
});

it('counts the library as it was, and a poll that asked before does not undo it', async () => {
  let release = () => {};
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const asked: (string | undefined)[] = [];
  const live: Live = new Live(
    refusing({
      status: async () => STATUS,
      sidebar: async (at) => {
        asked.push(at);
        if (at === undefined) await gate;
        return { ...SIDEBAR, assets: at === undefined ? 9 : 4 };
      },
      changes: async () => {
        live.stop();
        throw new DOMException('stopped', 'AbortError');
      },
    }),
    () => {},
  );
  const running = live.run();
  await live.lookBack('2026-03-04T09:00:00.000Z');
  release();
  await running;
  expect(asked).toEqual([undefined, '2026-03-04T09:00:00.000Z']);
  expect(live.sidebar?.assets).toBe(4);
});

it('asks often while the library is made anew, and at once when told to', async () => {
  const waits: number[] = [];
  const rebuild = [undefined, { done: 10, total: 20 }, undefined];
  const live: Live = new Live(
    refusing({
      status: async () => ({ ...STATUS, rebuild: rebuild.shift() ?? null }),
      sidebar: async () => SIDEBAR,
      changes: (revision, wait_ms, signal) => {
        waits.push(wait_ms);
        if (waits.length === 3) live.stop();
        if (waits.length === 2) return Promise.resolve({ revision, asset_ids: [] });
        return new Promise((_, reject) => {
          const stop = () => reject(new DOMException('given up', 'AbortError'));
          if (signal?.aborted) stop();
          signal?.addEventListener('abort', stop);
          setTimeout(() => live.hurry());
        });
      },
    }),
    () => {},
  );
  await live.run();
  expect(waits).toEqual([25_000, 500, 25_000]);
});
