import { describe, expect, test } from 'vitest';
import type { NewAlert } from '../../store/alert-table.ts';
import * as factories from '../factories.ts';
import { bedOf, givenJob, type MakeBed } from './bed.ts';

let made = 0;
function newAlert(overrides: Partial<NewAlert> = {}): NewAlert {
  made += 1;
  return {
    id: 9_000_000 + made,
    kind: 'late',
    severity: 'warning',
    fingerprint: `late:${made}`,
    jobId: null,
    jobCreatedAt: null,
    runId: null,
    runCreatedAt: null,
    title: 'Something is late',
    text: 'It did not start.',
    count: 1,
    fromAt: null,
    toAt: null,
    seen: null,
    ...overrides,
  };
}

/** Alerts, and the facts that they are made of. */
export function alertConformance(make: MakeBed): void {
  describe('alerts', () => {
    const bed = bedOf(make);

    test('a cause has one alert while it stands, and may have another after that', async () => {
      const { store, clock } = bed();
      const alert = newAlert();
      const [raised] = await store.alerts.raise([alert]);
      expect(raised).toEqual({
        ...alert,
        createdAt: clock.wall(),
        updatedAt: clock.wall(),
        resolvedAt: null,
        resolution: null,
        acknowledgedAt: null,
        acknowledgedBy: null,
      });
      const again = newAlert({ fingerprint: alert.fingerprint });
      const other = newAlert();
      expect((await store.alerts.raise([again, other])).map(({ id }) => id)).toEqual([other.id]);
      expect(await store.alerts.resolve(alert.id, 'Over.')).toBe(true);
      expect(await store.alerts.resolve(alert.id, 'Again.')).toBe(false);
      clock.advance(5);
      expect(await store.alerts.raise([again])).toHaveLength(1);
      expect((await store.alerts.newest([alert.fingerprint, 'none'])).map(({ id }) => id)).toEqual([again.id]);
      expect(await store.alerts.get(alert.id)).toMatchObject({ resolution: 'Over.', resolvedAt: clock.wall() - 5 });
    });

    test('of processes that raise one cause at the same moment one does', async () => {
      const { another } = bed();
      const stores = await Promise.all([another(), another(), another()]);
      const fingerprint = 'race';
      const raised = await Promise.all(stores.map((store) => store.alerts.raise([newAlert({ fingerprint })])));
      expect(raised.flat()).toHaveLength(1);
    });

    test('an alert is brought up to date only by who knows what it has counted', async () => {
      const { store } = bed();
      const alert = newAlert({ seen: 5 });
      await store.alerts.raise([alert]);
      expect(await store.alerts.update(alert.id, { ...alert, count: 2, seen: 7 }, 4)).toBe(false);
      expect(await store.alerts.update(alert.id, { ...alert, count: 2, seen: 7 }, null)).toBe(false);
      expect(await store.alerts.update(alert.id, { ...alert, count: 2, seen: 7 }, 5)).toBe(true);
      expect(await store.alerts.get(alert.id)).toMatchObject({ count: 2, seen: 7 });
      await store.alerts.resolve(alert.id, 'Over.');
      expect(await store.alerts.update(alert.id, { ...alert, seen: 9 }, 7)).toBe(false);
    });

    test('are listed newest first, counted, acknowledged once, and forgotten with age or with their job', async () => {
      const { store, clock } = bed();
      for (const { id } of await store.alerts.open(100)) await store.alerts.resolve(id, 'Before.');
      const old = newAlert({});
      await store.alerts.raise([old]);
      await store.alerts.resolve(old.id, 'Before.');
      clock.advance(5);
      const job = await givenJob(bed());
      const about = { jobId: job.id, jobCreatedAt: job.createdAt };
      const [first, second] = [newAlert(about), newAlert({ ...about, kind: 'missed' })];
      await store.alerts.raise([first]);
      clock.advance(5);
      await store.alerts.raise([second]);
      const page = await store.alerts.list({ jobId: job.id }, { limit: 1 });
      expect(page.items.map(({ id }) => id)).toEqual([second.id]);
      const rest = await store.alerts.list({ jobId: job.id }, { limit: 1, after: page.next });
      expect([rest.items.map(({ id }) => id), rest.next]).toEqual([[first.id], null]);
      expect((await store.alerts.list({ kinds: ['missed'], open: true }, { limit: 9 })).items).toHaveLength(1);
      expect((await store.alerts.open(1)).map(({ id }) => id)).toEqual([first.id]);
      expect(await store.alerts.count()).toEqual({ open: 2, unread: 2 });
      expect(await store.alerts.acknowledge(first.id, 'ann')).toBe(true);
      expect(await store.alerts.acknowledge(first.id, 'bob')).toBe(false);
      expect(await store.alerts.count()).toEqual({ open: 2, unread: 1 });
      expect((await store.alerts.unread(9)).map(({ id }) => id)).toEqual([second.id]);
      await store.alerts.resolve(second.id, 'Over.');
      expect(await store.alerts.prune(clock.wall())).toBeGreaterThan(0);
      expect(await store.alerts.get(second.id)).not.toBeNull();
      expect(await store.alerts.prune(clock.wall() + 1)).toBe(1);
      await store.jobs.purge(job.id);
      expect(await store.alerts.get(first.id)).toBeNull();
    });
  });

  const request = { waitingForMs: 10_000, from: null, lookBackMs: 60_000, kinds: ['worker.lost'] };

  describe('facts for alerts where there are none', () => {
    const bed = bedOf(make);

    test('a quiet installation has a pulse and nothing else', async () => {
      const { store, clock } = bed();
      expect(await store.watch.pulse(request)).toEqual({
        now: clock.wall(),
        schedulerBeatAt: null,
        workerBeatAt: null,
        expiring: false,
        earliestPlan: null,
        waiting: false,
        leases: false,
        missed: false,
        told: false,
        open: false,
      });
      expect(await store.watch.waiting(0, 10)).toEqual([]);
      expect(await store.watch.missed(0, 0)).toEqual([]);
      expect(await store.watch.successes([], 0)).toEqual([]);
    });
  });

  describe('facts for alerts', () => {
    const bed = bedOf(make);

    test('what waits is counted by job and trigger, with its oldest run', async () => {
      const { store, clock } = bed();
      const job = await givenJob(bed());
      const at = clock.wall();
      const run = (id: number, more: object) =>
        factories.newRun({ id, jobId: job.id, createdAt: at, availableAt: at, slots: null, ...more });
      await store.runs.insert([
        run(8_000_003, { trigger: 'schedule', dueAt: at }),
        run(8_000_001, { trigger: 'schedule', dueAt: at - 1 }),
        run(8_000_002, { trigger: 'manual' }),
        run(8_000_004, { trigger: 'manual', availableAt: at + 20_000 }),
      ]);
      expect(await store.watch.waiting(10_000, 10)).toEqual([]);
      clock.advance(10_000);
      expect(await store.watch.pulse(request)).toMatchObject({ waiting: true });
      expect(await store.watch.waiting(10_000, 10)).toMatchObject([
        { jobId: job.id, trigger: 'schedule', first: true, count: 2, runId: 8_000_001, dueAt: at - 1, availableAt: at },
        { jobId: job.id, trigger: 'manual', first: true, count: 1, runId: 8_000_002, dueAt: null },
      ]);
    });

    test('of many that wait those are told that could have started first', async () => {
      const { store, clock } = bed();
      const job = await givenJob(bed());
      const at = clock.wall();
      const runs = [5, 3, 1, 4, 2].map((after, place) =>
        factories.newRun({
          id: 8_100_000 + place,
          jobId: job.id,
          createdAt: at,
          availableAt: 100 + after,
          slots: null,
        }),
      );
      await store.runs.insert(runs);
      clock.advance(20_000);
      const [group, ...others] = await store.watch.waiting(10_000, 3);
      expect(others).toEqual([]);
      expect(group).toMatchObject({ jobId: job.id, count: 3, runId: 8_100_000 + 1 });
      const [another, aside] = [
        await givenJob(bed()),
        { id: 8_100_009, availableAt: 9000, queue: 'aside', slots: null },
      ];
      await store.runs.insert([factories.newRun({ jobId: another.id, createdAt: at, ...aside })]);
      const found = await store.watch.waiting(10_000, 3);
      expect(found).toContainEqual(expect.objectContaining({ jobId: another.id, runId: aside.id }));
      const ids = [...runs.map(({ id }) => id), aside.id];
      await store.runs.endWaiting(ids, { state: 'cancelled', reason: 'cancel_requested', by: null });
    });

    test('missed are misfires, clock gaps and what was folded late; by job and decision', async () => {
      const { store } = bed();
      const job = await givenJob(bed());
      const schedule = factories.schedule({ jobId: job.id });
      await store.schedules.insert([schedule]);
      const skip = (dueAt: number, reason: 'misfire' | 'coalesced' | 'overlap', decidedAt = 1_000_000) =>
        factories.occurrence({ scheduleId: schedule.id, dueAt, reason, runId: null, runCreatedAt: null, decidedAt });
      await store.ledger.insert([
        skip(100, 'misfire'),
        skip(200, 'misfire'),
        skip(300, 'coalesced'),
        skip(999_999, 'coalesced'),
        skip(400, 'overlap'),
        skip(50, 'misfire', 900),
      ]);
      const gap = { kind: 'gap', scheduleId: schedule.id, count: 7, decidedAt: 1_000_001 } as const;
      await store.ledger.insertGaps([
        { ...gap, fromAt: 500, toAt: 600, reason: 'clock' },
        { ...gap, fromAt: 700, toAt: 800, reason: 'paused' },
      ]);
      const found = await store.watch.missed(1_000_000, 30_000);
      const of = { jobId: job.id, decidedAt: 1_000_000 };
      expect(found).toEqual([
        { ...of, reason: 'misfire', count: 2, fromAt: 100, toAt: 200 },
        { ...of, reason: 'coalesced', count: 1, fromAt: 300, toAt: 300 },
        { ...of, reason: 'clock', count: 7, fromAt: 500, toAt: 600, decidedAt: 1_000_001 },
      ]);
      expect(await store.watch.pulse({ ...request, from: 1_000_000 })).toMatchObject({ missed: true, told: false });
      await store.events.append([{ kind: 'worker.lost' }]);
      expect(await store.watch.pulse({ ...request, from: 0 })).toMatchObject({ told: true });
    });
  });
}
