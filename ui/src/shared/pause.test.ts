import { expect, it, vi } from 'vitest';
import { pause } from './pause';

it('leaves no listener behind, however often somebody waits', async () => {
  const { signal } = new AbortController();
  const added = vi.spyOn(signal, 'addEventListener');
  const removed = vi.spyOn(signal, 'removeEventListener');
  for (let nth = 0; nth < 5; nth++) await pause(0, signal);
  expect(added).toHaveBeenCalledTimes(5);
  expect(removed.mock.calls.map(([, listener]) => listener)).toEqual(
    added.mock.calls.map(([, listener]) => listener),
  );
});

it('ends at once when nobody waits any more', async () => {
  const stop = new AbortController();
  const waiting = pause(600_000, stop.signal);
  stop.abort();
  await waiting;
  await pause(600_000, stop.signal);
});
