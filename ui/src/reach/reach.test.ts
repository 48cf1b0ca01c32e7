import { expect, it } from 'vitest';
import { Refusal } from '../api/client';
import { placesOf } from './places';
import { FakeComputer, reachOf } from './reach.fake';
import { Reach } from './reach.svelte';

async function sitting(computer = new FakeComputer()) {
  const pauses: number[] = [];
  const reach = new Reach(
    computer.api,
    () => undefined,
    async (ms) => void pauses.push(ms),
  );
  await reach.refresh();
  return { computer, reach, pauses };
}

it('looking at a way, and picking an address, opens nothing', async () => {
  const { computer, reach } = await sitting();
  reach.shown = 'this_network';
  expect(reach.usable, 'no address is picked yet').toBe(false);
  reach.address = '192.168.1.20';
  expect(reach.usable).toBe(true);
  expect(computer.saved).toEqual([]);
  expect(reach.now?.way).toBe('this_computer');
});

it('what was picked is used in one go, and then it is no draft any more', async () => {
  const { computer, reach } = await sitting();
  reach.shown = 'this_network';
  reach.address = '192.168.1.20';
  expect(await reach.use()).toBe(true);
  const chosen = { way: 'this_network', address: '192.168.1.20', tunnel: null, public_url: null };
  expect(computer.saved).toEqual([{ reach: chosen }]);
  expect(reach.now?.way).toBe('this_network');
  expect(reach.usable, 'it is in use already').toBe(false);
});

it('an address picked for one way is not taken to another', async () => {
  const { computer, reach } = await sitting();
  reach.shown = 'this_network';
  reach.address = '0.0.0.0';
  reach.shown = 'own_url';
  expect(reach.address).toBe('');
  reach.url = ' https://hooks.example.com ';
  await reach.use();
  expect(computer.saved.at(-1)?.reach).toMatchObject({
    way: 'own_url',
    address: null,
    public_url: 'https://hooks.example.com',
  });
  reach.shown = 'this_computer';
  await reach.use();
  expect(computer.saved.at(-1)?.reach).toMatchObject({ way: 'this_computer', address: null });
  reach.shown = 'own_url';
  expect(reach.url, 'what was typed once is remembered').toBe('https://hooks.example.com');
});

it('a refused choice stays as it was typed, and the way in use stays in use', async () => {
  const { computer, reach } = await sitting();
  computer.api.saveSettings = () => Promise.reject(new Refusal('invalid', 'That cannot be used', ''));
  reach.shown = 'own_url';
  reach.url = 'example';
  expect(await reach.use()).toBe(false);
  expect(reach.problem).toBeInstanceOf(Refusal);
  expect(reach.url).toBe('example');
  expect(reach.now?.way).toBe('this_computer');
  reach.shown = 'tunnel';
  expect(reach.problem, 'it says nothing of another way').toBeUndefined();
});

it('a tunnel is put to use by starting it', async () => {
  const { reach } = await sitting();
  reach.shown = 'tunnel';
  expect(reach.usable).toBe(false);
  await reach.turn('ngrok', true);
  expect(reach.now?.way).toBe('tunnel');
  expect(reach.now?.tunnels.find(({ name }) => name === 'ngrok')?.state).toBe('starting');
});

it('a check says whether the delivery came round', async () => {
  const { computer, reach } = await sitting();
  expect(await reach.check()).toBe(true);
  expect(reach.now?.check.took_ms).toBe(80);
  computer.api.checkReach = async () => ({ state: 'failed', problem: 'Nothing answers.' });
  expect(await reach.check()).toBe(false);
});

it('a flood of news is looked at once, and once more at its end', async () => {
  const { computer, reach, pauses } = await sitting();
  const before = computer.asked;
  await Promise.all(Array.from({ length: 50 }, () => reach.refresh()));
  expect(computer.asked - before).toBeLessThanOrEqual(2);
  expect(pauses.length).toBeLessThanOrEqual(1);
});

it('who is not answered keeps what was known', async () => {
  const { computer, reach } = await sitting();
  computer.api.reach = () => Promise.reject(new Error('gone'));
  await reach.refresh();
  expect(reach.now?.way).toBe('this_computer');
});

it('the listener is offered what others reach, and its own place though that is gone', () => {
  const { addresses } = reachOf();
  const offered = (chosen: string) =>
    placesOf(addresses, chosen).map(({ address, kind }) => `${address} ${kind}`);
  expect(offered('')).toEqual(['192.168.1.20 private', '0.0.0.0 all']);
  expect(offered('10.0.0.7')).toEqual(['192.168.1.20 private', '10.0.0.7 gone', '0.0.0.0 all']);
  expect(offered('127.0.0.1'), 'this computer is the way beside').toHaveLength(2);
});
