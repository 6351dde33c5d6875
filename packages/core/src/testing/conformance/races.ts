import { describe, expect, test } from 'vitest';
import type { Claim } from '../../store/dispatch-table.ts';
import type { Store } from '../../store/store.ts';
import { bedOf, claimAll, finished, givenJob, givenRuns, givenWorker, holderOf, runFor, type MakeBed } from './bed.ts';

const workers = 20;
const runs = 1000;

export function raceConformance(make: MakeBed): void {
  describe('races', () => {
    const bed = bedOf(make);

    test(`${workers} workers claim ${runs} runs, none twice and each in its order`, { timeout: 60_000 }, async () => {
      const { store, another } = bed();
      const stores: readonly Store[] = [store, await another()];
      const [free, limited] = [await givenJob(bed()), await givenJob(bed())];
      const first = await givenWorker(bed());
      const crew = [
        first,
        ...(await Promise.all(Array.from({ length: workers - 1 }, () => givenWorker(bed(), { queues: first.queues })))),
      ];
      await givenRuns(
        bed(),
        Array.from({ length: runs }, (_, index) =>
          runFor(first, index % 4 === 0 ? limited.id : free.id, {
            availableAt: index,
            slots: index % 4 === 0 ? 3 : null,
          }),
        ),
      );
      const taken = await Promise.all(
        crew.map(async (worker, index) => {
          const own = stores[index % stores.length] ?? store;
          const mine: Claim[] = [];
          for (let idle = 0; idle < 3;) {
            const claims = await claimAll({ store: own }, worker, 1 + (index % 7));
            idle = claims.length === 0 ? idle + 1 : 0;
            mine.push(...claims);
            const limitedLive = claims.filter(({ jobId }) => jobId === limited.id).length;
            expect(limitedLive).toBeLessThanOrEqual(3);
            await own.dispatch.intend(worker.incarnation, claims);
            await own.dispatch.finish(claims.map((claim) => finished(claim)));
          }
          return mine;
        }),
      );
      const all = taken.flat();
      expect(all).toHaveLength(runs);
      expect(new Set(all.map(({ runId }) => runId)).size).toBe(runs);
      expect(all.every(({ fence, attempt }) => fence === 1 && attempt === 1)).toBe(true);
      for (const mine of taken) {
        const ids = mine.filter(({ jobId }) => jobId === free.id).map(({ runId }) => runId);
        expect(ids).toEqual(ids.toSorted((a, b) => a - b));
      }
      expect(await store.runs.countLive()).toMatchObject({ queued: 0, leased: 0 });
      expect(await store.runs.counts(0, Number.MAX_SAFE_INTEGER)).toMatchObject({ succeeded: runs });
    });
  });

  describe('races for one run', () => {
    const bed = bedOf(make);

    test('of many who claim an exclusive job at once one has it', async () => {
      const { store, another } = bed();
      const job = await givenJob(bed());
      const first = await givenWorker(bed());
      const crew = [
        first,
        ...(await Promise.all(Array.from({ length: 7 }, () => givenWorker(bed(), { queues: first.queues })))),
      ];
      await givenRuns(
        bed(),
        Array.from({ length: 10 }, () => runFor(first, job.id, { slots: 1 })),
      );
      const stores = [store, await another()];
      for (let round = 0; round < 10; round += 1) {
        const claims = await Promise.all(
          crew.map((worker, index) => claimAll({ store: stores[index % 2] ?? store }, worker)),
        );
        expect(claims.flat()).toHaveLength(1);
        await store.dispatch.finish(claims.flat().map((claim) => finished(claim)));
      }
    });

    test('a run that is claimed and ended at once is one of both', async () => {
      const { store, another } = bed();
      const other = await another();
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      const end = { state: 'cancelled', reason: 'superseded', by: null } as const;
      for (let round = 0; round < 15; round += 1) {
        const waiting = await givenRuns(
          bed(),
          Array.from({ length: 40 }, () => runFor(worker, job.id)),
        );
        const ids = waiting.map(({ id }) => id);
        const [claims, ended] = await Promise.all([
          claimAll(bed(), worker, 40),
          other.transaction((tables) => tables.runs.endWaiting(ids.toReversed(), end)),
        ]);
        const later = await claimAll(bed(), worker, 40);
        const all = [...claims, ...later].map(({ runId }) => runId).concat(ended);
        expect(all.toSorted((a, b) => a - b)).toEqual(ids);
        await store.dispatch.finish([...claims, ...later].map((claim) => finished(claim)));
      }
    });

    test('a run whose end is not yet committed is not claimed', async () => {
      const { store, another } = bed();
      const other = await another();
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      const [run] = await givenRuns(bed(), [runFor(worker, job.id)]);
      const [entered, leave] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      const ending = other.transaction(async ({ runs: table }) => {
        await table.endWaiting([run?.id ?? 0], { state: 'cancelled', reason: 'superseded', by: null });
        entered.resolve();
        await leave.promise;
      });
      await entered.promise;
      const claiming = claimAll(bed(), worker);
      for (let turn = 0; turn < 30; turn += 1) await store.now();
      leave.resolve();
      await ending;
      expect(await claiming).toEqual([]);
      expect(await store.dispatch.leasesOf(holderOf(worker))).toEqual([]);
      expect(run && (await store.runs.get(run))?.state).toBe('cancelled');
    });

    test('a rescue and a renewal of the same worker never both succeed', async () => {
      const { store, clock, another } = bed();
      const rescuer = await another();
      for (let round = 0; round < 10; round += 1) {
        const worker = await givenWorker(bed());
        clock.advance(60_001);
        const [renewal, lost] = await Promise.all([
          store.dispatch.renew(holderOf(worker)),
          rescuer.transaction((tables) => tables.workers.declareLost(holderOf(worker), 60_000)),
        ]);
        expect(renewal === null).toBe(lost);
      }
    });

    test('a result and a rescue of the same lease count once', async () => {
      const { store, another } = bed();
      const rescuer = await another();
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      for (let round = 0; round < 10; round += 1) {
        await givenRuns(bed(), [runFor(worker, job.id)]);
        const [claim] = await claimAll(bed(), worker);
        if (!claim) throw new Error('no claim');
        const reference = { id: claim.runId, createdAt: claim.runCreatedAt };
        const [mine, theirs] = await Promise.all([
          store.dispatch.finish([finished(claim)]),
          rescuer.dispatch.finish([finished(claim, { outcome: 'lost', state: 'lost', reason: 'host_gone' })]),
        ]);
        expect(mine.length + theirs.length).toBe(1);
        expect(await store.runs.attempts(reference)).toHaveLength(1);
        expect(await store.runs.get(reference)).toMatchObject({ state: mine.length === 1 ? 'succeeded' : 'lost' });
      }
    });
  });
}
