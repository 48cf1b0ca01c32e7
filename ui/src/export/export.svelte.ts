/** One export from the first click to the file: what is asked for, how far it is, where it lies. */
import { type Api, exportFileUrl } from '../api/client';
import type {
  EventFilter,
  ExportChoice,
  ExportJob,
  ExportRequest,
  ExportScope,
  FilterParams,
  LogFilter,
  Status,
} from '../api/types';
import { eventScope, logScope } from '../shared/list-scope';
import { pause } from '../shared/pause';
import type { Columns } from './columns.svelte';

/** The kinds of file that the dialog offers. */
export const FILES = {
  xlsx: { format: 'xlsx', delimiter: 'comma', bom: false },
  excel_semicolon: { format: 'excel-csv', delimiter: 'semicolon', bom: true },
  excel_comma: { format: 'excel-csv', delimiter: 'comma', bom: true },
  csv: { format: 'csv', delimiter: 'comma', bom: false },
  jsonl: { format: 'jsonl', delimiter: 'comma', bom: false },
} as const satisfies Record<string, ExportChoice>;

export type FileKind = keyof typeof FILES;
export type Scope = ExportRequest['scope']['kind'];

/** What the shell can do with a finished file: the window writes where the person says, a browser downloads. */
export interface Shell {
  saveExport(request: ExportRequest): Promise<ExportJob | null>;
  showInFolder(path: string): Promise<void>;
  download(url: string, fileName: string): void;
}

/** What each scope means at this moment. */
export interface Choice {
  readonly selectedIds: readonly string[] | 'all in the search';
  readonly filter: FilterParams;
  readonly events: EventFilter;
  readonly deliveries: LogFilter;
}

export type Layout = NonNullable<ExportRequest['layout']>;

/** The days of a report, both included. */
export interface Days {
  readonly from: string;
  readonly until: string;
}

export type Pictures = NonNullable<ExportRequest['pictures']>;

/** Nothing was exported yet. */
const FIRST: FileKind = 'xlsx';

const POLL_MS = 200;

export class Export {
  readonly #api: Api;
  readonly #shell: Shell;
  readonly #wait: (ms: number) => Promise<void>;
  #what = $state<ExportRequest['what']>('assets');
  #picked = $state<FileKind>();
  #remembered = $state<FileKind>(FIRST);
  #pictures = $state<Pictures>();
  #thumbnails = $state(true);
  #layout = $state<Layout>('4x5');
  #lines = $state.raw<readonly [string, string]>(['filename', 'title']);
  #days = $state.raw<Days>();
  #scope = $state<Scope>('all');
  #job = $state.raw<ExportJob>();
  #problem = $state.raw<unknown>();
  #busy = $state(false);
  #run = 0;

  constructor(
    api: Api,
    readonly columns: Columns,
    shell: Shell,
    wait: (ms: number) => Promise<void> = pause,
  ) {
    this.#api = api;
    this.#shell = shell;
    this.#wait = wait;
  }

  get what(): ExportRequest['what'] {
    return this.#what;
  }
  set what(what: ExportRequest['what']) {
    this.#what = what;
    void this.columns.load(what);
  }
  /** What is picked, or else what was exported last. */
  get file(): FileKind {
    return this.#picked ?? this.#remembered;
  }
  set file(file: FileKind) {
    this.#picked = file;
  }
  get scope(): Scope {
    return this.#scope;
  }
  set scope(scope: Scope) {
    this.#scope = scope;
  }
  /** Pictures that go with it as files. */
  get pictures(): Pictures | undefined {
    return this.#pictures;
  }
  set pictures(pictures: Pictures | undefined) {
    this.#pictures = pictures;
  }
  /** A picture in each row, where the file can have one. */
  get thumbnails(): boolean {
    return this.#thumbnails;
  }
  set thumbnails(thumbnails: boolean) {
    this.#thumbnails = thumbnails;
  }
  /** How many pictures a page of a contact sheet has. */
  get layout(): Layout {
    return this.#layout;
  }
  set layout(layout: Layout) {
    this.#layout = layout;
  }
  /** The columns that stand below each picture of a contact sheet. */
  get lines(): readonly [string, string] {
    return this.#lines;
  }
  set lines(lines: readonly [string, string]) {
    this.#lines = lines;
  }
  /** What a report is of. */
  get days(): Days | undefined {
    return this.#days;
  }
  get job(): ExportJob | undefined {
    return this.#job;
  }
  get problem(): unknown {
    return this.#problem;
  }
  get busy(): boolean {
    return this.#busy;
  }

