/** Starts the real program, the pretend tenant and a browser for the flows in this folder, and ends all of them. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PROGRAM = path.resolve(
  ROOT,
  process.env.LYSBORD_BIN ?? path.join(process.env.CARGO_TARGET_DIR ?? 'target', 'debug/lysbord'),
);
/** An unoptimised build draws and decodes slowly, the more so on a busy machine. */
const PLAY_MS = 240_000;
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';

/**
 * @typedef {object} Running
 * @property {string} hooks where notices go
 * @property {string} ui the address for the browser, with its token
 * @property {string} api
 * @property {string} token
 * @property {(path: string) => Promise<any>} ask a GET on the API
 * @property {(assets: number, rate: number) => Promise<void>} play lets the pretend tenant send that many assets
 * @property {(...stories: string[]) => Promise<void>} tell lets it play these stories and no others
 * @property {() => Promise<void>} end
 */

/** @param {Record<string, string>} env what is to be different around it @returns {Promise<Running>} */
export async function startLysbord(env = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'lysbord-browser-'));
  const tenant = `127.0.0.1:${await freePort()}`;
  const serve = runIn(
    env,
    'serve',
    '--json',
    '--hooks',
    '127.0.0.1:0',
    '--ui',
    '127.0.0.1:0',
    '--data-dir',
    folder,
    '--tenant',
    `http://${tenant}`,
  );
  const first = await Promise.race([
    once(createInterface({ input: serve.stdout }), 'line').then(([line]) => JSON.parse(line)),
    once(serve, 'exit').then(([code]) =>
      Promise.reject(new Error(`lysbord serve ended with ${code} before it was up`)),
    ),
  ]);
  const demos = [];

  const ask = async (what) => {
    const answer = await fetch(`${first.api}${what}`, {
      headers: { authorization: `Bearer ${first.token}` },
    });
    if (!answer.ok) throw new Error(`${what} answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  };

  const pretend = async (...asked) => {
    await Promise.all(demos.splice(0).map(stop));
    demos.push(run('demo', '--to', first.hooks, '--listen', tenant, ...asked));
  };
  const settled = async (assets) => {
    await until(
      `${assets} assets on the table, no picture waiting`,
      async () => {
        const [sidebar, status] = await Promise.all([ask('/sidebar'), ask('/status')]);
        return sidebar.assets >= assets && status.pictures_waiting === 0;
      },
      PLAY_MS,
    );
    await quiet(ask);
  };

  const play = async (assets, rate) => {
    await pretend('--assets', String(assets), '--rate', String(rate));
    await settled(assets);
  };

  const tell = async (...stories) => {
    await pretend('--rate', '50', ...stories.flatMap((name) => ['--story', name]));
    await settled(stories.length);
  };

  const end = async () => {
    await Promise.all([...demos, serve].map(stop));
    await rm(folder, { recursive: true, force: true });
  };

  return { ...first, ask, play, tell, end };
}

/** A page that remembers whatever a browser complains of. */
export async function openPage(browser, ui, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    permissions: ['clipboard-read', 'clipboard-write'],
    ...options,
  });
  const page = await context.newPage();
  /** @type {string[]} */
  const complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText ?? '';
    // Giving up what is no longer wanted is what the page is meant to do.
    if (why !== 'net::ERR_ABORTED') complaints.push(`${request.url()}: ${why}`);
  });
  await page.goto(ui);
  return { page, complaints };
}

export function openBrowser() {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--headless=new', '--disable-gpu'],
  });
}

/** Waits until all pictures in the page are loaded and drawn. */
export function picturesLoaded(page) {
  return page.waitForFunction(() => {
    const pictures = [...document.querySelectorAll('[role=option] img')];
    return pictures.length > 0 && pictures.every((picture) => picture.complete && picture.naturalWidth > 0);
  });
}

/** Waits for a condition that only the outside can tell, and answers with it; gives up with its name. */
export async function until(what, condition, patience = 60_000) {
  const deadline = Date.now() + patience;
  for (;;) {
    const met = await condition();
    if (met) return met;
    if (Date.now() > deadline) throw new Error(`waited in vain for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The pretend tenant tells stories: its later events follow the first ones. This is when they are all told. */
async function quiet(ask) {
  let before = -1;
  let still = 0;
  await until('the pretend tenant to have told its stories', async () => {
    const { events } = await ask('/sidebar');
    still = events === before ? still + 1 : 0;
    before = events;
    return still >= 20;
  });
}

const run = (...args) => runIn({}, ...args);

function runIn(env, ...args) {
  return spawn(PROGRAM, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, RUST_LOG: 'warn', ...env },
  });
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
