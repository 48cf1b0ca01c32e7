/** One export from the first click to the file: what is asked for, how far it is, where it lies. */
import { type Api, exportFileUrl } from '../api/client';
import type { ExportChoice, ExportJob, ExportRequest, ExportScope, FilterParams, Status } from '../api/types';
import { pause } from '../shared/pause';

/** The kinds of file that the dialog offers. Excel takes a file for UTF-8 only by its mark. */
export const FILES = {
  csv: { format: 'csv', delimiter: 'comma', bom: false },
  excel_semicolon: { format: 'csv', delimiter: 'semicolon', bom: true },
  excel_comma: { format: 'csv', delimiter: 'comma', bom: true },
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

export interface Choice {
  readonly selectedIds: readonly string[] | 'all in the search';
  readonly filter: FilterParams;
}

const POLL_MS = 200;

export class Export {
  readonly #api: Api;
  readonly #shell: Shell;
  readonly #wait: (ms: number) => Promise<void>;
  #what = $state<ExportRequest['what']>('assets');
  #picked = $state<FileKind>();
  #remembered = $state<FileKind>('csv');
  #scope = $state<Scope>('all');
  #job = $state.raw<ExportJob>();
  #problem = $state.raw<unknown>();
  #busy = $state(false);
  #run = 0;

  constructor(api: Api, shell: Shell, wait: (ms: number) => Promise<void> = pause) {
    this.#api = api;
    this.#shell = shell;
    this.#wait = wait;
  }

  get what(): ExportRequest['what'] {
    return this.#what;
  }
  set what(what: ExportRequest['what']) {
    this.#what = what;
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
    if (kept) this.#remembered = kindOf(kept.export) ?? this.#remembered;
  }

  /** Ready for another one, beginning with what lies nearest. */
  begin(scope: Scope): void {
    this.#run += 1;
    this.#scope = scope;
    this.#job = undefined;
    this.#problem = undefined;
    this.#busy = false;
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
    return { what: this.#what, ...FILES[this.file], scope: this.#scopeOf(choice) };
  }

  #scopeOf({ selectedIds, filter }: Choice): ExportScope {
    const { query = null, archive = null, change = null, state = null, tz = null, at = null } = filter;
    const { from = null, until = null } = filter;
    if (this.#scope === 'all') return { kind: 'all', at };
    if (this.#scope === 'selection' && selectedIds !== 'all in the search') {
      return { kind: 'selection', ids: [...selectedIds], at };
    }
    return { kind: 'search', query, archive, change, state, from, until, tz, at };
  }
}

function kindOf({ format, delimiter, bom }: ExportChoice): FileKind | undefined {
  const kinds = Object.keys(FILES) as FileKind[];
  return kinds.find((kind) => {
    const file = FILES[kind];
    return file.format === format && file.delimiter === delimiter && file.bom === bom;
  });
}
