/** For tests: a computer whose ways in are as a test sets them. */
import { refusing } from '../api/fake';
import type { Reachable, Settings, SettingsChange, Tunnel } from '../api/types';

export function reachOf(more: Partial<Reachable> = {}): Reachable {
  return {
    way: 'this_computer',
    problem: null,
    hook_base: 'http://127.0.0.1:7474/hooks/secret',
    addresses: [
      { address: '192.168.1.20', name: 'eth0', kind: 'private' },
      { address: '127.0.0.1', name: 'lo', kind: 'loopback' },
    ],
    tunnels: [
      tunnelOf(),
      tunnelOf({ name: 'ngrok', found: '/usr/bin/ngrok' }),
      tunnelOf({ name: 'tailscale' }),
    ],
    check: { state: 'never', at: null, took_ms: null, problem: null },
    ...more,
  };
}

export function tunnelOf(more: Partial<Tunnel> = {}): Tunnel {
  return {
    name: 'cloudflared',
    found: null,
    state: 'off',
    public_url: null,
    output_tail: [],
    problem: null,
    ...more,
  };
}

export function settingsOf(more: Partial<Settings> = {}): Settings {
  return {
    tenants: [],
    large_px: 1200,
    reach: { way: 'this_computer', address: null, tunnel: null, public_url: null },
    background: { keep_listening: 'ask', start_at_login: false },
    notifications: { on: false, kinds: [], archives: [], query: null, quiet: null },
    export: { format: 'csv', delimiter: 'comma', bom: false },
    export_presets: [],
    first_start_done: false,
    ...more,
  };
}

/** Keeps what is saved, and follows what is chosen at once. */
export class FakeComputer {
  reach = reachOf();
  settings = settingsOf();
  readonly saved: SettingsChange[] = [];
  asked = 0;

  readonly api = refusing({
    reach: async () => {
      this.asked += 1;
      return this.reach;
    },
    settings: async () => this.settings,
    saveSettings: async (change) => {
      this.saved.push(change);
      this.settings = { ...this.settings, ...change } as Settings;
      this.reach = { ...this.reach, way: this.settings.reach.way };
      return this.settings;
    },
    turnTunnel: async (name, on) => {
      const reach = { ...this.settings.reach, way: 'tunnel' as const, tunnel: on ? name : null };
      this.settings = { ...this.settings, reach };
      this.reach = {
        ...this.reach,
        way: 'tunnel',
        tunnels: this.reach.tunnels.map((tunnel) =>
          tunnel.name === name ? { ...tunnel, state: on ? 'starting' : 'off' } : tunnel,
        ),
      };
      return this.reach;
    },
    checkReach: async () => {
      this.reach = { ...this.reach, check: { state: 'arrived', at: '2026-03-04T09:15:00Z', took_ms: 80 } };
      return this.reach.check;
    },
  });
}
