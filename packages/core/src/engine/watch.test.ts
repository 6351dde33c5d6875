import { beforeEach, describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import type { Alert } from '../model/alert.ts';
import type { Id } from '../model/id.ts';
import type { Millis } from '../model/instant.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import type { Store } from '../store/store.ts';
import type { OutputSize } from './quiet.ts';
import { benchOf, type Place } from './test-bench.ts';
import { Watch } from './watch.ts';
import type { Worker } from './worker.ts';

const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const everyMinute: ScheduleSpec = { kind: 'interval', every: 1, unit: 'minutes', timezone: 'UTC' };
const hourly: ScheduleSpec = { kind: 'hourly', minute: 0, timezone: 'Europe/Berlin' };

describe.each(places)('watching on %s', { timeout: 60_000 }, (_, place) => {
  const bench = benchOf(place);
  // Schedules that count from the full minute name their first instant equally late in each test.
  beforeEach(() => bench().clock.advance(hour - (bench().clock.wall() % hour)));

  function watch(options: { readonly store?: Store; readonly outputSize?: OutputSize } = {}): Watch {
    const { store, system, settings, folder } = bench();
    return new Watch({ store, system, settings, dataDir: folder, ...options });
  }

  async function alerts(filter: { readonly open?: boolean; readonly jobId?: Id } = {}): Promise<readonly Alert[]> {
    return (await bench().store.alerts.list(filter, { limit: 100 })).items;
  }

  /** Time passes for whoever is named: the others are dead. */
  async function live(ms: Millis, ...actors: readonly { tick(): Promise<unknown> }[]): Promise<void> {
    await bench().pass(ms, 10 * second, async () => {
      for (const actor of actors) await actor.tick();
    });
  }

  /** A worker whose heart beats on. */
  const beating = (worker: Worker): { tick(): Promise<void> } => ({
    tick: async () => {
      await worker.beat();
      await worker.tick();
    },
  });

  /** What an earlier test left standing ends: its jobs are gone. */
  async function settled(watcher: Watch): Promise<void> {
    await watcher.tick();
    for (const { id } of await alerts({ open: true })) await bench().store.alerts.resolve(id, 'test');
  }

  test('worker stopped: one late alert that says why, and its recovery when a worker is back', async () => {
    const [scheduler, watcher] = [bench().scheduler(), watch()];
    await settled(watcher);
    const { job } = await bench().job({ overlap: 'skip' }, [everyMinute]);
    await live(90 * second, scheduler, watcher);
    expect(await alerts({ jobId: job.id })).toEqual([]);
    await live(40 * second, scheduler, watcher);
    const [late, ...others] = await alerts({ jobId: job.id });
    expect(others).toEqual([]);
    expect(late).toMatchObject({
      kind: 'late',
      severity: 'warning',
      title: `${job.definition.name} is late`,
      count: 1,
    });
    expect(late?.text).toContain('not started within 1 min. No worker is running.');
    const [run] = await bench().runs(job.id);
    expect(late).toMatchObject({ runId: run?.id, fromAt: run?.dueAt });

    const raised = (await bench().store.events.list({ kinds: ['alert.raised'], jobId: job.id }, { limit: 5 })).items;
    expect(raised).toMatchObject([{ runId: run?.id, data: { kind: 'late', severity: 'warning', title: late?.title } }]);
    expect(raised[0]?.data['link']).toMatch(/^\/runs\//);

    const { worker, stage } = await bench().worker();
    await bench().done(worker.tick());
    await bench().until(() => stage.acts.length > 0);
    await live(10 * second, watcher);
    const [over] = await alerts({ jobId: job.id });
    expect(over?.resolution).toMatch(/^It started 1 min \d+ s after it was due\.$/);
    const told = (await bench().store.events.list({ kinds: ['alert.resolved'], jobId: job.id }, { limit: 5 })).items;
    expect(told).toMatchObject([{ data: { kind: 'late', sentence: over?.resolution } }]);
  });

  test('a scheduler that dies is told by another process, as one thing, and its recovery too', async () => {
    const [scheduler, portal] = [bench().scheduler(), watch({ store: await bench().another() })];
    await settled(portal);
    const { job } = await bench().job({}, [everyMinute]);
    await bench().job({}, [everyMinute]);
    await live(20 * second, scheduler, portal);
    await live(50 * second, portal);
    expect(await alerts({ open: true })).toEqual([]);
    await live(3 * minute, portal);
    const open = await alerts({ open: true });
    expect(open).toMatchObject([{ kind: 'scheduler_silent', severity: 'error', title: 'No scheduler is at work' }]);
    expect(open[0]?.text).toContain('Due and not planned: ');
    expect(open[0]?.text).toContain(job.definition.name);
    const { worker } = await bench().worker();
    await live(20 * second, bench().scheduler(), beating(worker), portal);
    const [silent] = (await alerts()).filter(({ kind }) => kind === 'scheduler_silent');
    expect(silent?.resolution).toBe('A scheduler is at work again.');
  });

  test('a watch that was away itself does not take the silence of that time for a dead scheduler', async () => {
    const [scheduler, watcher] = [bench().scheduler(), watch()];
    await settled(watcher);
    await bench().job({}, [everyMinute]);
    await live(20 * second, scheduler, watcher);
    bench().clock.advance(8 * hour);
    await bench().done(watcher.tick());
    expect(await alerts({ open: true })).toEqual([]);
    await live(50 * second, watcher);
    expect((await alerts({ open: true })).map(({ kind }) => kind)).not.toContain('scheduler_silent');
  });

  test('a year of downtime is one alert a job, with the count of the ledger; watched again it stays one', async () => {
    const watcher = watch();
    await settled(watcher);
    const { job } = await bench().job({}, [{ kind: 'interval', every: 1, unit: 'seconds', timezone: 'UTC' }]);
    bench().clock.advance(365 * 24 * hour);
    await bench().done(bench().scheduler().tick());
    await live(30 * second, watcher, watch());
    const told = (await alerts({ jobId: job.id })).filter(({ kind }) => kind === 'missed');
    expect(told).toHaveLength(1);
    const counted = (await bench().ledger(job.id))
      .filter(({ reason }) => reason === 'misfire' || reason === 'coalesced')
      .reduce((sum, entry) => sum + (entry.kind === 'gap' ? entry.count : 1), 0);
    expect(told[0]).toMatchObject({ count: counted, severity: 'error', resolvedAt: null });
    expect(counted).toBeGreaterThan(31_000_000);
    expect(told[0]?.text).toContain('No scheduler was there in time.');
    expect(await bench().store.alerts.acknowledge(told[0]?.id ?? 0, 'ann')).toBe(true);
    await bench().store.alerts.resolve(told[0]?.id ?? 0, 'seen');
    await live(20 * second, watcher, watch());
    expect((await alerts({ jobId: job.id })).filter(({ kind }) => kind === 'missed')).toHaveLength(1);
  });

  test('missed instants are over when what was due later has succeeded', async () => {
    const watcher = watch();
    await settled(watcher);
    bench().clock.advance(hour - (bench().clock.wall() % hour) + hour / 2);
    const { job } = await bench().job({ catchUp: { policy: 'none', windowSeconds: 86_400, max: 10 } }, [hourly]);
    bench().clock.advance(5 * hour);
    const scheduler = bench().scheduler();
    await live(20 * second, scheduler, watcher);
    const [missed] = await alerts({ jobId: job.id });
    expect(missed).toMatchObject({ kind: 'missed', count: 5, resolvedAt: null });
    expect(missed?.title).toBe(`${job.definition.name} missed 5 runs`);
    expect(missed?.text).toContain('Europe/Berlin');
    bench().clock.advance(hour / 2 - 30 * second);
    const { worker, stage } = await bench().worker();
    await live(20 * second, scheduler, beating(worker), watcher);
    await bench().until(() => stage.acts.length > 0);
    stage.act(0).end();
    await bench().until(async () => (await bench().runs(job.id))[0]?.state === 'succeeded');
    await live(10 * second, watcher);
    expect((await alerts({ jobId: job.id }))[0]?.resolution).toContain('It runs again');
  });

  test('with catch-up `manual` the alert says that a backfill waits for a person, and stays until then', async () => {
    const watcher = watch();
    await settled(watcher);
    const { job } = await bench().job({ catchUp: { policy: 'manual', windowSeconds: 86_400, max: 10 } }, [hourly]);
    bench().clock.advance(3 * hour + 20 * minute);
    const scheduler = bench().scheduler();
    await live(20 * second, scheduler, watcher);
    const [missed] = await alerts({ jobId: job.id });
    expect(missed).toMatchObject({ kind: 'missed', count: 3 });
    expect(missed?.text).toContain('a backfill runs them');
    expect(
      (await bench().store.events.list({ kinds: ['alert.raised'], jobId: job.id }, { limit: 1 })).items,
    ).toMatchObject([{ data: { link: expect.stringMatching(/^\/jobs\/.*tab=occurrences&from=.*Z&to=.*Z$/) } }]);
  });

  test('edits and pauses make no alert, and a paused job is never late', async () => {
    const [scheduler, watcher] = [bench().scheduler(), watch()];
    await settled(watcher);
    const { job, schedules } = await bench().job({}, [everyMinute]);
    await live(61 * second, scheduler, watcher);
    const { store } = bench();
    const [schedule] = await store.schedules.ofJob(job.id);
    if (schedule === undefined) throw new Error('The job has a schedule.');
    await store.schedules.update(
      { ...schedule, revision: schedule.revision + 1, planAt: null, nextDueAt: null },
      schedule.revision,
    );
    await store.jobs.update({ ...job, active: false, pausedAt: bench().clock.wall() }, job.version, null);
    const gap = { kind: 'gap', scheduleId: schedules[0]?.id ?? 0, count: 60, reason: 'paused' } as const;
    const now = bench().clock.wall();
    await store.ledger.insertGaps([{ ...gap, fromAt: now, toAt: now + hour, decidedAt: now }]);
    await live(4 * minute, scheduler, watcher);
    expect((await alerts({ jobId: job.id })).filter(({ kind }) => kind !== 'waiting')).toEqual([]);
  });

  test('a run behind another one of its job is late, with that as its reason', async () => {
    const [scheduler, watcher] = [bench().scheduler(), watch()];
    await settled(watcher);
    const { worker, stage } = await bench().worker();
    const { job } = await bench().job({ overlap: 'queue_all', timeoutSeconds: 86_400 }, [everyMinute]);
    await live(61 * second, scheduler, beating(worker), watcher);
    await bench().until(() => stage.acts.length > 0);
    await bench().pass(3 * minute, 5 * second, async () => {
      await worker.beat();
      await scheduler.tick();
      await watcher.tick();
    });
    const [late] = await alerts({ jobId: job.id, open: true });
    expect(late).toMatchObject({ kind: 'late' });
    expect(late?.text).toContain('Queued behind an active run of this job.');
    stage.act(0).end();
  });

  test('`late_alert_seconds` decides when it is late; 0 is never', async () => {
    const [scheduler, watcher] = [bench().scheduler(), watch()];
    await settled(watcher);
    bench().clock.advance(minute - (bench().clock.wall() % minute));
    const { job: soon } = await bench().job({ lateAlertSeconds: 90 }, [everyMinute]);
    const { job: never } = await bench().job({ lateAlertSeconds: 0 }, [everyMinute]);
    await live(140 * second, scheduler, watcher);
    expect(await alerts({ jobId: soon.id })).toEqual([]);
    await live(20 * second, scheduler, watcher);
    expect(await alerts({ jobId: soon.id })).toMatchObject([{ kind: 'late' }]);
    expect(await alerts({ jobId: never.id })).toEqual([]);
  });

  test('no worker for five minutes while runs wait is one alert beside the late ones', async () => {
    const watcher = watch();
    await settled(watcher);
    const run = await bench().run();
    await live(4 * minute, watcher);
    expect((await alerts({ open: true })).map(({ kind }) => kind)).not.toContain('no_worker');
    await live(2 * minute, watcher);
    const kinds = (await alerts({ open: true })).map(({ kind }) => kind);
    expect(kinds.toSorted()).toEqual(['no_worker', 'waiting']);
    expect((await alerts({ jobId: run.jobId }))[0]?.text).toContain('longer than 5 min. No worker is running.');
    await bench().worker();
    await live(10 * second, watcher);
    expect((await alerts({ open: true })).map(({ kind }) => kind)).toEqual(['waiting']);
  });

  test('a run that is silent beyond three times its usual length may be stuck, until it writes again', async () => {
    let bytes = 10;
    const watcher = watch({ outputSize: () => Promise.resolve(bytes) });
    await settled(watcher);
    const { worker, stage } = await bench().worker();
    const { job } = await bench().job({ timeoutSeconds: 86_400 });
    for (let at = 0; at < 5; at += 1) {
      await bench().runOf(job);
      await bench().done(beating(worker).tick());
      await bench().until(() => stage.acts.length > at);
      bench().clock.advance(10 * second);
      stage.act(at).end();
      await bench().until(async () => (await bench().runs(job.id))[at]?.endedAt !== null);
    }
    const run = await bench().runOf(job);
    await bench().done(beating(worker).tick());
    await bench().until(() => stage.acts.length > 5);
    const alive = { tick: () => worker.beat() };
    await live(90 * second, alive, watcher);
    expect(await alerts({ jobId: job.id })).toEqual([]);
    await live(120 * second, alive, watcher);
    expect(await alerts({ jobId: job.id, open: true })).toMatchObject([{ kind: 'stuck', runId: run.id }]);
    bytes = 20;
    await live(10 * second, alive, watcher);
    const told = await alerts({ jobId: job.id });
    expect(told.find(({ kind }) => kind === 'stuck')?.resolution).toBe('It ended, or wrote again.');
    expect(await alerts({ jobId: job.id, open: true })).toMatchObject([
      { kind: 'slow', severity: 'info', runId: run.id, title: `A run of ${job.definition.name} is slower than usual` },
    ]);
    stage.act(5).end();
    await bench().until(async () => (await bench().runs(job.id))[5]?.endedAt !== null);
    await live(10 * second, alive, watcher);
    expect(await alerts({ jobId: job.id, open: true })).toEqual([]);
  });

  test('a worker lost with its run is told once, by however many watch, and is over when it is back', async () => {
    const watchers = [watch(), watch({ store: await bench().another() }), watch()];
    for (const watcher of watchers) await settled(watcher);
    const at = bench().clock.wall();
    await bench().store.events.append([
      { kind: 'worker.lost', data: { worker: 'w-gone', settled: 2, given_back: 1 } },
      { kind: 'worker.lost', data: { worker: 'w-idle', settled: 0, given_back: 0 } },
    ]);
    await bench().pass(20 * second, 10 * second, () => Promise.all(watchers.map((each) => each.tick())));
    const lost = (await alerts()).filter(({ createdAt }) => createdAt >= at);
    expect(lost).toMatchObject([{ kind: 'worker_lost', title: 'Worker w-gone was lost with 2 runs', count: 2 }]);
    const { items } = await bench().store.events.list({ kinds: ['alert.raised'], from: at }, { limit: 10 });
    expect(items.map(({ data }) => data['kind'])).toEqual(['worker_lost']);
    await bench().worker({ name: 'w-gone' });
    await live(10 * second, ...watchers);
    expect((await alerts())[0]).toMatchObject({ resolution: 'Worker w-gone is connected again.' });
    await live(30 * second, ...watchers);
    expect((await alerts({ open: true })).map(({ kind }) => kind)).not.toContain('worker_lost');
  });

  test('a run lost as often as it may be, one that was stuck, and processes left behind are told', async () => {
    const watcher = watch();
    await settled(watcher);
    const { job } = await bench().job({ onLost: 'rerun' });
    const { job: other } = await bench().job();
    const ref = (id: Id) => ({ runId: id, runCreatedAt: bench().clock.wall() });
    await bench().store.events.append([
      { kind: 'run.lost', jobId: job.id, ...ref(1), data: { reason: 'worker_died' } },
      { kind: 'run.lost', jobId: other.id, ...ref(2), data: { reason: 'worker_died' } },
      { kind: 'run.lost', jobId: other.id, ...ref(3), data: { reason: 'stuck' } },
      { kind: 'run.leaked', jobId: other.id, ...ref(4), data: { survivors: [{ pid: 812, command: 'sleep 9' }] } },
    ]);
    await live(20 * second, watcher);
    expect(await alerts({ jobId: job.id })).toMatchObject([{ kind: 'set_aside', runId: 1 }]);
    const told = await alerts({ jobId: other.id });
    expect(told.map(({ kind }) => kind).toSorted()).toEqual(['leaked', 'stuck']);
    expect(told.find(({ kind }) => kind === 'leaked')?.text).toContain('pid 812 (sleep 9)');
    await bench().store.jobs.update({ ...other, deletedAt: bench().clock.wall() }, other.version, null);
    await live(10 * second, watcher);
    expect((await alerts({ jobId: other.id })).map(({ resolution }) => resolution)).toEqual([
      'Its job was deleted.',
      'Its job was deleted.',
    ]);
  });

  test('costs one statement a pass while all is well', async () => {
    const asked: string[] = [];
    const counting = new Proxy(bench().store, {
      get(target, noun) {
        const table = Reflect.get(target, noun, target) as unknown;
        if (typeof table === 'function') return table.bind(target) as unknown;
        if (typeof table !== 'object' || table === null || noun === 'bell') return table;
        return new Proxy(table, {
          get(methods, name) {
            asked.push(`${String(noun)}.${String(name)}`);
            return Reflect.get(methods, name, methods) as unknown;
          },
        });
      },
    });
    const [scheduler, watcher] = [bench().scheduler(), watch({ store: counting })];
    await settled(watcher);
    await bench().job({}, [hourly]);
    await live(30 * second, scheduler, watcher);
    asked.length = 0;
    await live(minute, scheduler, watcher);
    expect(asked).toEqual(Array.from({ length: 6 }, () => 'watch.pulse'));
  });

  test('who begins to watch ends nothing that it has not seen to be over', async () => {
    const [scheduler, watcher] = [bench().scheduler(), watch()];
    await settled(watcher);
    await bench().job({ lateAlertSeconds: 10 }, [everyMinute]);
    await live(80 * second, scheduler, watcher);
    await live(5 * minute, watcher);
    const standing = (await alerts({ open: true })).map(({ kind }) => kind).toSorted();
    expect(standing).toEqual(['late', 'no_worker', 'scheduler_silent']);
    await live(2 * minute, watch({ store: await bench().another() }));
    const late = (await alerts({ open: true })).find(({ kind }) => kind === 'late');
    expect(late?.text).toContain('No worker is running.');
    expect((await alerts({ open: true })).map(({ kind }) => kind).toSorted()).toEqual(standing);
    const { items } = await bench().store.events.list(
      { kinds: ['alert.raised', 'alert.resolved'], from: bench().clock.wall() - 2 * minute },
      { limit: 10 },
    );
    expect(items).toEqual([]);
  });

  test('a process that cannot see the output does not end what one that can has raised', async () => {
    const watcher = watch({ outputSize: () => Promise.resolve(10) });
    const blind = watch({ outputSize: () => Promise.resolve(null) });
    await settled(watcher);
    await settled(blind);
    const { worker, stage } = await bench().worker();
    const { job } = await bench().job({ timeoutSeconds: 86_400 });
    for (let at = 0; at < 6; at += 1) {
      await bench().runOf(job);
      await bench().done(beating(worker).tick());
      await bench().until(() => stage.acts.length > at);
      if (at === 5) break;
      stage.act(at).end();
      await bench().until(async () => (await bench().runs(job.id))[at]?.endedAt !== null);
    }
    await live(4 * minute, { tick: () => worker.beat() }, watcher, blind);
    expect(await alerts({ jobId: job.id })).toMatchObject([{ kind: 'stuck', resolvedAt: null }]);
    stage.act(5).end();
    await bench().until(async () => (await bench().runs(job.id))[5]?.endedAt !== null);
    await live(10 * second, watcher, blind);
    expect(await alerts({ jobId: job.id })).toMatchObject([{ kind: 'stuck', resolution: 'It ended, or wrote again.' }]);
  });
});
