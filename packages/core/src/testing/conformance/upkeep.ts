import { describe, expect, test } from 'vitest';
import * as factories from '../factories.ts';
import { bedOf, claimAll, givenJob, givenRuns, givenWorker, holderOf, runFor, type MakeBed } from './bed.ts';

const day = 86_400_000;

export function upkeepConformance(make: MakeBed): void {
  describe('upkeep', () => {
    const bed = bedOf(make);

    test('counters add up, and outlive those who counted', async () => {
      const { store, clock } = bed();
      const before = await store.upkeep.totals();
      const worker = await givenWorker(bed());
      const scheduler = factories.scheduler();
      await store.schedulers.register(scheduler);
      await store.upkeep.count(worker.id, { executed: 3, failed: 1 });
      await store.upkeep.count(worker.id, { executed: 2, failed: 0 });
      await store.upkeep.count(scheduler.id, { passes: 7 });
      const tallies = await store.upkeep.talliesOf();
      expect(tallies.get(worker.id)).toEqual({ executed: 5, failed: 1 });
      expect(tallies.get(scheduler.id)).toEqual({ passes: 7 });
      await store.schedulers.prune(clock.wall() + 1);
      await store.upkeep.fold();
      await store.upkeep.fold();
      expect((await store.upkeep.talliesOf()).has(scheduler.id)).toBe(false);
      const totals = await store.upkeep.totals();
      expect(totals.executed - before.executed).toBe(5);
      expect(totals.failed - before.failed).toBe(1);
      expect(totals.passes - before.passes).toBe(7);
    });

    test('a count is undone with its transaction', async () => {
      const { store } = bed();
      const { id } = await givenWorker(bed());
      const undone = store.transaction(async ({ upkeep }) => {
        await upkeep.count(id, { executed: 1 });
        throw new Error('undone');
      });
      await expect(undone).rejects.toThrow('undone');
      expect((await store.upkeep.talliesOf()).get(id)).toBeUndefined();
    });

    test('leases are counted by what is wrong with them', async () => {
      const { store, clock } = bed();
      const worker = await givenWorker(bed());
      const [one, other] = [await givenJob(bed()), await givenJob(bed())];
      const before = await store.upkeep.leases(60_000);
      await givenRuns(bed(), [runFor(worker, one.id), runFor(worker, other.id)]);
      await claimAll(bed(), worker);
      const claimed = await store.upkeep.leases(60_000);
      expect(claimed.total - before.total).toBe(2);
      expect(claimed.claimedTooLong).toBe(before.claimedTooLong);
      clock.advance(60_001);
      expect((await store.upkeep.leases(60_000)).claimedTooLong - before.claimedTooLong).toBe(2);
      await store.workers.end(holderOf(worker));
      expect((await store.upkeep.leases(60_000)).orphaned - before.orphaned).toBe(2);
    });

    test('what retention would remove is counted, up to a bound', async () => {
      const { store, clock } = bed();
      const now = clock.wall();
      const cutoffs = { runs: now - 30 * day, ledger: now - 35 * day, events: now + 1, jobs: now - 30 * day };
      await store.events.append([{ kind: 'a.b' }, { kind: 'a.c' }]);
      const due = await store.upkeep.due(cutoffs, 1);
      expect(due).toMatchObject({ runs: 0, events: 1, oldestRunAt: null });
      expect((await store.upkeep.due(cutoffs, 1000)).events).toBeGreaterThanOrEqual(2);
    });

    test('the database describes itself', async () => {
      const { store } = bed();
      const facts = await store.describe();
      expect(facts.version).toMatch(/^\d+\.\d+/);
      expect(facts.bytes).toBeGreaterThan(0);
      expect(facts.walBytes === null).toBe(store.kind === 'postgres');
    });
  });
}
