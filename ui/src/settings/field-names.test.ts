import { expect, it } from 'vitest';
import { Refusal } from '../api/client';
import { refusing } from '../api/fake';
import type { NamedField } from '../api/types';
import { FieldNames } from './field-names.svelte';

function site() {
  const told: string[] = [];
  const fields = new Map<number, NamedField>(
    [
      { id: 25, label: 'Keywords', default_label: 'Keywords', given: null, used: 0 },
      { id: 821, label: 'Campaign', default_label: 'Custom field 21', given: 'Campaign', used: 12 },
    ].map((field) => [field.id, field]),
  );
  const api = refusing({
    fields: async () => [...fields.values()],
    nameField: async (id, label) => {
      if (label === 'Taken') throw new Refusal('invalid', 'That name is taken', '');
      told.push(`${id} is ${label}`);
      const field = fields.get(id) ?? { id, label: '', default_label: '', used: 0 };
      const named = { ...field, label: label ?? field.default_label, given: label };
      fields.set(id, named);
      return named;
    },
  });
  const names = new FieldNames(api, () => told.push('changed'));
  return { told, names };
}

async function opened() {
  const { told, names } = site();
  await names.load();
  const [keywords, campaign] = names.items ?? [];
  if (!keywords || !campaign) throw new Error('no fields');
  return { told, names, keywords, campaign };
}

it('a field is called what the user calls it', async () => {
  const { told, names, keywords } = await opened();
  await names.rename(keywords, '  Schlagworte ');
  expect(names.items?.[0]).toMatchObject({ id: 25, label: 'Schlagworte', given: 'Schlagworte' });
  expect(told).toEqual(['25 is Schlagworte', 'changed']);
});

it('no name, and the default name, are the default name', async () => {
  const { told, names, campaign, keywords } = await opened();
  await names.rename(campaign, '');
  expect(names.items?.[1]).toMatchObject({ label: 'Custom field 21', given: null });
  await names.rename(keywords, 'Keywords');
  await names.rename(keywords, ' ');
  expect(told, 'what changes nothing is not sent').toEqual(['821 is null', 'changed']);
});

it('a refused name leaves the old one', async () => {
  const { names, campaign } = await opened();
  await names.rename(campaign, 'Taken');
  expect(names.problem).toBeInstanceOf(Refusal);
  expect(names.items?.[1]?.label).toBe('Campaign');
});

it('a field is found by number and by both of its names', async () => {
  const { names } = await opened();
  for (const wanted of ['821', 'camp', 'CUSTOM']) {
    names.wanted = wanted;
    expect(
      names.found.map(({ id }) => id),
      wanted,
    ).toEqual([821]);
  }
});
