import { expect, it } from 'vitest';
import { Refusal } from '../api/client';
import { refusing } from '../api/fake';
import type { ExportChoice, ExportJob, ExportPreset, ExportRequest, Settings } from '../api/types';
import { Columns } from './columns.svelte';
import { Export } from './export.svelte';
import { splitsAtSemicolons } from './list-separator';

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
  export_presets: [],
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
  events: { change: 'metadata', field: '120', from: '2026-03-01T00:00:00.000Z' },
  deliveries: { outcome: 'unreadable', query: 'cut' },
} as const;

function setUp(steps: Partial<ExportJob>[], refusal?: Refusal) {
  const requests: ExportRequest[] = [];
  let kept: ExportChoice = { format: 'xlsx', delimiter: 'comma', bom: false };
  let presets: ExportPreset[] = [];
  const downloads: string[] = [];
  const cancelled: string[] = [];
  let waiting = async () => {};
  const api = refusing({
    startExport: async (request) => {
      requests.push(request);
      if (refusal) throw refusal;
      return JOB;
    },
    exportJob: async () => ({ ...JOB, ...steps.shift() }),
    exportColumns: async (what) =>
      what === 'assets'
        ? [
            { key: 'filename', title: 'File name', is_field: false },
            { key: 'title', title: 'Title', is_field: false },
            { key: '25', title: 'Keywords', is_field: true },
          ]
        : [{ key: 'kind', title: 'Kind', is_field: false }],
    settings: async () => ({ ...SETTINGS, export: kept, export_presets: presets }),
    saveSettings: async (change) => {
      kept = change.export ?? kept;
      presets = change.export_presets ?? presets;
      return { ...SETTINGS, export: kept, export_presets: presets };
    },
    cancelExport: async (id) => {
      cancelled.push(id);
    },
  });
  const columns = new Columns(api);
  const run = new Export(
    api,
    columns,
    { saveExport: async () => null, showInFolder: async () => {}, download: (url) => downloads.push(url) },
    () => waiting(),
  );
  return {
    run,
    columns,
    requests,
    downloads,
    cancelled,
    kept: () => kept,
    presets: () => presets,
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
  expect(run.file, 'a workbook, until something was exported').toBe('xlsx');
  run.file = 'excel_semicolon';
  await run.start(CHOICE, 'browser');
  const asked = { format: 'excel-csv', delimiter: 'semicolon', bom: true };
  expect(requests[0]).toMatchObject(asked);
  expect(kept()).toEqual(asked);
});

it('begins with what was exported last, and does not take away what is picked meanwhile', async () => {
  const { run, keep } = setUp([]);
  keep({ format: 'jsonl', delimiter: 'comma', bom: false });
  await run.recall();
  expect(run.file).toBe('jsonl');
  keep({ format: 'csv', delimiter: 'semicolon', bom: true });
  await run.recall();
  expect(run.file, 'as an earlier Lysbord kept it').toBe('excel_semicolon');
  keep({ format: 'csv', delimiter: 'tab', bom: false });
  await run.recall();
  expect(run.file, 'what the dialog does not offer changes nothing').toBe('excel_semicolon');
  run.file = 'excel_comma';
  keep({ format: 'csv', delimiter: 'comma', bom: false });
  await run.recall();
  expect(run.file).toBe('excel_comma');
});

it('from the lists of events and deliveries exactly what they show is exported', async () => {
  const { run, requests } = setUp([{ state: 'done' }, { state: 'done' }, { state: 'done' }]);
  run.begin('events');
  await run.start(CHOICE, 'browser');
  run.what = 'changes';
  await run.start(CHOICE, 'browser');
  run.begin('deliveries');
  await run.start(CHOICE, 'browser');
  expect(requests.map(({ what, scope }) => ({ what, scope }))).toEqual([
    { what: 'events', scope: { kind: 'events', filter: expect.objectContaining(CHOICE.events) } },
    { what: 'changes', scope: { kind: 'events', filter: expect.objectContaining(CHOICE.events) } },
    { what: 'deliveries', scope: { kind: 'deliveries', filter: expect.objectContaining(CHOICE.deliveries) } },
  ]);
  run.begin('all');
  expect(run.what, 'back in the gallery it is about assets again').toBe('assets');
});

it('columns are chosen, ordered, renamed and kept under a name', async () => {
  const { run, columns, requests, presets } = setUp([{ state: 'done' }, { state: 'done' }]);
  await columns.load('assets');
  await run.start(CHOICE, 'browser');
  expect(requests[0]?.columns, 'all that there are').toBeNull();
  columns.begin();
  expect(columns.chosen?.map(({ key }) => key)).toEqual(['filename', 'title']);
  columns.add('25');
  columns.rename(2, ' Stikkord ');
  expect(columns.move(2, -1)).toBe(1);
  columns.remove(2);
  expect(columns.others.map(({ key }) => key)).toEqual(['title']);
  await columns.save('Desk');
  const chosen = [
    { key: 'filename', name: null },
    { key: '25', name: 'Stikkord' },
  ];
  expect(presets()).toEqual([{ name: 'Desk', what: 'assets', columns: chosen }]);
  expect(columns.preset?.name).toBe('Desk');
  await run.start(CHOICE, 'browser');
  expect(requests[1]?.columns).toEqual(chosen);

  columns.remove(0);
  columns.remove(0);
  expect(columns.chosen, 'one column stays').toHaveLength(1);
  await columns.load('events');
  expect(columns.chosen, 'other rows have other columns').toBeUndefined();
  expect(columns.presets).toEqual([]);
  await columns.load('assets');
  await columns.forget('Desk');
  expect(presets()).toEqual([]);
});

it('pictures go along with assets only', async () => {
  const { run, requests } = setUp([{ state: 'done' }, { state: 'done' }]);
  run.pictures = 'previews';
  await run.start(CHOICE, 'browser');
  run.what = 'events';
  await run.start(CHOICE, 'browser');
  expect(requests.map(({ pictures }) => pictures)).toEqual(['previews', null]);
});

it('a list is separated by semicolons where the comma stands within numbers', () => {
  for (const language of ['nb-NO', 'sv', 'de-DE', 'fr-FR', 'es-ES'])
    expect(splitsAtSemicolons([language])).toBe(true);
  for (const language of ['en-GB', 'en-US', 'ja-JP']) expect(splitsAtSemicolons([language])).toBe(false);
  expect(splitsAtSemicolons(['C', 'da'])).toBe(true);
  expect(splitsAtSemicolons([])).toBe(false);
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
