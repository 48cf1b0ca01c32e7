// The screen as a user sees it: windows with titles, a keyboard, native dialogs. Uses X11 and xdotool, and knows no page.

import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const xdotool = async (...args) => (await run('xdotool', args)).stdout.trim();

/** Tries again until the condition is true, as windows appear after a while. */
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

/** A window manager, which gives new dialogs the focus. */
export function windowManager() {
  return spawn('openbox', { stdio: 'ignore' });
}

/** The visible window with exactly this title. */
export function windowCalled(title) {
  const visible = () => xdotool('search', '--onlyvisible', '--name', `(^|– )${title.replace('?', '[?]')}$`);
  return until(`a window is called "${title}"`, async () => (await visible()).split('\n')[0]);
}

/** Waits until no window has this title. */
export function windowGone(title) {
  const visible = () => xdotool('search', '--onlyvisible', '--name', `(^|– )${title.replace('?', '[?]')}$`);
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

/** Types a path into a native save dialog and confirms it. */
export async function answerSaveDialog(title, path) {
  const dialog = await windowCalled(title);
  await xdotool('windowactivate', '--sync', dialog);
  await xdotool('key', 'ctrl+a');
  await xdotool('type', path);
  await xdotool('key', 'Return');
}
