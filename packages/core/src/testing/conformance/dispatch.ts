import { describe, expect, test } from 'vitest';
import { seededRandom } from '../seeded-random.ts';
import { bedOf, claimAll, finished, givenJob, givenRuns, givenWorker, holderOf, runFor, type MakeBed } from './bed.ts';

const idsOf = (
  runs: readonly ({ readonly runId: number } | { readonly id: number } | undefined)[],
): (number | undefined)[] => runs.map((run) => (run === undefined ? undefined : 'runId' in run ? run.runId : run.id));

export function dispatchConformance(make: MakeBed): void {
  describe('claiming', () => {
    const bed = bedOf(make);

    test('runs come by priority, then by the instant they became available, then by number', async () => {
      const { store, clock } = bed();
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      const at = (availableAt: number, priority: 'low' | 'critical') =>
        runFor(worker, job.id, { availableAt, priority });
      const runs = await givenRuns(bed(), [
        at(5, 'low'),
        at(7, 'critical'),
        at(3, 'low'),
        at(3, 'low'),
        at(9, 'critical'),
      ]);
      await givenRuns(bed(), [runFor(worker, job.id, { availableAt: clock.wall() + 1, priority: 'critical' })]);
      const order = [...(await claimAll(bed(), worker, 4)), ...(await claimAll(bed(), worker))].map(
        ({ runId }) => runId,
      );
      expect(order).toEqual([1, 4, 2, 3, 0].map((index) => runs[index]?.id));
      expect(await store.dispatch.earliestAvailable()).toBe(clock.wall() + 1);
      clock.advance(1);
      expect(await claimAll(bed(), worker)).toHaveLength(1);
    });

    test('what was made at a time still ahead is brought forward, a retry that is ahead is not (F33)', async () => {
      const { store, clock } = bed();
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      const now = clock.wall();
      const ahead = now + 60_000;
      const [made] = await givenRuns(bed(), [runFor(worker, job.id, { createdAt: ahead, availableAt: ahead })]);
      const retries = await givenRuns(bed(), [runFor(worker, job.id, { createdAt: now, availableAt: ahead })]);
      expect(await claimAll(bed(), worker)).toEqual([]);
      expect(await store.dispatch.bringForward(null)).toBe(1);
      expect(idsOf(await claimAll(bed(), worker))).toEqual(idsOf([made]));
      expect(await store.dispatch.bringForward(null)).toBe(0);
      clock.set(ahead);
      expect(idsOf(await claimAll(bed(), worker))).toEqual(idsOf(retries));
      clock.set(now);
    });

    test('what was queued by a clock that has gone back keeps its delay, and what could be claimed still can (F33)', async () => {
      const { store, clock } = bed();
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      const now = clock.wall();
      const hour = 3_600_000;
      const [failed, givenBack, closed, later] = await givenRuns(bed(), [
        runFor(worker, job.id, { createdAt: now, availableAt: now }),
        runFor(worker, job.id, { createdAt: now, availableAt: now + hour }),
        runFor(worker, job.id, { createdAt: now, availableAt: now + hour, reason: 'blackout' }),
        runFor(worker, job.id, { createdAt: now, availableAt: now + 3 * hour }),
      ]);
      const claims = await claimAll(bed(), worker);
      expect(idsOf(claims)).toEqual(idsOf([failed]));
      await store.dispatch.intend(worker.incarnation, claims);
      clock.set(now + hour);
      const end = { outcome: 'failed', state: null, reason: 'retry_delay', exitCode: 1, signal: null } as const;
      const retryAt = now + hour + 60_000;
      await store.dispatch.finish(
        claims.map(({ runId, fence }) => ({ ...end, runId, fence, retryAt, failure: null, result: null })),
      );
      clock.set(now);
      expect(await store.dispatch.bringForward(now + 2 * hour)).toBeGreaterThanOrEqual(2);
      expect(idsOf(await claimAll(bed(), worker))).toEqual(idsOf([givenBack]));
      clock.set(now + 60_000);
      expect(idsOf(await claimAll(bed(), worker))).toEqual(idsOf([failed]));
      clock.set(now + hour);
      expect(idsOf(await claimAll(bed(), worker))).toEqual(idsOf([closed]));
      clock.set(now + 3 * hour);
      expect(idsOf(await claimAll(bed(), worker))).toEqual(idsOf([later]));
      clock.set(now);
    });

    test('a large batch comes in order too', async () => {
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      const chance = seededRandom(7);
      const runs = Array.from({ length: 600 }, () =>
        runFor(worker, job.id, { availableAt: Math.floor(chance.next() * 90) }),
      );
      await givenRuns(bed(), runs);
      const expected = runs.toSorted((a, b) => a.availableAt - b.availableAt || a.id - b.id).map(({ id }) => id);
      expect((await claimAll(bed(), worker, 600)).map(({ runId }) => runId)).toEqual(expected);
    });

    test('what has long waited behind a full limit hides nothing that came after it', async () => {
      const { store, clock } = bed();
      const [full, free] = [await givenJob(bed()), await givenJob(bed())];
      const worker = await givenWorker(bed());
      const now = clock.wall();
      const first = runFor(worker, full.id, { availableAt: now, slots: 1 });
      await givenRuns(bed(), [first]);
      expect(idsOf(await claimAll(bed(), worker))).toEqual(idsOf([first]));
      const behind = Array.from({ length: 20 }, (_each, n) =>
        runFor(worker, full.id, { availableAt: now + n, slots: 1 }),
      );
      clock.set(now + 180_000);
      const later = runFor(worker, free.id, { availableAt: now + 180_000 });
      await givenRuns(bed(), [...behind, later]);
      const asked = { ...holderOf(worker), free: 9, queues: worker.queues, labels: [], ageingMs: 60_000 };
      expect(idsOf(await store.dispatch.claim(asked))).toEqual(idsOf([later]));
      expect(await store.dispatch.claim(asked)).toEqual([]);
      clock.set(now);
    });

    test('a limit that was lowered lets nothing start above it', async () => {
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      const wide = Array.from({ length: 3 }, () => runFor(worker, job.id, { availableAt: 1, slots: 5 }));
      await givenRuns(bed(), wide);
      expect(await claimAll(bed(), worker)).toHaveLength(3);
      const narrow = [1, 2, 3].map((slots) => runFor(worker, job.id, { availableAt: 1 + slots, slots }));
      const wider = runFor(worker, job.id, { availableAt: 9, slots: 4 });
      await givenRuns(bed(), [...narrow, wider]);
      expect(idsOf(await claimAll(bed(), worker))).toEqual(idsOf([wider]));
    });

    test('a limit that was raised holds nobody back who has its new slots, though the old ones are full', async () => {
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      await givenRuns(
        bed(),
        [1, 2].map((availableAt) => runFor(worker, job.id, { availableAt, slots: 2 })),
      );
      expect(await claimAll(bed(), worker)).toHaveLength(2);
      const old = runFor(worker, job.id, { availableAt: 3, slots: 2 });
      const raised = [4, 5].map((availableAt) => runFor(worker, job.id, { availableAt, slots: 3 }));
      await givenRuns(bed(), [old, ...raised]);
      expect(idsOf(await claimAll(bed(), worker))).toEqual(idsOf(raised.slice(0, 1)));
    });

    test('a run comes only to a worker that serves its queue and has all its labels', async () => {
      const job = await givenJob(bed());
      const worker = await givenWorker(bed(), { labels: ['gpu', 'linux'] });
      const labelled = (workerLabels: string[], queue = worker.queues[0] ?? '') =>
        runFor(worker, job.id, { workerLabels, queue });
      const runs = await givenRuns(bed(), [
        labelled(['linux']),
        labelled(['gpu', 'linux']),
        labelled(['linux', 'gpu', 'gpu']),
        labelled(['arm']),
        labelled([], 'elsewhere'),
      ]);
      const claimed = (await claimAll(bed(), worker)).map(({ runId }) => runId);
      expect(new Set(claimed)).toEqual(new Set(runs.slice(0, 3).map(({ id }) => id)));
    });

    test('at most the free slots are taken, and none without any', async () => {
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      await givenRuns(
        bed(),
        Array.from({ length: 5 }, () => runFor(worker, job.id)),
      );
      expect(await claimAll(bed(), worker, 0)).toEqual([]);
      expect(await claimAll(bed(), worker, 2)).toHaveLength(2);
      expect(await claimAll(bed(), worker, 9)).toHaveLength(3);
    });

    test('an incarnation that is over claims nothing', async () => {
      const { store } = bed();
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      await givenRuns(bed(), [runFor(worker, job.id)]);
      expect(await claimAll(bed(), { ...worker, incarnation: 1 })).toEqual([]);
      expect(await store.workers.end(holderOf(worker))).toBe(true);
      expect(await claimAll(bed(), worker)).toEqual([]);
    });

    test('a job never has more live runs than its limit, and a full one does not hide what waits behind it', async () => {
      const { store } = bed();
      const [exclusive, double, free] = [await givenJob(bed()), await givenJob(bed()), await givenJob(bed())];
      const worker = await givenWorker(bed());
      await givenRuns(bed(), [
        ...Array.from({ length: 5 }, () => runFor(worker, exclusive.id, { slots: 1, availableAt: 1 })),
        ...Array.from({ length: 5 }, () => runFor(worker, double.id, { slots: 2, availableAt: 2 })),
        ...Array.from({ length: 3 }, () => runFor(worker, free.id, { availableAt: 3 })),
      ]);
      const claims = await claimAll(bed(), worker);
      const live = (jobId: number) => claims.filter((claim) => claim.jobId === jobId);
      expect([live(exclusive.id).length, live(double.id).length, live(free.id).length]).toEqual([1, 2, 3]);
      expect(await claimAll(bed(), worker)).toEqual([]);
      const [one] = live(exclusive.id);
      if (!one) throw new Error('no claim');
      await store.dispatch.finish([finished(one)]);
      expect((await claimAll(bed(), worker)).map(({ jobId }) => jobId)).toEqual([exclusive.id]);
    });

    test('what was claimed loads with its definition, in the order asked for', async () => {
      const { store } = bed();
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      const [first, second] = await givenRuns(bed(), [runFor(worker, job.id), runFor(worker, job.id)]);
      if (!first || !second) throw new Error('no runs');
      const changed = { ...job, version: 2, definition: { ...job.definition, timeoutSeconds: 99 } };
      await store.jobs.update(changed, 1, null);
      const loaded = await store.dispatch.load([second, { id: 1, createdAt: 1 }, first]);
      expect(loaded.map(({ run, definition }) => [run.id, definition])).toEqual([
        [second.id, job.definition],
        [first.id, job.definition],
      ]);
    });
  });

  describe('intent, finish and giving back', () => {
    const bed = bedOf(make);
    const claimed = async (count = 1) => {
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      const runs = await givenRuns(
        bed(),
        Array.from({ length: count }, () => runFor(worker, job.id)),
      );
      const claims = await claimAll(bed(), worker);
      const [run, claim] = [runs[0], claims[0]];
      if (!run || !claim) throw new Error('nothing was claimed');
      return { job, worker, runs, claims, run, claim };
    };

    test('an intent is answered for claimed leases of the incarnation, each once', async () => {
      const { store } = bed();
      const { worker, claims, claim } = await claimed(3);
      expect(await store.dispatch.intend(worker.incarnation + 1, claims)).toEqual([]);
      expect(await store.dispatch.intend(worker.incarnation, [{ ...claim, fence: 2 }])).toEqual([]);
      const held = await store.dispatch.intend(worker.incarnation, claims.slice(0, 2));
      expect(new Set(held.map(({ runId }) => runId))).toEqual(new Set(claims.slice(0, 2).map(({ runId }) => runId)));
      const rest = await store.dispatch.intend(worker.incarnation, claims);
      expect(rest.map(({ runId }) => runId)).toEqual([claims[2]?.runId]);
      const leases = await store.dispatch.leasesOf(holderOf(worker));
      expect(leases.map(({ phase }) => phase)).toEqual(['starting', 'starting', 'starting']);
    });

    test('the fence rises with every claim, and only the current one may finish', async () => {
      const { store } = bed();
      const { worker, run, claim } = await claimed();
      expect(await store.dispatch.release(holderOf(worker))).toEqual([run.id]);
      const [second] = await claimAll(bed(), worker);
      expect(second).toMatchObject({ fence: 2, attempt: 1 });
      expect(await store.dispatch.finish([finished(claim, { outcome: 'failed', state: 'failed' })])).toEqual([]);
      expect(await store.runs.get(run)).toMatchObject({ state: 'starting' });
      if (second) expect(await store.dispatch.finish([finished(second)])).toEqual([run.id]);
      expect(await store.runs.get(run)).toMatchObject({ state: 'succeeded' });
    });

    test('a late result is told as an event and changes nothing; a repeated one is not even told', async () => {
      const { store } = bed();
      const { worker, run, claim } = await claimed();
      await store.dispatch.release(holderOf(worker));
      const [second] = await claimAll(bed(), worker);
      if (!second) throw new Error('not claimed again');
      await store.dispatch.finish([finished(second)]);
      const before = await store.runs.get(run);
      const latest = await store.events.latestId();
      const failed = { outcome: 'failed', state: 'failed', exitCode: 3 } as const;
      expect(await store.dispatch.finish([finished(second, failed)])).toEqual([]);
      expect(await store.events.after(latest, 5)).toEqual([]);
      expect(await store.dispatch.finish([finished(claim, failed)])).toEqual([]);
      expect((await store.events.after(latest, 5)).map(({ kind, runId }) => [kind, runId])).toEqual([
        ['run.late_result', run.id],
      ]);
      expect(await store.runs.get(run)).toEqual(before);
      expect(await store.runs.attempts(run)).toHaveLength(1);
      expect(await store.dispatch.attemptRecorded(run, 1, 2)).toBe(true);
      expect(await store.dispatch.attemptRecorded(run, 1, 1)).toBe(false);
    });

    test('a failure with a retry waits again with its attempt counted, one that never started keeps its number', async () => {
      const { store, clock } = bed();
      const { worker, run, claim } = await claimed();
      const retryAt = clock.wall() + 1000;
      const failure = { category: 'script_error', message: 'Exit 1 after 3 s', detail: 'a\nb "c"' } as const;
      await store.dispatch.intend(worker.incarnation, [claim]);
      const retry = { outcome: 'failed', state: null, retryAt, reason: 'retry_delay', exitCode: 1, failure } as const;
      await store.dispatch.finish([finished(claim, retry)]);
      expect(await store.runs.get(run)).toMatchObject({
        state: 'queued',
        reason: 'retry_delay',
        attempt: 1,
        availableAt: retryAt,
      });
      expect(await claimAll(bed(), worker)).toEqual([]);
      clock.advance(1000);
      const [second] = await claimAll(bed(), worker);
      expect(second).toMatchObject({ attempt: 2, fence: 2 });
      if (!second) throw new Error('no second attempt');
      const refused = {
        outcome: 'not_started',
        state: null,
        retryAt: clock.wall(),
        reason: 'worker_busy',
        exitCode: null,
        keepAttempt: true,
      };
      await store.dispatch.finish([finished(second, refused as object)]);
      const [third] = await claimAll(bed(), worker);
      expect(third).toMatchObject({ attempt: 2, fence: 3 });
      if (third)
        await store.dispatch.finish([
          finished(third, { outcome: 'timed_out', state: 'timed_out', exitCode: null, signal: 'SIGKILL' }),
        ]);
      expect(await store.runs.get(run)).toMatchObject({
        state: 'timed_out',
        attempt: 2,
        signal: 'SIGKILL',
        failure: null,
      });
      const attempts = await store.runs.attempts(run);
      expect(attempts.map(({ attempt, fence, outcome }) => [attempt, fence, outcome])).toEqual([
        [1, 1, 'failed'],
        [2, 2, 'not_started'],
        [2, 3, 'timed_out'],
      ]);
      expect(attempts[0]).toMatchObject({
        failure,
        reason: 'retry_delay',
        workerId: worker.id,
        startedAt: clock.wall() - 1000,
      });
    });

    test('an attempt keeps why it ended, and the run that goes on does not wait for that', async () => {
      const { store, clock } = bed();
      const { worker, run, claim } = await claimed();
      await store.dispatch.intend(worker.incarnation, [claim]);
      const again = { outcome: 'lost', state: null, retryAt: clock.wall(), exitCode: null } as const;
      await store.dispatch.finish([finished(claim, { ...again, reason: null, attemptReason: 'worker_died' })]);
      expect(await store.runs.get(run)).toMatchObject({ state: 'queued', reason: null });
      expect(await store.runs.attempts(run)).toMatchObject([{ outcome: 'lost', reason: 'worker_died' }]);
      const [event] = (await store.events.list({ kinds: ['attempt.lost'] }, { limit: 1 })).items;
      expect(event).toMatchObject({ runId: run.id, data: { reason: 'worker_died' } });
    });

    test('every finished attempt leaves one event with its job', async () => {
      const { store, clock } = bed();
      const latest = await store.events.latestId();
      const { job, claims } = await claimed(2);
      const [one, two] = claims;
      if (!one || !two) throw new Error('no claims');
      await store.dispatch.finish([
        finished(one),
        finished(two, { outcome: 'failed', state: null, retryAt: clock.wall() + 9 }),
      ]);
      const told = await store.events.after(latest, 10);
      const seen = told.map(({ kind, runId, jobId, jobCreatedAt }) => [kind, runId, jobId, jobCreatedAt]);
      expect(seen).toHaveLength(2);
      expect(seen).toContainEqual(['attempt.failed', two.runId, job.id, job.createdAt]);
      expect(seen).toContainEqual(['run.succeeded', one.runId, job.id, job.createdAt]);
    });

    test('only unstarted runs are given back, all of them or those named', async () => {
      const { store } = bed();
      const { worker, claims } = await claimed(3);
      const [one, two, three] = claims;
      if (!one || !two || !three) throw new Error('no claims');
      await store.dispatch.intend(worker.incarnation, [one]);
      expect(await store.dispatch.release(holderOf(worker), [one, two])).toEqual([two.runId]);
      expect(await store.dispatch.release({ ...holderOf(worker), incarnation: 1 })).toEqual([]);
      expect(await store.dispatch.release(holderOf(worker))).toEqual([three.runId]);
      expect((await store.dispatch.leasesOf(holderOf(worker))).map(({ runId }) => runId)).toEqual([one.runId]);
    });

    test('leases of an incarnation that is no longer live are found', async () => {
      const { store } = bed();
      const { worker, run } = await claimed();
      const orphaned = async () => (await store.dispatch.orphanedLeases(100)).map(({ runId }) => runId);
      expect(await orphaned()).not.toContain(run.id);
      await store.workers.end(holderOf(worker));
      await store.workers.register({ ...worker, incarnation: worker.incarnation + 1 });
      expect(await orphaned()).toContain(run.id);
      expect(await store.dispatch.renew(holderOf(worker))).toBeNull();
    });
  });
}
