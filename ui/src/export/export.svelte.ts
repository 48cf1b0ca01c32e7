/** One export from the first click to the file: what is asked for, how far it is, where it lies. */
import { type Api, exportFileUrl } from '../api/client';
import type { ExportJob, ExportRequest, ExportScope, FilterParams, Status } from '../api/types';

export type Format = NonNullable<ExportRequest['format']>;
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
  #format = $state<Format>('csv');
  #bom = $state(false);
  #scope = $state<Scope>('all');
  #job = $state.raw<ExportJob>();
  #problem = $state.raw<unknown>();
  #busy = $state(false);
  #run = 0;

  constructor(api: Api, shell: Shell, wait = pause) {
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
  get format(): Format {
    return this.#format;
  }
  set format(format: Format) {
    this.#format = format;
  }
  get bom(): boolean {
    return this.#bom;
  }
  set bom(bom: boolean) {
    this.#bom = bom;
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
      let job =
        shell === 'window' ? await this.#shell.saveExport(request) : await this.#api.startExport(request);
      while (job && run === this.#run) {
        this.#job = job;
        if (job.state !== 'running') break;
        await this.#wait(POLL_MS);
        job = await this.#api.exportJob(job.id);
      }
      if (job?.state === 'done' && shell === 'browser' && run === this.#run) this.download();
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

  download(): void {
    if (this.#job) this.#shell.download(exportFileUrl(this.#job.id), this.#job.file_name);
  }

  async showInFolder(path: string): Promise<void> {
    this.#problem = undefined;
    await this.#shell.showInFolder(path).catch((error: unknown) => {
      this.#problem = error;
    });
  }

  #request(choice: Choice): ExportRequest {
    return {
      what: this.#what,
      format: this.#format,
      bom: this.#bom && this.#format === 'csv',
      scope: this.#scopeOf(choice),
    };
  }

  #scopeOf({ selectedIds, filter }: Choice): ExportScope {
    const { query = null, archive = null, change = null, state = null, tz = null, at = null } = filter;
    if (this.#scope === 'all') return { kind: 'all', at };
    if (this.#scope === 'selection' && selectedIds !== 'all in the search') {
      return { kind: 'selection', ids: [...selectedIds], at };
    }
    return { kind: 'search', query, archive, change, state, tz, at };
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