  /** Finds out what was exported last. Without an answer it is what it was. */
  async recall(): Promise<void> {
    const kept = await this.#api.settings().catch(() => undefined);
    if (!kept) return;
    this.#remembered = kindOf(kept.export) ?? this.#remembered;
    this.columns.presets = kept.export_presets;
  }

  /** Ready for another one, beginning with what lies nearest. */
  begin(scope: Scope): void {
    this.#run += 1;
    this.#scope = scope;
    if (scope === 'deliveries') this.what = 'deliveries';
    else if (scope === 'events') this.what = this.#what === 'changes' ? 'changes' : 'events';
    else this.what = this.#what === 'deliveries' || this.#what === 'report' ? 'assets' : this.#what;
    this.#days = undefined;
    this.#job = undefined;
    this.#problem = undefined;
    this.#busy = false;
  }

  /** Ready for a report of some days. */
  beginReport(days: Days): void {
    this.begin('events');
    this.what = 'report';
    this.#days = days;
  }

  async start(choice: Choice, shell: Status['shell']): Promise<void> {
    this.#run += 1;
    const run = this.#run;
    this.#busy = true;
    this.#problem = undefined;
    this.#job = undefined;
    try {
      const request = this.#request(choice);
      void this.#remember();
      let job =
        shell === 'window' ? await this.#shell.saveExport(request) : await this.#api.startExport(request);
      while (job && run === this.#run) {
        this.#job = job;
        if (job.state !== 'running') break;
        await this.#wait(POLL_MS);
        job = await this.#api.exportJob(job.id);
      }
      if (job?.state === 'done' && shell === 'browser' && run === this.#run) this.#download(job);
    } catch (error) {
      if (run === this.#run) this.#problem = error;
    } finally {
      if (run === this.#run) this.#busy = false;
    }
  }

  /** Stops it on the server as well; what was half written is gone. */
  async cancel(): Promise<void> {
    const job = this.#job;
    if (job?.state !== 'running') return;
    this.#run += 1;
    this.#busy = false;
    this.#job = { ...job, state: 'cancelled' };
    await this.#api.cancelExport(job.id).catch((error: unknown) => {
      this.#problem = error;
    });
  }

  async showInFolder(path: string): Promise<void> {
    this.#problem = undefined;
    await this.#shell.showInFolder(path).catch((error: unknown) => {
      this.#problem = error;
    });
  }

  #download({ id, file_name }: ExportJob): void {
    this.#shell.download(exportFileUrl(id), file_name);
  }

  /** For the next time; an export does not fail for it. */
  async #remember(): Promise<void> {
    this.#remembered = this.file;
    await this.#api.saveSettings({ export: FILES[this.file] }).catch(() => undefined);
  }

  #request(choice: Choice): ExportRequest {
    const tz = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (this.#what === 'contact-sheet') {
      const columns = this.#lines.map((key) => ({ key, name: null }));
      const scope = scopeOf(this.#scope, choice);
      return { what: this.#what, format: 'pdf', columns, layout: this.#layout, tz, scope };
    }
    const pictures = this.#what === 'assets' ? this.#pictures : undefined;
    return {
      what: this.#what,
      ...FILES[this.file],
      columns: this.columns.chosen?.map(({ key, name }) => ({ key, name: name || null })) ?? null,
      thumbnails: this.file === 'xlsx' && !this.#thumbnails ? false : null,
      pictures: pictures ?? null,
      tz,
      scope: this.#days ? eventScope({ ...this.#days, tz }) : scopeOf(this.#scope, choice),
    };
  }
}

/** What is asked of the server for a scope. */
export function scopeOf(scope: Scope, { selectedIds, filter, events, deliveries }: Choice): ExportScope {
  const {
    query = null,
    archive = null,
    change = null,
    state = null,
    tz = null,
    at = null,
    from = null,
    until = null,
  } = filter;
  if (scope === 'all') return { kind: 'all', at };
  if (scope === 'deliveries') return logScope(deliveries);
  if (scope === 'events') return eventScope(events);
  if (scope === 'selection' && selectedIds !== 'all in the search') {
    return { kind: 'selection', ids: [...selectedIds], at };
  }
  return { kind: 'search', query, archive, change, state, tz, at, from, until };
}

/** An earlier Lysbord wrote CSV for Excel in another way. */
function kindOf({ format, delimiter, bom }: ExportChoice): FileKind | undefined {
  const kinds = Object.keys(FILES) as FileKind[];
  const isFor = format === 'csv' && bom ? 'excel-csv' : format;
  return kinds.find((kind) => {
    const file = FILES[kind];
    return file.format === isFor && (file.delimiter === delimiter || !file.format.includes('csv'));
  });
}
