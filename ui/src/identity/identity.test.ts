import { expect, it } from 'vitest';
import { refusing } from '../api/fake';
import { assetOf, history } from '../inspector/history.fake';
import { Identity } from './identity.svelte';

function setUp() {
  const told: string[] = [];
  const api = refusing({
    asset: async (id) => assetOf(id, history(id === 'young' ? 1 : 4).slice(0, id === 'young' ? 1 : 2)),
    join: async (ids) => {
      told.push(`join ${ids.join('+')}`);
      return ids[0] ?? '';
    },
    split: async (id, event) => {
      told.push(`split ${id} at ${event}`);
      return [id, 'other'];
    },
  });
  const identity = new Identity(api, async (id) => void told.push(`shown ${id}`));
  return { told, api, identity };
}

it('nothing is joined before both were shown and it was confirmed', async () => {
  const { told, identity } = setUp();
  await identity.askJoin(['old', 'young']);
  expect(told).toEqual([]);
  const question = identity.question;
  expect(question?.kind === 'join' && question.assets.map(({ id }) => id)).toEqual(['young', 'old']);
  await identity.confirm();
  expect(told).toEqual(['join young+old', 'shown young']);
  expect(identity.question).toBeUndefined();
});

it('a split says which steps stay and which go', async () => {
  const { told, identity } = setUp();
  const asset = assetOf('a', history(5));
  const step = asset.versions[1];
  if (!step) throw new Error('no step');
  identity.askSplit(asset, step);
  const question = identity.question;
  if (question?.kind !== 'split') throw new Error('not asked');
  expect(question.goes.map(({ number }) => number)).toEqual([5, 4]);
  expect(question.stays.map(({ number }) => number)).toEqual([3, 2, 1]);
  await identity.confirm();
  expect(told).toEqual(['split a at e4', 'shown a']);
});

it('nothing can be split off where nothing would stay', () => {
  const { identity } = setUp();
  const asset = assetOf('a', history(2));
  const first = asset.versions.at(-1);
  if (first) identity.askSplit(asset, first);
  expect(identity.question).toBeUndefined();
});

it('a refusal is told and the question stays open', async () => {
  const { identity, api } = setUp();
  api.join = () => Promise.reject(new Error('no'));
  await identity.askJoin(['old', 'young']);
  await identity.confirm();
  expect(identity.problem).toBeInstanceOf(Error);
  expect(identity.question).toBeDefined();
  identity.close();
  expect(identity.question).toBeUndefined();
});

it('a question that was closed while its assets were read does not open again', async () => {
  const { identity } = setUp();
  const asking = identity.askJoin(['old', 'young']);
  identity.close();
  await asking;
  expect(identity.question).toBeUndefined();
});
