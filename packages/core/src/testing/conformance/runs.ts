import { describe, expect, test } from 'vitest';
import { runStates } from '../../model/run.ts';
import type { NewRun } from '../../store/run-table.ts';
import { bedOf, claimAll, finished, givenJob, givenRuns, givenWorker, holderOf, runFor, type MakeBed } from './bed.ts';

export function runConformance(make: MakeBed): void {
  describe('runs', () => {
    const bed = bedOf(make);

    test('a waiting run reads as it was written', async () => {
      const { store, clock } = bed();
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      const run = runFor(worker, job.id, {
        trigger: 'catch_up',
        scheduleId: 3,
        dueAt: 4,
        priority: 'critical',
        availableAt: clock.wall() + 5,
        parameters: { day: 'monday', count: 2 },
        note: 'by hand',
        requestedBy: 'ann',
        cause: { id: 5, createdAt: 6 },
        reason: 'overlap',
      });
      await givenRuns(bed(), [run]);
      const read = await store.runs.get(run);
      expect(read).toMatchObject({
        id: run.id,
        createdAt: run.createdAt,
        jobId: job.id,
        jobName: job.definition.name,
        jobVersion: 1,
        trigger: 'catch_up',
        scheduleId: 3,
        dueAt: 4,
        state: 'queued',
        reason: 'overlap',
        attempt: 0,
        availableAt: clock.wall() + 5,
        startedAt: null,
        endedAt: null,
        priority: 'critical',
        queue: run.queue,
        parameters: { day: 'monday', count: 2 },
        result: null,
        progress: null,
        note: 'by hand',
        requestedBy: 'ann',
        causeRunId: 5,
        causeCreatedAt: 6,
        suspect: false,
      });
      expect(await store.runs.find(run.id)).toEqual(read);
      expect(await store.runs.get({ id: run.id, createdAt: run.createdAt + 1 })).toBeNull();
      expect(await store.runs.live([job.id])).toEqual([
        {
          id: run.id,
          createdAt: run.createdAt,
          jobId: job.id,
          state: 'queued',
          trigger: 'catch_up',
          dueAt: 4,
          attempt: 0,
        },
      ]);
    });

    test('the state follows from where a run stands, from queued to its end', async () => {
      const { store, clock } = bed();
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      const [run] = await givenRuns(bed(), [runFor(worker, job.id)]);
      if (!run) throw new Error('no run');
      const state = async () => (await store.runs.get(run))?.state;
      expect(await state()).toBe('queued');
      expect(await store.runs.leased([job.id])).toEqual([]);
      const [claim] = await claimAll(bed(), worker);
      if (!claim) throw new Error('no claim');
      expect(await state()).toBe('starting');
      expect(await store.runs.leased([job.id])).toEqual(await store.runs.live([job.id]));
      expect(await store.runs.leased([job.id])).toMatchObject([{ id: run.id, state: 'starting' }]);
      clock.advance(10);
      await store.dispatch.intend(worker.incarnation, [claim]);
      await store.dispatch.markRunning(worker.incarnation, [claim]);
      expect(await store.runs.get(run)).toMatchObject({
        state: 'running',
        attempt: 1,
        workerName: worker.name,
        startedAt: clock.wall(),
      });
      expect((await store.runs.live([job.id]))[0]).toMatchObject({ state: 'running', attempt: 1 });
      expect((await store.runs.running(50)).map(({ id }) => id)).toContain(run.id);
      await store.runs.report(run, { progress: { fraction: 0.5, message: 'half', at: 3 } });
      clock.advance(20);
      await store.dispatch.finish([finished(claim, { result: { rows: 3 } })]);
      expect(await store.runs.get(run)).toMatchObject({
        state: 'succeeded',
        attempt: 1,
        exitCode: 0,
        startedAt: clock.wall() - 20,
        endedAt: clock.wall(),
        workerId: worker.id,
        result: { rows: 3 },
        progress: { fraction: 0.5, message: 'half', at: 3 },
      });
      expect(await store.runs.live([job.id])).toEqual([]);
      expect(await store.runs.durations(job.id, 5)).toEqual([20]);
    });

    test('a live run is suspect once its worker has been silent for 15 s', async () => {
      const { store, clock } = bed();
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      const [run] = await givenRuns(bed(), [runFor(worker, job.id)]);
      await claimAll(bed(), worker);
      const suspect = async () => run && (await store.runs.get(run))?.suspect;
      clock.advance(15_000);
      expect(await suspect()).toBe(false);
      clock.advance(1);
      expect(await suspect()).toBe(true);
      await store.dispatch.renew(holderOf(worker));
      expect(await suspect()).toBe(false);
    });

    test('only waiting runs can be ended in the queue, and their end is told', async () => {
      const { store } = bed();
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      const [live, waiting] = await givenRuns(bed(), [runFor(worker, job.id), runFor(worker, job.id)]);
      if (!live || !waiting) throw new Error('no runs');
      await claimAll(bed(), worker, 1);
      const latest = await store.events.latestId();
      const end = { state: 'cancelled', reason: 'superseded', by: 'ann' } as const;
      expect(await store.runs.endWaiting([live.id, waiting.id], end)).toEqual([waiting.id]);
      expect(await store.runs.endWaiting([waiting.id], end)).toEqual([]);
      expect(await store.runs.get(waiting)).toMatchObject({
        state: 'cancelled',
        reason: 'superseded',
        attempt: 0,
        startedAt: null,
      });
      const told = await store.events.after(latest, 10);
      expect(
        told.map(({ kind, runId, jobId, jobCreatedAt, actor }) => [kind, runId, jobId, jobCreatedAt, actor]),
      ).toEqual([['run.cancelled', waiting.id, job.id, job.createdAt, 'ann']]);
    });

    test('what may wait past its start deadline is found page by page, and nothing else', async () => {
      const { store, clock } = bed();
      const now = clock.wall();
      const worker = await givenWorker(bed());
      const [limited, free] = [await givenJob(bed(), { startDeadlineSeconds: 10 }), await givenJob(bed())];
      const due = (ms: number, overrides: Partial<NewRun> = {}): NewRun =>
        runFor(worker, limited.id, { createdAt: now + 1000, dueAt: now + ms, ...overrides });
      const late = [due(0), due(1), due(0, { trigger: 'catch_up' })];
      await givenRuns(bed(), [
        due(-1, { availableAt: 0, priority: 'critical' }),
        ...late,
        due(2),
        due(0, { trigger: 'backfill' }),
        runFor(worker, free.id, { createdAt: 0 }),
      ]);
      await claimAll(bed(), worker, 1);
      clock.set(now + 10_002);
      const first = await store.runs.waitingTooLong(0, 2);
      const rest = await store.runs.waitingTooLong(first.at(-1)?.id ?? 0, 2);
      expect([...first, ...rest]).toEqual(late.map(({ id, createdAt }) => ({ id, createdAt })));
    });

    test('a cancel wish is noted once and reaches the worker with its next renewal', async () => {
      const { store, clock } = bed();
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      const [run] = await givenRuns(bed(), [runFor(worker, job.id)]);
      if (!run) throw new Error('no run');
      const [claim] = await claimAll(bed(), worker);
      if (!claim) throw new Error('no claim');
      const wish = { reason: 'cancel_requested', by: 'ann' };
      expect(await store.runs.requestCancel(run, wish)).toBe(true);
      expect(await store.runs.requestCancel(run, wish)).toBe(false);
      const renewal = await store.dispatch.renew(holderOf(worker));
      expect(renewal?.held).toEqual([
        { runId: run.id, fence: 1, cancelRequestedAt: clock.wall(), cancelReason: 'cancel_requested' },
      ]);
      await store.dispatch.finish([
        finished(claim, { outcome: 'cancelled', state: 'cancelled', reason: 'cancel_requested' }),
      ]);
      expect(await store.runs.requestCancel(run, wish)).toBe(false);
    });
  });

  describe('lists of runs', () => {
    const bed = bedOf(make);

    test('pages hold each run once, newest first, and every filter narrows', async () => {
      const { store, clock } = bed();
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      const created = (index: number) => clock.wall() + Math.floor(index / 3);
      const runs = await givenRuns(
        bed(),
        Array.from({ length: 20 }, (_, index) =>
          runFor(worker, job.id, {
            createdAt: created(index),
            availableAt: index,
            trigger: index % 2 === 0 ? 'manual' : 'schedule',
          }),
        ),
      );
      const claims = await claimAll(bed(), worker, 12);
      const ends = claims
        .slice(0, 10)
        .map((claim, index) =>
          finished(claim, index < 6 ? {} : { outcome: 'failed', state: 'failed', reason: 'odd', exitCode: 1 }),
        );
      await store.dispatch.finish(ends);
      await store.dispatch.intend(worker.incarnation, claims);
      await store.dispatch.markRunning(worker.incarnation, claims.slice(10, 11));
      const ids: number[] = [];
      let after: string | null = null;
      do {
        const page: Awaited<ReturnType<typeof store.runs.list>> = await store.runs.list(
          { jobId: job.id },
          { limit: 6, after },
        );
        ids.push(...page.items.map(({ id }) => id));
        after = page.next;
      } while (after !== null);
      expect(ids).toEqual(runs.toSorted((a, b) => b.createdAt - a.createdAt || b.id - a.id).map(({ id }) => id));
      const count = async (filter: Parameters<typeof store.runs.list>[0]) =>
        (await store.runs.list(filter, { limit: 100 })).items.length;
      const states = await Promise.all(runStates.map(async (state) => [state, await count({ states: [state] })]));
      expect(Object.fromEntries(states)).toEqual({
        queued: 8,
        starting: 1,
        running: 1,
        succeeded: 6,
        failed: 4,
        timed_out: 0,
        cancelled: 0,
        lost: 0,
      });
      expect(await count({ states: ['queued', 'failed'] })).toBe(12);
      expect(await count({ states: [] })).toBe(0);
      expect(await count({ triggers: ['manual'] })).toBe(10);
      expect(await count({ reason: 'odd' })).toBe(4);
      expect(await count({ workerId: worker.id })).toBe(12);
      expect(await count({ from: created(3), to: created(6) })).toBe(3);
      expect(await count({ jobId: 1 })).toBe(0);
      await expect(store.runs.list({}, { limit: 1, after: 'no' })).rejects.toMatchObject({ code: 'malformed' });

      expect(await store.runs.countLive()).toEqual({ queued: 8, leased: 2, oldestQueuedAt: created(12) });
      expect((await store.runs.waiting(3)).map(({ id }) => id)).toEqual(runs.slice(12, 15).map(({ id }) => id));
      const window = [clock.wall(), clock.wall() + 1] as const;
      expect(await store.runs.counts(...window)).toEqual({
        succeeded: 6,
        failed: 4,
        timed_out: 0,
        cancelled: 0,
        lost: 0,
      });
      expect(await store.runs.counts(0, clock.wall())).toMatchObject({ succeeded: 0, failed: 0 });
    });
  });

  describe('starts of runs', () => {
    const bed = bedOf(make);

    test('of what ended last, the starts of runs that a schedule made are told', async () => {
      const { store, clock } = bed();
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      const made = { createdAt: clock.wall() - 3, dueAt: clock.wall() - 2, trigger: 'schedule' } as const;
      const [late, asked, never] = [
        runFor(worker, job.id, made),
        runFor(worker, job.id, { ...made, trigger: 'manual', dueAt: null }),
        runFor(worker, job.id, { ...made, createdAt: made.createdAt - 1 }),
      ];
      await givenRuns(bed(), [late, asked, never]);
      await store.runs.endWaiting([never.id], { state: 'cancelled', reason: 'superseded', by: null });
      const claims = await claimAll(bed(), worker);
      await store.dispatch.intend(worker.incarnation, claims);
      await store.dispatch.finish(claims.map((claim) => finished(claim)));
      const { createdAt, dueAt } = made;
      const known = (await store.runs.starts(1000)).filter((start) => start.createdAt === createdAt);
      expect(known).toEqual([{ createdAt, dueAt, startedAt: clock.wall() }]);
    });
  });

  describe('retention of runs', () => {
    const bed = bedOf(make);

    test('what ended otherwise than well is listed by its state, however it ended, until retention takes it', async () => {
      const { store, clock } = bed();
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      const runs = Array.from({ length: 6 }, (_, index) => runFor(worker, job.id, { createdAt: clock.wall() - index }));
      await givenRuns(bed(), runs);
      const [waiting] = runs;
      if (waiting === undefined) throw new Error('there are six');
      await store.runs.endWaiting([waiting.id], { state: 'cancelled', reason: 'superseded', by: null });
      const claims = await claimAll(bed(), worker, 5);
      const states = ['failed', 'succeeded', 'timed_out', 'failed', 'succeeded'] as const;
      await store.dispatch.finish(
        claims.map((claim, at) => finished(claim, { outcome: states[at] ?? 'failed', state: states[at] ?? 'failed' })),
      );
      const listed = async (...asked: readonly (typeof runStates)[number][]): Promise<string[]> => {
        const found: string[] = [];
        let after: string | null = null;
        do {
          const page: Awaited<ReturnType<typeof store.runs.list>> = await store.runs.list(
            { jobId: job.id, states: asked },
            { limit: 1, after },
          );
          found.push(...page.items.map(({ state }) => state));
          after = page.next;
        } while (after !== null);
        return found.toSorted();
      };
      expect(await listed('failed', 'cancelled', 'timed_out')).toEqual(['cancelled', 'failed', 'failed', 'timed_out']);
      expect(await listed('lost', 'queued')).toEqual([]);
      expect(await listed('succeeded', 'failed')).toEqual(['failed', 'failed', 'succeeded', 'succeeded']);
      expect((await store.runs.ended(1000)).filter(({ jobId }) => jobId === job.id)).toHaveLength(6);
      await store.runs.remove(runs);
      expect(await listed('failed', 'cancelled')).toEqual([]);
    });

    test('a filter that hardly anything fits finds it over pages that may be empty (SEC-J3)', async () => {
      const { store, clock } = bed();
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      const count = 2500;
      const runs = Array.from({ length: count }, (_, index) =>
        runFor(worker, job.id, {
          createdAt: clock.wall() - index,
          trigger: index === count - 1 ? 'webhook' : 'manual',
        }),
      );
      await store.runs.insert(runs);
      const page = await store.runs.list({ jobId: job.id, triggers: ['webhook'] }, { limit: 3 });
      expect(page.items.map(({ id }) => id)).toEqual([runs.at(-1)?.id]);
      expect(page.next).toBeNull();
    });

    test('a count of what has ended is the same before and after the events were counted', async () => {
      const { store, clock } = bed();
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      const runs = [0, 1, 2].map(() => runFor(worker, job.id, { createdAt: clock.wall() }));
      await givenRuns(bed(), runs);
      const claims = await claimAll(bed(), worker, 3);
      const from = clock.wall() - 7_200_000;
      const before = await store.runs.counts(from, clock.wall() + 1000);
      await store.dispatch.finish(claims.slice(0, 2).map((claim) => finished(claim)));
      const span = { from, to: clock.wall() + 1000 };
      const told = async () => ({
        ended: (await store.runs.counts(span.from, span.to)).succeeded - before.succeeded,
        ever: (await store.jobs.summary(job.id))?.runCount,
        sums: (await store.timeline.sums([job.id], span, 86_400_000)).reduce((sum, { count }) => sum + count, 0),
      });
      const expected = { ended: 2, ever: 3, sums: 3 };
      expect(await told()).toEqual(expected);
      clock.advance(120_000);
      while ((await store.upkeep.tally(1)) > 0);
      expect(await told()).toEqual(expected);
      expect(await store.upkeep.tally(10)).toBe(0);
      await store.runs.remove(runs);
    });

    test('retention finds ended runs only, oldest first, and removes them whole', async () => {
      const { store, clock } = bed();
      const before = clock.wall() + 100;
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      const created = (index: number) => ({ createdAt: clock.wall() + (index % 7), availableAt: index });
      const runs = Array.from({ length: 14 }, (_, index) => runFor(worker, job.id, created(index)));
      await givenRuns(bed(), runs);
      const claims = await claimAll(bed(), worker, 12);
      await store.dispatch.finish(claims.slice(0, 10).map((claim) => finished(claim, { result: 1 })));
      const expired = await store.runs.expired(before, 4);
      expect(expired).toHaveLength(4);
      expect(expired.map(({ createdAt }) => createdAt)).toEqual(
        expired.map(({ createdAt }) => createdAt).toSorted((a, b) => a - b),
      );
      await store.runs.remove(expired);
      for (const reference of expired) {
        expect(await store.runs.get(reference)).toBeNull();
        expect(await store.runs.attempts(reference)).toEqual([]);
      }
      expect(await store.runs.expired(before, 100)).toHaveLength(6);
      expect(await store.runs.expired(0, 100)).toEqual([]);
    });
  });
}
