/** The panes of the settings. Background and notifications are the desktop program's, so a browser has none. */
import type { Status } from '../api/types';
import { text } from '../text';

export type Tab = keyof typeof text.settings.tabs;

const IN_THE_WINDOW: readonly Tab[] = ['background', 'notifications'];

const words = text.settings;
/** What stands on each pane, for whoever looks for it. */
const ON_PANE: Record<Tab, readonly string[]> = {
  general: [
    words.theme,
    ...Object.values(words.themes),
    words.large,
    words.imports,
    words.rebuild,
    words.data,
  ],
  connection: [
    words.wayIn,
    words.tenants,
    words.hooks,
    words.renew,
    words.check,
    words.pauseTitle,
    words.stepByStep,
  ],
  background: [words.closing, words.login],
  notifications: [words.notify, words.notifyKinds, words.notifyArchives, words.notifyQuery, words.quiet],
  fields: [words.fieldDefault, words.fieldGiven],
  decisions: [words.decisionsHint],
  about: [text.app, words.about.version, words.about.licence],
};

export function tabsFor(shell: Status['shell'], wanted = ''): { id: Tab; label: string }[] {
  const all = Object.entries(words.tabs) as [Tab, string][];
  const there = all.filter(([id]) => shell === 'window' || !IN_THE_WINDOW.includes(id));
  const sought = wanted.trim().toLocaleLowerCase();
  return there
    .filter(([id, label]) =>
      [label, ...ON_PANE[id]].some((words) => words.toLocaleLowerCase().includes(sought)),
    )
    .map(([id, label]) => ({ id, label }));
}
