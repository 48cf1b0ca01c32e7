/** The panes of the settings. Background and notifications are the desktop program's, so a browser has none. */
import type { Status } from '../api/types';
import { text } from '../text';

export type Tab = keyof typeof text.settings.tabs;

const IN_THE_WINDOW: readonly Tab[] = ['background', 'notifications'];

export function tabsFor(shell: Status['shell']): { id: Tab; label: string }[] {
  const all = Object.entries(text.settings.tabs) as [Tab, string][];
  return all
    .filter(([id]) => shell === 'window' || !IN_THE_WINDOW.includes(id))
    .map(([id, label]) => ({ id, label }));
}
