import { describe, expect, test } from 'vitest';
import type { PastAttempt, PastRun } from '../../store/history-table.ts';
import * as factories from '../factories.ts';
import { bedOf, givenJob, type MakeBed } from './bed.ts';

/** History that is written down at once, and what takes a job's traces away again. */
export function historyConformance(make: MakeBed): void {
  describe('history', () => {
    const bed = bedOf(make);

    test('runs of the past are read like runs that were lived through', async () => {
      const { store, clock } = bed();
      const job = await givenJob(bed());
      const createdAt = clock.wall() - 5_000_000_000;
      const failure = { category: 'script_error' as const, message: 'Exit 3', detail: 'it’s ünï' };
      const { id, priority, queue, workerLabels, parameters, note, requestedBy, cause } = factories.newRun({
        jobId: job.id,
      });
      const run: PastRun = {
        id,
        createdAt,
        jobId: job.id,
        jobVersion: 1,
        trigger: 'schedule',
        scheduleId: 9,
        dueAt: createdAt - 5,
        priority,
        queue,
        workerLabels,
        parameters: { ...parameters, file: 'a.csv' },
        note,
        requestedBy,
        cause,
        state: 'failed',
        reason: null,
        attempt: 2,
        exitCode: 3,
        signal: null,
        failure,
        startedAt: createdAt + 2000,
        endedAt: createdAt + 3000,
        result: { rows: 3 },
      };
      const attempt = (nth: number): PastAttempt => ({
        runId: id,
        runCreatedAt: createdAt,
        attempt: nth,
        fence: nth,
        workerId: null,
        outcome: 'failed',
        reason: null,
        exitCode: 3,
        signal: null,
        failure,
        startedAt: createdAt + nth * 1000,
        endedAt: createdAt + nth * 1000 + 500,
      });
      const event = { at: run.endedAt, kind: 'run.failed', runId: id, runCreatedAt: createdAt, jobId: job.id };
      await store.history.insert({
        runs: [run],
        attempts: [attempt(1), attempt(2)],
        events: [
          { ...event, at: createdAt + 1500, kind: 'attempt.failed', data: { attempt: 1 } },
          { ...event, jobCreatedAt: job.createdAt },
        ],
      });
      const { workerLabels: _, cause: __, ...shown } = run;
      expect(await store.runs.get(run)).toMatchObject({ ...shown, jobName: job.definition.name, availableAt: null });
      const tries = await store.runs.attempts(run);
      expect(tries.map(({ attempt: nth, startedAt }) => [nth, startedAt])).toEqual([
        [1, createdAt + 1000],
        [2, createdAt + 2000],
      ]);
      expect(tries[1]?.failure).toEqual(failure);
      const told = await store.events.list({ jobId: job.id }, { limit: 10 });
      expect(told.items.map(({ kind, at }) => [kind, at])).toEqual([
        ['run.failed', run.endedAt],
        ['attempt.failed', createdAt + 1500],
      ]);
      expect(await store.runs.counts(createdAt, clock.wall())).toMatchObject({ failed: 1, succeeded: 0 });
      expect(await store.runs.live([job.id])).toEqual([]);
      await store.runs.remove([run]);
      expect([await store.runs.get(run), await store.runs.attempts(run)]).toEqual([null, []]);
    });

    test('what is known of a job leaves in batches, and others keep theirs', async () => {
      const { store, clock } = bed();
      const [mine, other] = [await givenJob(bed()), await givenJob(bed())];
      const schedules = [mine, other].map(({ id: jobId }) => factories.schedule({ jobId }));
      await store.schedules.insert(schedules);
      const at = clock.wall();
      const rows = schedules.flatMap(({ id: scheduleId }) =>
        [1, 2, 3].map((nth) => factories.occurrence({ scheduleId, dueAt: at + nth, runId: null, reason: 'paused' })),
      );
      await store.ledger.insert(rows);
      await store.ledger.insertGaps(
        schedules.map(({ id: scheduleId }) => ({
          kind: 'gap',
          scheduleId,
          fromAt: at + 10,
          toAt: at + 20,
          count: 4,
          reason: 'misfire',
          decidedAt: at,
        })),
      );
      await store.events.append([mine, other, mine].map(({ id: jobId }) => ({ kind: 'told', jobId })));
      expect(await store.ledger.removeOfJob(mine.id, 2)).toBe(3);
      expect(await store.ledger.removeOfJob(mine.id, 2)).toBe(1);
      expect(await store.ledger.removeOfJob(mine.id, 2)).toBe(0);
      expect((await store.ledger.ofJob(other.id, { limit: 10 })).items).toHaveLength(4);
      expect(await store.events.removeOfJob(mine.id, 1)).toBe(1);
      expect(await store.events.removeOfJob(mine.id, 5)).toBe(1);
      expect((await store.events.list({ kinds: ['told'] }, { limit: 5 })).items).toHaveLength(1);
    });
  });
}
