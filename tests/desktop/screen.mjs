// The screen as a person has it: windows with titles, a keyboard, a native dialog. X11 and xdotool; no page in sight.

import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const xdotool = async (...args) => (await run('xdotool', args)).stdout.trim();

/** Tries until it is true. What happens on a screen happens in its own time. */
export async function until(what, attempt, seconds = 30) {
  const deadline = Date.now() + seconds * 1000;
  let problem;
  while (Date.now() < deadline) {
    try {
      const outcome = await attempt();
      if (outcome) return outcome;
    } catch (error) {
      problem = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`waited ${seconds} s in vain until ${what}`, { cause: problem });
}

/** A window manager gives new dialogs the keyboard, as on a desk. */
export function windowManager() {
  return spawn('openbox', { stdio: 'ignore' });
}

/** The visible window with exactly this title. */
export function windowCalled(title) {
  const visible = () => xdotool('search', '--onlyvisible', '--name', `^${title.replace('?', '[?]')}$`);
  return until(`a window is called "${title}"`, async () => (await visible()).split('\n')[0]);
}

/** Nothing on the screen has this title any more. */
export function windowGone(title) {
  const visible = () => xdotool('search', '--onlyvisible', '--name', `^${title.replace('?', '[?]')}$`);
  // xdotool fails when it finds nothing.
  return until(`no window is called "${title}"`, () => visible().then((found) => found === '', () => true));
}

export async function activeWindow() {
  return xdotool('getactivewindow');
}

export async function minimise(window) {
  await xdotool('windowminimize', '--sync', window);
}

export async function closeByKeyboard(window) {
  await xdotool('windowactivate', '--sync', window);
  await xdotool('key', 'alt+F4');
}

export async function confirm(dialog) {
  await xdotool('windowactivate', '--sync', dialog);
  await xdotool('key', 'Return');
}

export async function press(dialog, ...keys) {
  await xdotool('windowactivate', '--sync', dialog);
  for (const key of keys) await xdotool('key', key);
}

/** Types over what a native save dialog proposes, and takes it. */
export async function answerSaveDialog(title, path) {
  const dialog = await windowCalled(title);
  await xdotool('windowactivate', '--sync', dialog);
  await xdotool('key', 'ctrl+a');
  await xdotool('type', path);
  await xdotool('key', 'Return');
}
