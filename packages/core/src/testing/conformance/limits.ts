import { afterEach, describe, expect, test } from 'vitest';
import type { Id } from '../../model/id.ts';
import { countsFor, type Limit, type LimitKind } from '../../model/limit.ts';
import type { Job } from '../../model/job.ts';
import type { Claim } from '../../store/dispatch-table.ts';
import type { NewRun } from '../../store/run-table.ts';
import type { Store, Tables } from '../../store/store.ts';
import * as factories from '../factories.ts';
import { seededRandom } from '../seeded-random.ts';
import {
  bedOf,
  claimAll,
  finished,
  givenJob,
  givenRuns,
  givenWorker,
  holderOf,
  runFor,
  type MakeBed,
  type TestBed,
} from './bed.ts';

const minute = 60_000;

/** Runs of the great test; the proof of 10,000 is asked for by name, as it takes as long as several other files. */
const manyRuns = Number(process.env['JTP_LIMIT_RUNS'] ?? 800);

const limit = (kind: LimitKind, name: string, slots: number | null, rest: Partial<Limit> = {}) => ({
  kind,
  name,
  slots,
  pausedAt: null,
  note: null,
  changedBy: 'Mei',
  ...rest,
});

const times = <T>(count: number, make: (nth: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, nth) => make(nth));

async function givenOwned({ store }: TestBed, ownerId: Id | null): Promise<Job> {
  const job = factories.job({ ownerId });
  await store.jobs.insert(job, null);
  return job;
}

