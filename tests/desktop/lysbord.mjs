// One Lysbord on a folder of its own, started as a person starts it or by WebDriver.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, test } from 'node:test';
import { promisify } from 'node:util';
import { Builder, Capabilities } from 'selenium-webdriver';
import { until } from './screen.mjs';

const root = resolve(import.meta.dirname, '../..');
const program = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug/lysbord');
const anyPort = ['--hooks', '127.0.0.1:0'];

/** Processes that a test started and did not end. They are ended before the next test uses the screen. */
const started = new Set();
afterEach(() => {
  for (const end of started) end();
  started.clear();
});

/** A test with a time limit, so that it fails instead of hanging. */
export const story = (name, tell) => test(name, { timeout: 180_000 }, tell);

/** Environment with a home folder of its own, so that tests affect neither each other nor this machine's user. */
export async function newHome() {
  const folder = await mkdtemp(join(tmpdir(), 'lysbord-desktop-'));
  const env = {
    ...process.env,
    HOME: folder,
    XDG_CACHE_HOME: join(folder, 'cache'),
    XDG_CONFIG_HOME: join(folder, 'config'),
    XDG_DATA_HOME: join(folder, 'data'),
    LYSBORD_DATA_DIR: join(folder, 'library'),
  };
  return { folder, env, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Runs one of the program's commands to its end; fails as the command does. */
export const run = ({ env }, ...args) => promisify(execFile)(program, args, { env });

/** Starts the program and collects its output. `ended` resolves to its exit code. */
export function start({ env }, ...args) {
  const given = args.includes('--hooks') ? args : [...args, ...anyPort];
  const child = spawn(program, given, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  started.add(() => child.kill('SIGKILL'));
  const lysbord = { child, said: '', ended: once(child, 'exit').then(([code]) => code) };
  const listen = (text) => (lysbord.said += text);
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  return lysbord;
}

/** The hook URL that the program prints with `--json`. */
export function hooksOf(lysbord) {
  return until('it tells where it listens', async () => {
    const line = lysbord.said.split('\n').find((line) => line.startsWith('{'));
    return line && JSON.parse(line).hooks;
  });
}

/** Changes the settings of a library as its owner does, while its window is closed. */
export async function choose(home, change) {
  const serving = start(home, 'serve', '--ui', '127.0.0.1:0', '--json');
  await hooksOf(serving);
  const { api, token } = JSON.parse(serving.said.split('\n').find((line) => line.startsWith('{')));
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const settings = await (await fetch(`${api}/settings`, { headers })).json();
  change(settings);
  const saved = await fetch(`${api}/settings`, { method: 'PUT', headers, body: JSON.stringify(settings) });
  if (!saved.ok) throw new Error(await saved.text());
  serving.child.kill('SIGTERM');
  await serving.ended;
}

/** The rows of an export, without the header. */
export async function exported(home, what) {
  const { stdout } = await run(home, 'export', what, '--format', 'jsonl');
  return stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));
}

/** The window with a WebDriver at its page. */
export async function startUnderWebDriver({ env }, ...args) {
  const port = await freePort();
  const webkit = spawn('WebKitWebDriver', [`--port=${port}`], {
    env: { ...env, TAURI_WEBVIEW_AUTOMATION: 'true' },
    stdio: ['ignore', 'ignore', 'inherit'],
    detached: true,
  });
  // The driver leaves the window, its child process, behind when it ends.
  const end = () => endGroup(webkit.pid);
  started.add(end);
  const server = `http://127.0.0.1:${port}`;
  await until('WebKitWebDriver answers', async () => (await fetch(`${server}/status`)).ok);
  const capabilities = new Capabilities({
    browserName: 'wry',
    'webkitgtk:browserOptions': { binary: program, args: [...args, ...anyPort] },
  });
  const driver = await new Builder().usingServer(server).withCapabilities(capabilities).build();
  await driver.manage().setTimeouts({ implicit: 10_000, script: 30_000 });
  const stop = async () => {
    await driver.quit().catch(() => {});
    end();
  };
  return { driver, stop };
}

function endGroup(leader) {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
