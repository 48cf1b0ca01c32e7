// One Lysbord on a folder of its own, started as a person starts it or by WebDriver.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Builder, Capabilities } from 'selenium-webdriver';
import { until } from './screen.mjs';

const root = resolve(import.meta.dirname, '../..');
const program = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug/lysbord');
const anyPort = ['--hooks', '127.0.0.1:0'];

/** A home of its own, so that no test meets another, nor the person whose machine this is. */
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

/** Starts the program and collects what it says; `ended` resolves to its exit code. */
export function start({ env }, ...args) {
  const child = spawn(program, [...args, ...anyPort], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const lysbord = { child, said: '', ended: once(child, 'exit').then(([code]) => code) };
  const listen = (text) => (lysbord.said += text);
  child.stdout.on('data', listen);
  child.stderr.on('data', listen);
  return lysbord;
}

/** The window with a WebDriver at its page. */
export async function startUnderWebDriver({ env }, ...args) {
  const port = await freePort();
  const webkit = spawn('WebKitWebDriver', [`--port=${port}`], {
    env: { ...env, TAURI_WEBVIEW_AUTOMATION: 'true' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
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
    webkit.kill();
  };
  return { driver, stop };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}
