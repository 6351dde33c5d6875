import { describe, expect, test } from 'vitest';
import type { Gap, SkipReason } from '../../model/occurrence.ts';
import { writePlan } from '../../store/write-plan.ts';
import * as factories from '../factories.ts';
import { bedOf, givenJob, givenWorker, runFor, type MakeBed } from './bed.ts';

export function ledgerConformance(make: MakeBed): void {
  describe('the ledger', () => {
    const bed = bedOf(make);
    const gapOf = (scheduleId: number, fromAt: number, overrides: Partial<Gap> = {}): Gap => {
      return {
        kind: 'gap',
        scheduleId,
        fromAt,
        toAt: fromAt + 5,
        count: 6,
        reason: 'paused',
        decidedAt: 1000,
        ...overrides,
      };
    };

    test('a key is known once, and what stands there never changes', async () => {
      const { store } = bed();
      const job = await givenJob(bed());
      const schedule = factories.schedule({ jobId: job.id });
      await store.schedules.insert([schedule]);
      const key = { scheduleId: schedule.id, dueAt: 100 };
      const dispatched = factories.occurrence({ ...key, runId: 9, runCreatedAt: 8, decidedAt: 101 });
      expect(await store.ledger.insert([dispatched])).toEqual([key]);
      const other = factories.occurrence({ ...key, revision: 2, reason: 'paused' });
      const next = factories.occurrence({ ...key, dueAt: 200, causeRunId: 9, causeCreatedAt: 8 });
      expect(await store.ledger.insert([other, next])).toEqual([{ ...key, dueAt: 200 }]);
      await store.ledger.insertGaps([gapOf(schedule.id, 300), gapOf(schedule.id, 310)]);
      await store.ledger.insertGaps([gapOf(schedule.id, 300, { count: 99, reason: 'clock' })]);
      const expected = [gapOf(schedule.id, 310), gapOf(schedule.id, 300), next, dispatched];
      expect((await store.ledger.ofJob(job.id, { limit: 10 })).items).toEqual(expected);
      expect(await store.ledger.lastOfSchedules([schedule.id], 2)).toEqual(expected.slice(0, 2));
    });

    test('a plan that comes after another makes no run of what is there already (P2)', async () => {
      const { store } = bed();
      const job = await givenJob(bed());
      const schedule = factories.schedule({ jobId: job.id });
      await store.schedules.insert([schedule]);
      const worker = await givenWorker(bed());
      const planned = { trigger: 'schedule', scheduleId: schedule.id } as const;
      const plan = async (instants: readonly number[]) => {
        const runs = instants.map((dueAt) => runFor(worker, job.id, { ...planned, dueAt }));
        const occurrences = runs.map(({ id, createdAt, dueAt }) =>
          factories.occurrence({ scheduleId: schedule.id, dueAt: dueAt ?? 0, runId: id, runCreatedAt: createdAt }),
        );
        const rows = { occurrences, runs, gaps: [], displaced: [] };
        const written = await store.transaction((tables) => writePlan(tables, rows));
        return written.runs.map(({ dueAt }) => dueAt);
      };
      expect(await plan([100, 200])).toEqual([100, 200]);
      expect(await plan([200, 300])).toEqual([300]);
    });

    test('what lies beyond a cursor is found, and taken back where it made no run', async () => {
      const { store } = bed();
      const job = await givenJob(bed());
      const [one, other] = [factories.schedule({ jobId: job.id }), factories.schedule({ jobId: job.id })];
      await store.schedules.insert([one, other]);
      const row = (dueAt: number, run: boolean) =>
        factories.occurrence({
          scheduleId: one.id,
          dueAt,
          ...(run ? { runId: 9, runCreatedAt: 8 } : { reason: 'coalesced' as const }),
        });
      await store.ledger.insert([row(100, false), row(200, true), row(300, false)]);
      await store.ledger.insertGaps([gapOf(one.id, 150, { toAt: 180 }), gapOf(one.id, 400), gapOf(other.id, 90)]);
      const ahead = async (scheduleId: number, cursorAt: number) =>
        (await store.ledger.ahead([{ scheduleId, cursorAt }])).map((entry) =>
          entry.kind === 'gap' ? [entry.fromAt, entry.toAt, entry.count] : entry.dueAt,
        );
      expect(await ahead(one.id, 405)).toEqual([]);
      expect(await ahead(other.id, 95)).toEqual([]);
      expect(await ahead(one.id, 160)).toEqual([[150, 180, 6], 200, 300, [400, 405, 6]]);
      await store.ledger.withdraw(one.id, 160);
      expect(await ahead(one.id, 160)).toEqual([[150, 180, 6], 200]);
      await store.ledger.shorten(gapOf(one.id, 150), { toAt: 160, count: 2 });
      expect(await ahead(one.id, 0)).toEqual([100, [150, 160, 2], 200]);
      await store.ledger.shorten(gapOf(one.id, 150), { toAt: 160, count: 0 });
      expect(await ahead(one.id, 0)).toEqual([100, 200]);
      expect(await ahead(other.id, 0)).toEqual([[90, 95, 6]]);
    });

    test('two who insert the same keys at once get each key once between them', async () => {
      const { store, another } = bed();
      const rows = Array.from({ length: 50 }, (_, index) => factories.occurrence({ scheduleId: 77, dueAt: index }));
      const other = await another();
      const [mine, theirs] = await Promise.all([
        store.transaction((tables) => tables.ledger.insert(rows)),
        other.transaction((tables) => tables.ledger.insert(rows)),
      ]);
      expect([...mine, ...theirs].map(({ dueAt }) => dueAt).toSorted((a, b) => a - b)).toEqual(
        rows.map(({ dueAt }) => dueAt),
      );
    });

    test('pages of a job hold each entry of all schedules it has or had once, newest first', async () => {
      const { store } = bed();
      const job = await givenJob(bed());
      const [kept, removed] = [factories.schedule({ jobId: job.id }), factories.schedule({ jobId: job.id })];
      await store.schedules.insert([kept, removed]);
      const rows = [kept, removed].flatMap(({ id }) =>
        Array.from({ length: 7 }, (_, index) => factories.occurrence({ scheduleId: id, dueAt: 100 * index })),
      );
      await store.ledger.insert(rows);
      await store.ledger.insertGaps([gapOf(kept.id, 101), gapOf(removed.id, 601)]);
      await store.schedules.remove([removed.id]);
      const paged: (readonly [number, number])[] = [];
      let after: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof store.ledger.ofJob>> = await store.ledger.ofJob(job.id, {
          limit: 3,
          after,
        });
        paged.push(
          ...page.items.map((entry) => [entry.kind === 'gap' ? entry.toAt : entry.dueAt, entry.scheduleId] as const),
        );
        after = page.next;
      } while (after !== null);
      expect(paged).toHaveLength(16);
      expect(paged).toEqual(paged.toSorted((a, b) => b[0] - a[0] || b[1] - a[1]));
    });

    test('what became no run since an instant is counted: missed, also by being folded late, and otherwise', async () => {
      const { store } = bed();
      const since = 5_000_000_000_000;
      const skip = (dueAt: number, decidedAt: number, reason: SkipReason = 'misfire') =>
        factories.occurrence({ scheduleId: 88, dueAt, decidedAt, reason });
      const gap = (fromAt: number, count: number, reason: SkipReason) =>
        gapOf(88, fromAt, { decidedAt: since + 5, count, reason });
      await store.ledger.insert([
        skip(1, since),
        skip(2, since + 1),
        skip(3, since - 1),
        skip(4, since, 'coalesced'),
        skip(since - 30_000, since, 'coalesced'),
        skip(5, since, 'clock'),
        skip(6, since, 'overlap'),
        skip(7, since, 'blackout'),
      ]);
      await store.ledger.insertGaps([gap(900, 40, 'misfire'), gap(950, 100, 'coalesced'), gap(990, 7, 'paused')]);
      expect(await store.ledger.skippedSince(since, 30_000)).toEqual({ missed: 144, otherwise: 10 });
      expect(await store.ledger.skippedSince(since + 100, 30_000)).toEqual({ missed: 0, otherwise: 0 });
    });

    test('pruning removes what was decided before an instant and nothing else', async () => {
      const { store } = bed();
      const job = await givenJob(bed());
      const schedule = factories.schedule({ jobId: job.id });
      await store.schedules.insert([schedule]);
      const decided = (dueAt: number) => factories.occurrence({ scheduleId: schedule.id, dueAt, decidedAt: dueAt + 1 });
      await store.ledger.insert([decided(10), decided(20), decided(30)]);
      await store.ledger.insertGaps([gapOf(schedule.id, 12, { toAt: 18, decidedAt: 19 })]);
      expect(await store.ledger.prune({ before: 21, now: Number.MAX_SAFE_INTEGER }, 100)).toBeGreaterThanOrEqual(2);
      expect((await store.ledger.ofJob(job.id, { limit: 5 })).items).toEqual([decided(30), decided(20)]);
    });
  });
}
