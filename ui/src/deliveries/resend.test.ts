import { beforeEach, expect, it, vi } from 'vitest';
import { Refusal } from '../api/client';
import { refusing } from '../api/fake';
import { curlOf, Resend } from './resend.svelte';

const kept = new Map<string, string>();

beforeEach(() => {
  kept.clear();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
});

it('tells what came back, and remembers where it went', async () => {
  const sent: [number, string][] = [];
  const api = refusing({
    resend: async (id, url) => {
      sent.push([id, url]);
      return { status: 202, took_ms: 12, answer: 'thanks', is_cut: false, to_itself: false };
    },
    curl: async (id, url) => `curl ${url} # ${id}`,
  });
  const run = new Resend(api, [7]);
  expect(run.ready, 'no address yet').toBe(false);
  run.url = ' https://integration.example.com/hook ';
  await run.send();
  expect(sent).toEqual([[7, 'https://integration.example.com/hook']]);
  expect(run.answer?.status).toBe(202);

  expect(new Resend(api, [8]).url).toBe('https://integration.example.com/hook');
  expect(await curlOf(api, 8, 'https://example.com')).toBe('curl https://integration.example.com/hook # 8');
});

it('a refusal is told in the words it came with, and the next try begins clean', async () => {
  const refusal = new Refusal('refused', 'This address is refused', 'It is a private one.');
  let refuse = true;
  const run = new Resend(
    refusing({
      resend: async () => {
        if (refuse) throw refusal;
        return { status: 200, took_ms: 1, answer: '', is_cut: false, to_itself: false };
      },
    }),
    [7],
  );
  run.url = 'http://10.0.0.7/';
  await run.send();
  expect(run.problem).toBe(refusal);
  refuse = false;
  await run.send();
  expect([run.problem, run.answer?.status]).toEqual([undefined, 200]);
});

it('several go out one after the other, and the first that is refused ends it', async () => {
  const sent: number[] = [];
  const run = new Resend(
    refusing({
      resend: async (id) => {
        if (id === 3) throw new Refusal('too_slow', 'It was not sent', '');
        sent.push(id);
        return { status: 200, took_ms: 1, answer: '', is_cut: false, to_itself: false };
      },
    }),
    [1, 2, 3, 4],
  );
  run.url = 'https://integration.example.com/hook';
  await run.send();
  expect(sent).toEqual([1, 2]);
  expect(run.sent.map(({ id }) => id)).toEqual([1, 2]);
  expect(run.problem).toBeInstanceOf(Refusal);
});
