import { expect, it } from 'vitest';
import { tabsFor } from './tabs';

const ids = (shell: 'window' | 'browser', wanted?: string) => tabsFor(shell, wanted).map(({ id }) => id);

it('a setting is found by its name, in panes that there are', () => {
  expect(ids('window', 'quiet')).toEqual(['notifications']);
  expect(ids('browser', 'quiet')).toEqual([]);
  expect(ids('window', ' DATA folder')).toEqual(['general']);
  expect(ids('window', 'renew')).toEqual(['connection']);
  expect(ids('window')).toHaveLength(7);
  expect(ids('browser')).toHaveLength(5);
});
