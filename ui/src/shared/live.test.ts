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
  pictures_waiting: 0,
  library_bytes: 0,
  tenants: [],
  demo: { running: false, posted: 0, left_something: false },
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
  archives: [],
};

/** Plays answers to the long poll one after the other, then stops the poll. */
function play(answers: (Changes | Error)[]) {
  const heard: (readonly string[] | null)[] = [];
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
    (changed) => heard.push(changed),
    async () => {
      lost.push(live.lost);
    },
  );
  return { live, heard, since, lost };
}

it('asks on from the revision it was told, and says what changed', async () => {
  const { live, heard, since } = play([
    { revision: 9, asset_ids: ['a1'] },
    { revision: 9, asset_ids: [] },
    { revision: 12, asset_ids: null },
  ]);
  await live.run();
  expect(since).toEqual([7, 9, 9, 12]);
  expect(heard).toEqual([null, ['a1'], null]);
  expect(live.sidebar?.assets).toBe(1);
});

it('says that the connection is lost, comes back, and looks at everything anew', async () => {
  const { live, heard, lost } = play([new TypeError('network')]);
  await live.run();
  expect(lost).toEqual([false, true, false]);
  expect(heard).toEqual([null, null]);
});
