import { expect, it } from 'vitest';
import { Refusal } from '../api/client';
import { refusing } from '../api/fake';
import type { ExportChoice, ExportJob, ExportRequest, Settings } from '../api/types';
import { Export } from './export.svelte';

const JOB: ExportJob = {
  id: 'x',
  state: 'running',
  rows: 0,
  total: 100,
  bytes: 0,
  file_name: 'lysbord-assets.csv',
};
const SETTINGS: Settings = {
  tenants: [],
  large_px: 1200,
  reach: { way: 'this_computer' },
  background: { keep_listening: 'ask', start_at_login: false, hide_without_tray: false },
  notifications: { on: false, kinds: [], archives: [] },
  export: { format: 'csv', delimiter: 'comma', bom: false },
  first_start_done: true,
};
const CHOICE = {
  selectedIds: ['a1', 'a2'],
  filter: {
    query: 'harbour',
    sort: 'newest',
    from: '2026-03-01T00:00:00.000Z',
    until: '2026-03-02T00:00:00.000Z',
    tz: 'Europe/Oslo',
  },
} as const;

function setUp(steps: Partial<ExportJob>[], refusal?: Refusal) {
  const requests: ExportRequest[] = [];
  let kept: ExportChoice = { format: 'csv', delimiter: 'comma', bom: false };
  const downloads: string[] = [];
  const cancelled: string[] = [];
  let waiting = async () => {};
  const run = new Export(
    refusing({
      startExport: async (request) => {
        requests.push(request);
        if (refusal) throw refusal;
        return JOB;
      },
      exportJob: async () => ({ ...JOB, ...steps.shift() }),
      settings: async () => ({ ...SETTINGS, export: kept }),
      saveSettings: async (change) => {
        kept = change.export ?? kept;
        return { ...SETTINGS, export: kept };
      },
      cancelExport: async (id) => {
        cancelled.push(id);
      },
    }),
    { saveExport: async () => null, showInFolder: async () => {}, download: (url) => downloads.push(url) },
    () => waiting(),
  );
  return {
    run,
    requests,
    downloads,
    cancelled,
    kept: () => kept,
    keep: (choice: ExportChoice) => (kept = choice),
    whileWaiting: (act: () => Promise<void>) => (waiting = act),
  };
}

it('a finished export is downloaded once', async () => {
  const { run, downloads } = setUp([{ rows: 50 }, { state: 'done', rows: 100 }]);
  await run.start(CHOICE, 'browser');
  expect(run.job).toMatchObject({ state: 'done', rows: 100 });
  expect(downloads).toEqual(['/api/exports/x/file']);
});

it('the scope is what is selected, what the search shows, or all', async () => {
  const { run, requests } = setUp([
    { state: 'done' },
    { state: 'done' },
    { state: 'done' },
    { state: 'done' },
  ]);
  run.begin('selection');
  await run.start(CHOICE, 'browser');
  await run.start({ ...CHOICE, selectedIds: 'all in the search' }, 'browser');
  run.begin('all');
  await run.start(CHOICE, 'browser');
  expect(requests.map(({ scope }) => scope)).toEqual([
    { kind: 'selection', ids: ['a1', 'a2'], at: null },
    {
      kind: 'search',
      query: 'harbour',
      archive: null,
      change: null,
      state: null,
      from: '2026-03-01T00:00:00.000Z',
      until: '2026-03-02T00:00:00.000Z',
      tz: 'Europe/Oslo',
      at: null,
    },
    { kind: 'all', at: null },
  ]);
});

it('while looking back, what is exported is what was', async () => {
  const at = '2026-03-04T09:15:00.000Z';
  const { run, requests } = setUp([{ state: 'done' }, { state: 'done' }, { state: 'done' }]);
  for (const scope of ['selection', 'search', 'all'] as const) {
    run.begin(scope);
    await run.start({ ...CHOICE, filter: { ...CHOICE.filter, at } }, 'browser');
  }
  expect(requests.map(({ scope }) => scope)).toMatchObject([{ at }, { at }, { at }]);
});

it('for Excel in Norway cells end with a semicolon, and the next time it is asked for again', async () => {
  const { run, requests, kept } = setUp([{ state: 'done' }]);
  expect(run.file).toBe('csv');
  run.file = 'excel_semicolon';
  await run.start(CHOICE, 'browser');
  const asked = { format: 'csv', delimiter: 'semicolon', bom: true };
  expect(requests[0]).toMatchObject(asked);
  expect(kept()).toEqual(asked);
});

it('begins with what was exported last, and does not take away what is picked meanwhile', async () => {
  const { run, keep } = setUp([]);
  keep({ format: 'jsonl', delimiter: 'comma', bom: false });
  await run.recall();
  expect(run.file).toBe('jsonl');
  keep({ format: 'csv', delimiter: 'tab', bom: false });
  await run.recall();
  expect(run.file, 'what the dialog does not offer changes nothing').toBe('jsonl');
  run.file = 'excel_comma';
  keep({ format: 'csv', delimiter: 'comma', bom: false });
  await run.recall();
  expect(run.file).toBe('excel_comma');
});

it('a cancelled one is stopped on the server, and a late answer changes nothing', async () => {
  const { run, cancelled, downloads, whileWaiting } = setUp([{ state: 'done' }]);
  whileWaiting(() => run.cancel());
  await run.start(CHOICE, 'browser');
  expect(cancelled).toEqual(['x']);
  expect(run.job?.state).toBe('cancelled');
  expect(downloads).toEqual([]);
});

it('a refusal is told in the words of the server', async () => {
  const { run } = setUp([], new Refusal('disk_full', 'The disk is full', 'Nothing was written.'));
  await run.start(CHOICE, 'browser');
  expect(run.problem).toMatchObject({ title: 'The disk is full' });
  expect(run.busy).toBe(false);
});

it('a closed save dialog leaves everything as it was', async () => {
  const { run } = setUp([]);
  await run.start(CHOICE, 'window');
  expect(run.job).toBeUndefined();
  expect(run.busy).toBe(false);
});
