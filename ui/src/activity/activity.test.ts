import { expect, it } from 'vitest';
import { refusing } from '../api/fake';
import type { Activity } from '../api/types';
import { ActivityReport, monthsBefore } from './activity.svelte';

const NONE: Activity = { events: 0, assets: 0, days: [], changes: [], archives: [], fields: [], busiest: [] };

it('months are counted back over the end of a year, each from its first to its last day', () => {
  expect(monthsBefore(new Date(2024, 2, 31), 4)).toEqual([
    { key: '2024-03', from: '2024-03-01', until: '2024-03-31' },
    { key: '2024-02', from: '2024-02-01', until: '2024-02-29' },
    { key: '2024-01', from: '2024-01-01', until: '2024-01-31' },
    { key: '2023-12', from: '2023-12-01', until: '2023-12-31' },
  ]);
});

it('a late answer for another month changes nothing', async () => {
  const answers: ((activity: Activity) => void)[] = [];
  const report = new ActivityReport(
    refusing({ activity: () => new Promise<Activity>((resolve) => answers.push(resolve)) }),
  );
  const [march, february] = monthsBefore(new Date(2024, 2, 31), 2);
  if (!march || !february) throw new Error('there are two');
  const first = report.show(march);
  const second = report.show(february);
  answers[1]?.({ ...NONE, events: 2 });
  answers[0]?.({ ...NONE, events: 3 });
  await Promise.all([first, second]);
  expect(report.activity?.events).toBe(2);
  expect(report.month?.key).toBe('2024-02');
});