export function limitConformance(make: MakeBed): void {
  describe('limits', () => {
    const bed = bedOf(make);
    afterEach(async () => {
      const { limits, dispatch } = bed().store;
      for (const { kind, name } of await limits.list()) await limits.remove(kind, name);
      // What a test left at work would count in the next.
      for (const { id: workerId, incarnation } of await bed().store.workers.list())
        await dispatch.finish((await dispatch.leasesOf({ workerId, incarnation })).map((lease) => finished(lease)));
    });

    test('are told as they were set, changed and removed', async () => {
      const { limits } = bed().store;
      await limits.set(limit('queue', 'etl', 3));
      await limits.set(limit('queue', 'etl', null, { pausedAt: 7, note: 'vendor' }));
      await limits.set(limit('lock', 'licence', 2));
      expect(await limits.list()).toMatchObject([
        { kind: 'lock', name: 'licence', slots: 2, changedBy: 'Mei' },
        { kind: 'queue', name: 'etl', slots: null, pausedAt: 7, note: 'vendor', changedAt: bed().clock.wall() },
      ]);
      expect(await limits.remove('lock', 'licence')).toBe(true);
      expect(await limits.remove('lock', 'licence')).toBe(false);
    });

    test('of the system holds over all queues and workers', async () => {
      const { store } = bed();
      const job = await givenJob(bed());
      const [one, two] = [await givenWorker(bed()), await givenWorker(bed())];
      await store.limits.set(limit('system', '', 3));
      await givenRuns(bed(), [...times(5, () => runFor(one, job.id)), ...times(5, () => runFor(two, job.id))]);
      const claims = [...(await claimAll(bed(), one, 2)), ...(await claimAll(bed(), two))];
      expect(claims).toHaveLength(3);
      expect(await claimAll(bed(), one)).toEqual([]);
      await store.dispatch.finish(claims.slice(0, 2).map((claim) => finished(claim)));
      expect(await claimAll(bed(), two)).toHaveLength(2);
    });

    test('of a queue leaves the other queues of its worker alone', async () => {
      const { store } = bed();
      const job = await givenJob(bed());
      const worker = await givenWorker(bed(), { queues: ['narrow', 'wide'] });
      await store.limits.set(limit('queue', 'narrow', 1));
      await givenRuns(bed(), [
        ...times(3, () => runFor(worker, job.id, { queue: 'narrow', availableAt: 1 })),
        ...times(3, () => runFor(worker, job.id, { queue: 'narrow', workerLabels: [], availableAt: 2, slots: 9 })),
        ...times(3, () => runFor(worker, job.id, { queue: 'wide' })),
      ]);
      expect(await claimAll(bed(), worker)).toHaveLength(4);
    });

    test('a paused queue gives nothing until it is resumed', async () => {
      const { store } = bed();
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      const [queue = ''] = worker.queues;
      await givenRuns(bed(), [runFor(worker, job.id)]);
      await store.limits.set(limit('queue', queue, null, { pausedAt: 1 }));
      expect(await claimAll(bed(), worker)).toEqual([]);
      await store.limits.remove('queue', queue);
      expect(await claimAll(bed(), worker)).toHaveLength(1);
    });

    test('a lock takes one run of all its jobs, or as many as its count; a run takes all its locks or none', async () => {
      const { store } = bed();
      const [a, b, c] = [await givenJob(bed()), await givenJob(bed()), await givenJob(bed())];
      const worker = await givenWorker(bed());
      await givenRuns(bed(), [
        ...times(3, () => runFor(worker, a.id, { locks: ['printer'], availableAt: 1 })),
        ...times(3, () => runFor(worker, b.id, { locks: ['printer', 'ledger'], availableAt: 2 })),
        ...times(3, () => runFor(worker, c.id, { locks: ['ledger'], availableAt: 3 })),
      ]);
      const claims = await claimAll(bed(), worker);
      expect(claims.map(({ jobId }) => jobId)).toEqual([a.id, c.id]);
      await store.limits.set(limit('lock', 'printer', 3));
      expect((await claimAll(bed(), worker)).map(({ jobId }) => jobId)).toEqual([a.id, a.id]);
      await store.dispatch.finish(claims.map((claim) => finished(claim)));
      expect((await claimAll(bed(), worker)).map(({ jobId }) => jobId)).toEqual([b.id]);
    });

    test('locks are kept for a run that has waited long for several of them', async () => {
      const { store, clock } = bed();
      const [one, both] = [await givenJob(bed()), await givenJob(bed())];
      const worker = await givenWorker(bed());
      const now = clock.wall();
      const held = await givenRuns(bed(), [runFor(worker, one.id, { locks: ['left'], availableAt: now })]);
      const [first] = await claimAll(bed(), worker);
      await givenRuns(bed(), [runFor(worker, both.id, { locks: ['left', 'right'], availableAt: now })]);
      const claim = () =>
        store.dispatch.claim({ ...holderOf(worker), free: 9, queues: worker.queues, labels: [], ageingMs: minute });
      expect(await claim()).toEqual([]);
      clock.advance(minute);
      await givenRuns(bed(), [runFor(worker, one.id, { locks: ['right'], availableAt: clock.wall() })]);
      expect(await claim()).toEqual([]);
      if (first === undefined) throw new Error(`run ${held[0]?.id} was not claimed`);
      await store.dispatch.finish([finished(first)]);
      expect((await claim()).map(({ jobId }) => jobId)).toEqual([both.id]);
    });

    test('of a person counts what was claimed before it was set, and spares who has an own one or no jobs', async () => {
      const { store } = bed();
      const [mei, tom, nobody] = [
        await givenOwned(bed(), 71),
        await givenOwned(bed(), 72),
        await givenOwned(bed(), null),
      ];
      const worker = await givenWorker(bed());
      await givenRuns(bed(), [runFor(worker, mei.id)]);
      const [early] = await claimAll(bed(), worker);
      await store.limits.set(limit('person', '', 1));
      await store.limits.set(limit('person', '72', null));
      await givenRuns(bed(), [
        ...times(3, () => runFor(worker, mei.id, { availableAt: 1, locks: ['a', 'b'] })),
        ...times(300, () => runFor(worker, tom.id)),
        ...times(3, () => runFor(worker, nobody.id)),
      ]);
      const count = (claims: readonly Claim[], job: Job) => claims.filter(({ jobId }) => jobId === job.id).length;
      const claims = await claimAll(bed(), worker, 1000);
      expect([mei, tom, nobody].map((job) => count(claims, job))).toEqual([0, 300, 3]);
      if (early) await store.dispatch.finish([finished(early)]);
      expect(count(await claimAll(bed(), worker), mei)).toBe(1);
      expect(await claimAll(bed(), worker)).toEqual([]);
    });

    test('a full key holds up nobody behind it', async () => {
      const worker = await givenWorker(bed());
      const [full, free] = [await givenJob(bed()), await givenJob(bed())];
      await givenRuns(bed(), [
        ...times(200, () => runFor(worker, full.id, { slots: 1, trigger: 'backfill', availableAt: 1 })),
        ...times(200, () => runFor(worker, full.id, { locks: ['full'], availableAt: 1 })),
        ...times(3, () => runFor(worker, free.id)),
      ]);
      const claims = await claimAll(bed(), worker);
      expect(claims.filter(({ jobId }) => jobId === free.id)).toHaveLength(3);
      expect(claims).toHaveLength(5);
      expect(await claimAll(bed(), worker)).toEqual([]);
    });

    test('waiting raises a run, one level a step', async () => {
      const { store, clock } = bed();
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      const claimOne = async () =>
        (
          await store.dispatch.claim({
            ...holderOf(worker),
            free: 1,
            queues: worker.queues,
            labels: [],
            ageingMs: minute,
          })
        )[0]?.runId;
      const put = async (priority: NewRun['priority']) =>
        (await givenRuns(bed(), [runFor(worker, job.id, { priority, availableAt: clock.wall() })]))[0]?.id;
      const low = await put('low');
      clock.advance(minute - 1);
      const medium = await put('medium');
      expect(await claimOne()).toBe(medium);
      clock.advance(1);
      await put('medium');
      const high = await put('high');
      expect(await claimOne()).toBe(high);
      expect(await claimOne()).toBe(low);
    });

    test('a low run gets through a stream of high ones that never ends', async () => {
      const { store, clock } = bed();
      const job = await givenJob(bed());
      const worker = await givenWorker(bed());
      const [low] = await givenRuns(bed(), [runFor(worker, job.id, { priority: 'low', availableAt: clock.wall() })]);
      const since = clock.wall();
      for (let turn = 0; turn < 100; turn += 1) {
        clock.advance(minute / 6);
        await givenRuns(
          bed(),
          times(2, () => runFor(worker, job.id, { priority: 'high', availableAt: clock.wall() })),
        );
        const request = { ...holderOf(worker), free: 1, queues: worker.queues, labels: [], ageingMs: minute };
        const [claim] = await store.dispatch.claim(request);
        if (claim === undefined) throw new Error('nothing was claimed');
        await store.dispatch.finish([finished(claim)]);
        if (claim.runId === low?.id) break;
      }
      // There are always more high ones than slots, so that they rise as well: at the highest level it is the oldest.
      expect(clock.wall() - since).toBe(3 * minute);
    });

    test(`all together never let one too many live, in ${manyRuns} runs of four workers that claim at once`, async () => {
      const { store } = bed();
      const chance = seededRandom(11);
      const pick = <T>(from: readonly T[]): T => from[Math.floor(chance.next() * from.length)] as T;
      // Every owner has jobs of every kind.
      const owners = [81, 82];
      const kinds = [[], ['p'], ['p', 'q']];
      const jobs = await Promise.all(
        times(24, async (nth) => ({
          job: await givenOwned(bed(), owners[nth % 2] ?? null),
          locks: kinds[nth % 3] ?? [],
          slots: [null, 4, null, 9][Math.floor(nth / 6)] ?? null,
        })),
      );
      const queues = ['crowd-1', 'crowd-2'];
      const set: readonly Omit<Limit, 'changedAt'>[] = [
        limit('system', '', 120),
        limit('queue', 'crowd-1', 70),
        limit('lock', 'p', 20),
        limit('lock', 'q', 4),
        limit('person', '', 90),
        limit('person', '82', 25),
      ];
      for (const each of set) await store.limits.set(each);
      const runs = times(manyRuns, () => {
        const { job, slots, locks } = pick(jobs);
        return factories.newRun({ jobId: job.id, slots, locks, queue: pick(queues) });
      });
      for (let at = 0; at < runs.length; at += 500) await store.runs.insert(runs.slice(at, at + 500));

      const over: string[] = [];
      const most = new Map<string, number>();
      const bounds: readonly (readonly [LimitKind, string, number])[] = [
        ['system', '', 120],
        ['queue', 'crowd-1', 70],
        ['lock', 'p', 20],
        ['lock', 'q', 4],
        ['person', '81', 90],
        ['person', '82', 25],
      ];
      const look = async ({ limits }: Tables): Promise<void> => {
        const living = await limits.holdings(300);
        for (const [kind, name, slots] of bounds) {
          const count = living.filter((held) => countsFor({ kind, name }, held)).length;
          most.set(`${kind} ${name}`, Math.max(count, most.get(`${kind} ${name}`) ?? 0));
          if (count > slots) over.push(`${kind} ${name}: ${count}`);
        }
        for (const { job, slots } of jobs)
          if (slots !== null && living.filter(({ jobId }) => jobId === job.id).length > slots)
            over.push(`job ${job.id}`);
      };
      let done = 0;
      const work = async (own: Store): Promise<void> => {
        const worker = await givenWorker(bed(), { queues });
        let held: Claim[] = [];
        while (done < manyRuns) {
          const step = await own.transaction(async (tables) => {
            const leaving = held.filter((_, nth) => nth % 2 === 0);
            const ended = await tables.dispatch.finish(leaving.map((claim) => finished(claim)));
            const request = { ...holderOf(worker), free: 40, queues, labels: [] };
            const claims = await tables.dispatch.claim(request);
            await look(tables);
            return { ended, claims };
          });
          done += step.ended.length;
          const gone = new Set(step.ended);
          held = [...held.filter(({ runId }) => !gone.has(runId)), ...step.claims];
        }
      };
      await Promise.all([work(store), ...(await Promise.all(times(3, () => bed().another()))).map(work)]);
      expect(over).toEqual([]);
      expect(done).toBe(manyRuns);
      // They were met, not merely kept.
      expect(most.get('lock p')).toBe(20);
      expect(most.get('person 82')).toBe(25);
    }, 300_000);
  });
}
