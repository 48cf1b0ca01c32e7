// The rest of a desktop: notifications and a tray, by the stand-in; and a sender of notices.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { until } from './screen.mjs';

const root = resolve(import.meta.dirname, '../..');
const program = resolve(root, process.env.CARGO_TARGET_DIR ?? 'target', 'debug/examples/desktop-stand-in');

/** A notification server and, by default, a tray. `told` collects everything they received. */
export async function standIn(...args) {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const told = [];
  createInterface({ input: child.stdout }).on('line', (line) => told.push(JSON.parse(line)));
  const session = {
    told,
    notifications: () => told.filter((line) => line.notified),
    say: (command) => child.stdin.write(`${command}\n`),
    stop: async () => {
      if (child.exitCode !== null) return;
      child.stdin.end();
      await once(child, 'exit');
    },
    /** Waits until the tray's menu has the expected entries, and returns them. */
    menu: (what, fits) =>
      until(`the menu ${what}`, async () => {
        const before = told.length;
        session.say('menu');
        await until('the menu is told', async () => told.length > before, 5);
        const { menu } = told.findLast((line) => line.menu) ?? {};
        if (menu && fits(menu)) return menu;
        throw new Error(JSON.stringify(told.slice(-3)));
      }),
  };
  await until('the stand-in is up', async () => told.some((line) => line.up));
  return session;
}

/** The notice that Fotoware sends when an asset is ingested. */
export function ingested(number, { archive = 'Press-desk', pictures } = {}) {
  const name = `harbour ${number}.jpg`;
  const path = `/fotoweb/archives/${archive}/Folder%2012/${encodeURIComponent(name)}.info`;
  const time = new Date(Date.UTC(2026, 2, 4, 12) + number * 1000).toISOString();
  return {
    id: `webhook-${number}`,
    type: 'asset',
    created: time,
    href: `https://dam.example${path}`,
    ...(pictures && { 'thumbnail-href': `${pictures}/${number}/thumbnail`, 'preview-href': `${pictures}/${number}/preview` }),
    data: {
      href: path,
      archiveHREF: `/fotoweb/archives/${archive}/`,
      filename: name,
      physicalFileId: `65aa/Folder 12/${name}`,
      uniqueid: '',
      doctype: 'image',
      modified: time,
      metadata: {},
    },
  };
}

export async function post(hooks, notice, kind = 'ingested') {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${hooks}/${kind}`, { method: 'POST', headers, body: JSON.stringify(notice) });
  return answer.status;
}

/** Serves one picture for every URL, slowly. */
export async function slowArchive(picture, delay_ms, port = 0) {
  let asked = 0;
  const server = createServer((_, response) => {
    asked += 1;
    // The client may be gone once the test is over.
    setTimeout(() => response.writeHead(200, { 'content-type': 'image/png' }).end(picture), delay_ms).unref();
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    asked: () => asked,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
