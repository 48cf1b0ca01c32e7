import { expect, it } from 'vitest';
import { Refusal } from '../api/client';
import { FakeComputer } from '../reach/reach.fake';
import { SettingsForm } from './settings.svelte';
import { tabsFor } from './tabs';

async function opened() {
  const computer = new FakeComputer();
  const form = new SettingsForm(
    computer.api,
    () => undefined,
    async () => undefined,
  );
  await form.load();
  return { computer, form };
}

it('only what changes is sent, so that nothing chosen elsewhere is undone', async () => {
  const { computer, form } = await opened();
  await form.addTenant(' https://dam.example ');
  await form.setLarge(1600);
  await form.setBackground({ keep_listening: 'yes' });
  await form.setNotifications({ on: true });
  await form.setNotifications({ kinds: ['deleted'] });
  const notifications = { on: true, kinds: [], archives: [], query: null, quiet: null };
  expect(computer.saved).toEqual([
    { tenants: ['https://dam.example'] },
    { large_px: 1600 },
    { background: { keep_listening: 'yes', start_at_login: false } },
    { notifications },
    { notifications: { ...notifications, kinds: ['deleted'] } },
  ]);
});

it('a refused change leaves what was chosen', async () => {
  const { computer, form } = await opened();
  computer.api.saveSettings = () => Promise.reject(new Refusal('invalid', 'No', ''));
  expect(await form.setBackground({ start_at_login: true })).toBe(false);
  expect(form.settings?.background.start_at_login).toBe(false);
  expect(form.problem).toBeInstanceOf(Refusal);
});

it('a browser has no panes for what only the window does', () => {
  const tabs = (shell: 'window' | 'browser') => tabsFor(shell).map(({ id }) => id);
  expect(tabs('window')).toContain('notifications');
  expect(tabs('browser')).not.toContain('notifications');
  expect(tabs('browser')).not.toContain('background');
  expect(tabs('browser')).toContain('connection');
});
