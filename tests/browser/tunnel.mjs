/**
 * A stand-in for ngrok: found on a path, called as ngrok is, prints what ngrok prints (see tests/core/reach/stand_in.rs),
 * and leads an https address of this computer to the port it is given.
 */
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PROGRAM = fileURLToPath(new URL('tunnel-program.mjs', import.meta.url));

/**
 * @typedef {object} StandIn
 * @property {Record<string, string>} env lets a Lysbord find it, and trust it
 * @property {() => Promise<void>} install
 * @property {(words: string) => Promise<void>} spoil lets it end with these words, as without an account
 * @property {() => Promise<void>} end
 */

/** @returns {Promise<StandIn>} */
export async function standInTunnel() {
  const folder = await mkdtemp(path.join(tmpdir(), 'lysbord-tunnel-'));
  const [key, certificate] = ['key.pem', 'certificate.pem'].map((name) => path.join(folder, name));
  const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const leaf = ['-addext', 'basicConstraints=critical,CA:FALSE', '-days', '2'];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await promisify(execFile)('openssl', [...made, '-keyout', key, '-out', certificate, ...name, ...leaf]);

  const program = path.join(folder, 'ngrok');
  const script = async (does) => {
    await writeFile(program, `#!/bin/sh\n${does}\n`);
    await chmod(program, 0o755);
  };
  return {
    env: { PATH: `${folder}:${process.env.PATH}`, SSL_CERT_FILE: certificate },
    install: () => script(`exec '${process.execPath}' '${PROGRAM}' '${key}' '${certificate}' "$@"`),
    spoil: (words) => script(`echo '${words}' >&2\nexit 1`),
    end: () => rm(folder, { recursive: true, force: true }),
  };
}
