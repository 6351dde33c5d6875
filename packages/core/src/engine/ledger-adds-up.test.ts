import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { catchUpPolicies, resumePolicies } from '../model/job.ts';
import type { LedgerEntry } from '../model/occurrence.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import type { Actor } from '../operations/context.ts';
import { type Operations } from '../operations/operations.ts';
import { previewRetention } from '../operations/retention.ts';
import { previewSchedule } from '../schedule/preview.ts';
import { Housekeeper } from './housekeeper.ts';
import { planDue } from './plan-due.ts';
import { benchOf, type Place } from './test-bench.ts';
import { operationsOf } from './test-operations.ts';

/** what the ledger tells of a span adds up to what the preview of that span names, whatever happened. */

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const mei: Actor = { personId: null, name: 'mei', via: 'library' };
const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];

describe.each(places)('the ledger of a span on %s', (_, place) => {
  const bench = benchOf(place);
  const operations = (): Operations => operationsOf(bench(), { planDue: (jobId) => planDue(bench(), jobId) });
  const counted = (entries: readonly LedgerEntry[]): number =>
    entries.reduce((sum, entry) => sum + (entry.kind === 'gap' ? entry.count : 1), 0);
  const named = (spec: ScheduleSpec, from: number, to: number): number => {
    const { items, skipped } = previewSchedule(spec, { from: from - 1, to, count: 100_000 });
    return items.length + skipped.reduce((sum, { count }) => sum + count, 0);
  };
  async function entriesIn(
    jobId: number,
    span: { readonly from: number; readonly to: number },
  ): Promise<LedgerEntry[]> {
    const entries: LedgerEntry[] = [];
    for (let after: string | null = null; ;) {
      const page = await operations().jobs.occurrences(jobId, { limit: 40, after }, span);
      entries.push(...page.items);
      after = page.next;
      if (after === null) return entries;
    }
  }

  test.each(catchUpPolicies.flatMap((policy) => resumePolicies.map((onResume) => [policy, onResume] as const)))(
    'adds up to its preview, with catch-up %s and a pause that runs %s',
    async (policy, onResume) => {
      const start = bench().clock.wall();
      const spec: ScheduleSpec = {
        kind: 'interval',
        every: 7,
        unit: 'minutes',
        start,
        timezone: 'Europe/Berlin',
        activeHours: [{ from: '06:00', to: '22:00' }],
      };
      const catchUp = { policy, windowSeconds: 6 * 3600, max: 4 };
      const { job, from } = await bench().job({ overlap: 'skip', catchUp }, [spec]);
      const first = bench().scheduler();
      await bench().pass(2 * hour, 21 * minute, () => first.tick());
      // Every scheduler is killed; another one comes hours later.
      bench().clock.advance(9 * hour);
      await bench().scheduler().tick();
      await operations().jobs.pause(job.id, mei);
      bench().clock.advance(5 * hour);
      await operations().jobs.resume(job.id, mei, { onResume });
      const scheduler = bench().scheduler();
      await bench().pass(hour, 21 * minute, () => scheduler.tick());
      const until = bench().clock.wall();
      const spans = [
        [from + 1, until],
        [from + 90 * minute, from + 5 * hour],
        [from + 12 * hour, from + 13 * hour],
      ] as const;
      for (const [since, to] of spans) {
        const entries = await entriesIn(job.id, { from: since, to });
        expect(counted(entries), `from ${(since - from) / minute}`).toBe(named(spec, since, to));
      }
      const skipped = await operations().jobs.occurrences(job.id, { limit: 500 }, { state: 'skipped' });
      expect(skipped.items.every(({ reason }) => reason !== null)).toBe(true);
      const made = await operations().jobs.occurrences(job.id, { limit: 500 }, { state: 'dispatched' });
      expect(made.items.every((entry) => entry.kind === 'occurrence' && entry.runId !== null)).toBe(true);
      const closed = await operations().jobs.occurrences(job.id, { limit: 500 }, { reasons: ['active_hours'] });
      expect(closed.items.every(({ reason }) => reason === 'active_hours')).toBe(true);
    },
  );

  test('is whole from the mark on that retention leaves, which spares what a job may still catch up', async () => {
    const spec: ScheduleSpec = {
      kind: 'interval',
      every: 1,
      unit: 'days',
      start: bench().clock.wall(),
      timezone: 'UTC',
    };
    const short = await bench().job({ overlap: 'allow', maxConcurrent: null }, [spec]);
    const catchUp = { policy: 'last', windowSeconds: 50 * 86_400, max: 1 } as const;
    const long = await bench().job({ overlap: 'allow', maxConcurrent: null, catchUp }, [spec]);
    const scheduler = bench().scheduler();
    await bench().pass(60 * day, day, () => scheduler.tick());
    const { store, system, settings, folder, clock } = bench();
    const keeper = new Housekeeper({ store, system, dataDir: folder, settings });
    const age = { before: clock.wall() - 35 * day, now: clock.wall() };
    const would = await store.ledger.prunable(age);
    const preview = await previewRetention(store, settings, 10_000);
    const removed = await bench().done(keeper.tick());
    expect(would.occurrences + would.gaps).toBe(removed.ledger);
    expect(preview).toMatchObject({ ledger: removed.ledger, runs: removed.runs, before: { ledger: age.before } });
    const mark = await operations().jobs.ledgerCompleteFrom();
    expect((mark ?? 0) - age.before).toBeLessThan(minute);
    expect(mark).toBeGreaterThanOrEqual(age.before);
    for (const { job } of [short, long]) {
      const span = { from: mark ?? 0, to: clock.wall() };
      expect(counted(await entriesIn(job.id, span))).toBe(named(spec, span.from, span.to));
    }
    const left = async (jobId: number) => (await entriesIn(jobId, { from: 0, to: clock.wall() })).length;
    expect([await left(short.job.id), await left(long.job.id)]).toEqual([35, 50]);
  });

  test('what was missed is told once a pass, with its span and count', async () => {
    const spec: ScheduleSpec = {
      kind: 'interval',
      every: 10,
      unit: 'minutes',
      start: bench().clock.wall(),
      timezone: 'UTC',
    };
    const catchUp = { policy: 'manual', windowSeconds: 86_400, max: 1 } as const;
    const { job, from } = await bench().job({ catchUp }, [spec]);
    bench().clock.advance(65 * minute);
    await bench().scheduler().tick();
    const { items } = await bench().store.events.list({ kinds: ['occurrences.missed'], jobId: job.id }, { limit: 5 });
    const told = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');
    expect(items).toMatchObject([
      {
        data: { count: 6, reason: 'misfire', policy: 'manual', from: told(from + 10 * minute), to: told(from + hour) },
      },
    ]);
    expect(await bench().ledger(job.id)).toMatchObject([{ kind: 'gap', count: 6, reason: 'misfire' }]);
    expect(await bench().runs(job.id)).toEqual([]);
  });

  test('a run that catches up while the present is closed may be claimed at the opening, and not before', async () => {
    const start = Math.ceil(bench().clock.wall() / day) * day;
    bench().clock.set(start + 10 * hour);
    const spec: ScheduleSpec = {
      kind: 'interval',
      every: 1,
      unit: 'hours',
      start,
      timezone: 'UTC',
      activeHours: [{ from: '09:00', to: '17:30' }],
    };
    const { job } = await bench().job({}, [spec]);
    bench().clock.set(start + 20 * hour);
    await bench().scheduler().tick();
    const opening = start + day + 9 * hour;
    const [run] = await bench().runs(job.id);
    expect(run).toMatchObject({ trigger: 'catch_up', reason: 'active_hours', dueAt: start + 17 * hour });
    expect(run?.availableAt).toBe(opening);
    const why = run === undefined ? null : await operations().why.run(run);
    expect(why?.state).toMatchObject({
      code: 'active_hours',
      sentence: expect.stringContaining('09:00 (UTC+00:00, UTC)'),
    });
    const { worker, stage } = await bench().worker();
    bench().clock.set(opening - 1000);
    await bench().done(worker.beat());
    await bench().done(worker.tick());
    expect(stage.acts).toHaveLength(0);
    bench().clock.set(opening);
    await bench().done(worker.beat());
    await bench().done(worker.tick());
    await bench().until(() => stage.acts.length === 1);
    stage.act(0).end();
    await bench().done(worker.idle());
  });
});
