import { expect, test } from 'vitest';
import { faultKinds } from './history.ts';
import { planFaults, planJobs } from './plan.ts';

const place = { start: Date.UTC(2026, 0, 15), folder: '/tmp/witness' };
const round = { forMs: 500_000, database: 'postgres', withDisk: true } as const;

test('a seed always plans the same, and another one something else', () => {
  expect(planJobs(7, 30, place)).toEqual(planJobs(7, 30, place));
  expect(planFaults(7, round)).toEqual(planFaults(7, round));
  expect(planJobs(8, 30, place)).not.toEqual(planJobs(7, 30, place));
  expect(planFaults(8, round)).not.toEqual(planFaults(7, round));
});

test('jobs of every kind are among thirty', () => {
  const jobs = planJobs(7, 30, place);
  for (const wanted of ['skip', 'queue_one', 'queue_all', 'allow'])
    expect(jobs.map(({ input }) => input.overlap)).toContain(wanted);
  for (const onLost of ['fail', 'rerun']) expect(jobs.map((job) => job.onLost)).toContain(onLost);
  expect(jobs.some(({ attempts }) => attempts > 1)).toBe(true);
  expect(jobs.some(({ rules }) => rules.length > 1)).toBe(true);
  expect(new Set(jobs.flatMap(({ rules }) => rules.map(({ kind }) => kind)))).toEqual(new Set(['interval', 'cron']));
});

test('every fault comes in its turn, in time, and only where there is something to strike', () => {
  const faults = planFaults(7, round);
  expect(new Set(faults.map(({ kind }) => kind))).toEqual(new Set(faultKinds));
  expect(faults.every(({ atMs }, index) => atMs < round.forMs && atMs > (faults[index - 1]?.atMs ?? 0))).toBe(true);
  const onSqlite = planFaults(7, { ...round, database: 'sqlite' }).map(({ kind }) => kind);
  expect(onSqlite).not.toContain('database_restarted');
  for (const kind of ['connections_cut', 'answers_lost', 'network_stalled', 'network_slow'])
    expect(onSqlite).not.toContain(kind);
  expect(planFaults(7, { ...round, withDisk: false }).map(({ kind }) => kind)).not.toContain('disk_full');
  const short = planFaults(7, { ...round, forMs: 30_000 }).map(({ kind }) => kind);
  expect(short).not.toContain('worker_gone');
  expect(short).not.toContain('clock_jumped');
});
