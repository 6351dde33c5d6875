import { beforeEach, describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import type { Id } from '../model/id.ts';
import { maintenanceState } from '../model/maintenance.ts';
import type { Actor } from '../operations/context.ts';
import type { Store, Tables } from '../store/store.ts';
import { planBatch, stepOf } from './plan-batch.ts';
import { benchOf, type Place } from './test-bench.ts';
import { maintenanceStage, mei } from './test-maintenance.ts';
import { settleMaintenance } from './upkeep.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const program: Actor = { personId: null, name: 'deploy', via: 'api' };
const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];

describe.each(places)('maintenance on %s', (_, place) => {
  const bench = benchOf(place);
  const { now, operations, every, on, told, given, tickAfter, reset } = maintenanceStage(bench);
  beforeEach(reset);

  test('what is due in a window is skipped with its reason, and what follows runs (P1)', async () => {
    const { job, schedules, from } = await given(every(30));
    await on(hour, 'skip', 20 * minute);
    const scheduler = bench().scheduler();
    for (let at = 0; at < 5; at += 1) await tickAfter(30 * minute, scheduler);
    expect(await told(job.id, from)).toEqual(['30 maintenance', '60 maintenance', '90 run', '120 run', '150 run']);
    const [schedule] = schedules;
    if (schedule !== undefined) expect(await bench().ledgerFaults(schedule, { after: from, until: now() })).toEqual([]);
  });

  test('while it lasts nothing is planned, and its schedules wait for its end', async () => {
    const { job, schedules } = await given(every(30));
    await on(2 * hour);
    const scheduler = bench().scheduler();
    await tickAfter(hour, scheduler);
    expect(await bench().ledger(job.id)).toEqual([]);
    expect(await bench().store.schedules.get(schedules[0]?.id ?? 0)).toMatchObject({
      planAt: now() + hour,
      nextDueAt: now() + hour,
    });
  });

  test('one runs the newest for each job, however many schedules it has', async () => {
    const { job, from } = await bench().job({ overlap: 'skip' }, [every(30), every(20)]);
    await on(hour + minute, 'one');
    await tickAfter(70 * minute);
    expect((await bench().runs(job.id)).map(({ trigger, dueAt }) => [trigger, ((dueAt ?? 0) - from) / minute])).toEqual(
      [['catch_up', 60]],
    );
    expect((await told(job.id, from)).toSorted()).toEqual(
      ['20 maintenance', '30 maintenance', '40 maintenance', '60 coalesced', '60 run'].toSorted(),
    );
  });

  test('all runs the oldest first, at most as many as catch-up allows, at the drain rate', async () => {
    const { job, from } = await given(every(10), {
      overlap: 'skip',
      maxConcurrent: 1,
      catchUp: { policy: 'none', windowSeconds: 60, max: 3 },
    });
    await on(hour, 'all');
    const scheduler = bench().scheduler({ settings: { drainRate: 2 } });
    await tickAfter(65 * minute, scheduler);
    expect(await told(job.id, from)).toEqual([
      '10 run',
      '20 run',
      '30 run',
      '40 maintenance',
      '50 maintenance',
      '60 misfire',
    ]);
    const runs = await bench().runs(job.id);
    expect(runs.map(({ availableAt }) => (availableAt ?? 0) - now())).toEqual([0, 500, 1000]);
  });

  test('a per-second schedule over a day is one gap, at the cost of one pass', async () => {
    const { job, schedules, from } = await given({
      kind: 'interval',
      every: 1,
      unit: 'seconds',
      start: now(),
      timezone: 'UTC',
    });
    await on(day, 'one');
    const scheduler = bench().scheduler();
    await tickAfter(day, scheduler);
    const entries = await bench().ledger(job.id);
    expect(entries.map((entry) => (entry.kind === 'gap' ? entry.count : (entry.reason ?? 'run')))).toEqual([
      86_398,
      'run',
      'run',
    ]);
    const [schedule] = schedules;
    if (schedule !== undefined) expect(await bench().ledgerFaults(schedule, { after: from, until: now() })).toEqual([]);
  });

  test('one that is ended early resumes then, and one that is made longer later', async () => {
    const { job, from } = await given(every(30));
    const { window } = await on(4 * hour, 'one');
    const scheduler = bench().scheduler();
    await tickAfter(45 * minute, scheduler);
    await operations().maintenance.change(window.id, { until: now() + 8 * hour }, mei);
    await tickAfter(5 * hour, scheduler);
    expect(await bench().ledger(job.id)).toEqual([]);
    const ended = await operations().maintenance.end(window.id, mei);
    expect(ended).toMatchObject({ state: 'ended', window: { endedAt: now(), endedBy: 'mei' } });
    await scheduler.tick();
    expect((await told(job.id, from)).filter((line) => line.endsWith('run'))).toEqual(['330 run']);
    await expect(operations().maintenance.end(window.id, mei)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('an open one holds until somebody ends it, and says so of the job', async () => {
    const { job, schedules } = await given(every(30));
    const { window } = await on(null);
    await tickAfter(3 * day + minute);
    expect(await bench().ledger(job.id)).toEqual([]);
    expect((await bench().store.schedules.get(schedules[0]?.id ?? 0))?.nextDueAt).toBeNull();
    await operations().maintenance.end(window.id, mei);
    await tickAfter(30 * minute);
    expect((await bench().ledger(job.id)).map(({ reason }) => reason)).toEqual(['maintenance', null]);
  });

  test('windows that overlap are one, and the one that ends last decides', async () => {
    const { job, from } = await given(every(30));
    await on(hour, 'all');
    await on(2 * hour, 'one', 30 * minute);
    await tickAfter(hour + minute);
    expect(await bench().ledger(job.id)).toEqual([]);
    await tickAfter(90 * minute);
    const ran = (await told(job.id, from)).filter((line) => line.endsWith('run'));
    expect(ran).toEqual(['120 run', '150 run']);
  });

  test('a scheduler that was down over its end settles it exactly, and the rest by catch-up', async () => {
    const { job, schedules, from } = await given(every(30), {
      catchUp: { policy: 'last', windowSeconds: 86_400, max: 10 },
    });
    await on(2 * hour, 'one', hour);
    await tickAfter(6 * hour + minute);
    expect(await told(job.id, from)).toEqual([
      '30 coalesced',
      '60 maintenance',
      '90 maintenance',
      '120 maintenance',
      '150 run',
      '180 coalesced',
      '210 coalesced',
      '240 coalesced',
      '270 coalesced',
      '300 coalesced',
      '330 coalesced',
      '360 run',
    ]);
    const [schedule] = schedules;
    if (schedule !== undefined) expect(await bench().ledgerFaults(schedule, { after: from, until: now() })).toEqual([]);
  });

  test('two schedulers that see its end at once make one run (P2)', async () => {
    const { job } = await given(every(30));
    await on(hour + minute, 'one');
    const other = await bench().another();
    const schedulers = [bench().scheduler(), bench().scheduler({ store: other })];
    bench().clock.advance(70 * minute);
    await Promise.all(schedulers.map((scheduler) => scheduler.tick()));
    expect(await bench().runs(job.id)).toHaveLength(1);
    await schedulers[1]?.stop();
  });

  test('a window set while a pass is under way is not planned over', async () => {
    const { job } = await given(every(30));
    bench().clock.advance(30 * minute);
    const [due] = await bench().store.schedules.due(now(), 10);
    await on(hour);
    if (due === undefined) throw new Error('Nothing was due.');
    const step = stepOf(due, { now: now(), toleranceMs: 30_000, limit: 100, clockGap: null, carried: new Map() });
    await planBatch(bench().store, [step], { now: now(), ids: await bench().store.ids(1), drain: now });
    expect(await bench().ledger(job.id)).toEqual([]);
  });

  test('a pause, an edit of the rule and a deletion settle what was held until then', async () => {
    const paused = await given(every(30));
    const edited = await given(every(30));
    const removed = await given(every(30));
    await on(4 * hour, 'all');
    await tickAfter(65 * minute);
    await operations().jobs.pause(paused.job.id, mei);
    await operations().jobs.change(edited.job.id, { schedules: [{ spec: every(60) }] }, mei, null);
    await operations().jobs.remove(removed.job.id, mei);
    for (const { job, from } of [paused, edited, removed])
      expect(await told(job.id, from)).toEqual(['30+2 maintenance']);
    await tickAfter(60 * minute);
    await operations().jobs.resume(paused.job.id, mei);
    await tickAfter(3 * hour);
    expect((await told(paused.job.id, paused.from)).slice(0, 3)).toEqual([
      '30+2 maintenance',
      '90+2 paused',
      '150 run',
    ]);
    expect((await told(edited.job.id, edited.from)).slice(1, 3)).toEqual(['125 run', '185 run']);
  });

  test('words of a job may change meanwhile without losing what waits for the end', async () => {
    const { job, from } = await given(every(30));
    await on(hour + minute, 'one');
    await tickAfter(40 * minute);
    await operations().jobs.change(job.id, { description: 'nightly' }, mei, null);
    await tickAfter(30 * minute);
    expect(await told(job.id, from)).toEqual(['30 maintenance', '60 run']);
  });

  test('only jobs in its scope are held, and a tag that goes lets go', async () => {
    const tagged = await given(every(30), { tags: ['db'] });
    const other = await given(every(30));
    await operations().maintenance.create({ scope: { kind: 'tags', tags: ['db'] }, until: now() + 3 * hour }, mei);
    await tickAfter(30 * minute);
    expect(await told(other.job.id, other.from)).toEqual(['30 run']);
    expect(await told(tagged.job.id, tagged.from)).toEqual([]);
    await operations().jobs.change(tagged.job.id, { tags: [] }, mei, null);
    await tickAfter(30 * minute);
    expect(await told(tagged.job.id, tagged.from)).toEqual(['30+1 maintenance', '60 run']);
  });

  test('programs are refused, people pass', async () => {
    const { job } = await given(every(30));
    await on(hour);
    await expect(operations().runs.start(job.id, {}, program)).rejects.toMatchObject({
      code: 'trigger_refused',
      details: { reason: 'maintenance' },
    });
    await operations().runs.start(job.id, {}, mei);
    expect((await bench().runs(job.id)).map(({ trigger }) => trigger)).toEqual(['manual']);
  });

  test('the cost names every instant that the ledger then shows', async () => {
    const hourly = await given(every(60), { catchUp: { policy: 'last', windowSeconds: 86_400, max: 2 } });
    const second = await given({ kind: 'interval', every: 1, unit: 'seconds', start: now(), timezone: 'UTC' });
    const filtered = await given({
      kind: 'daily',
      times: ['03:00', '09:00'],
      activeHours: [{ from: '08:00', to: '18:00' }],
      timezone: 'UTC',
    });
    const scope = { kind: 'all' } as const;
    const input = { scope, from: now() + minute, until: now() + minute + day, resume: 'all' as const };
    const cost = await operations().maintenance.cost(input);
    const of = (id: Id) => cost.jobs.find(({ job }) => job.id === id);
    expect(of(hourly.job.id)).toMatchObject({ count: 24, runsAfter: 2, first: now() + hour });
    expect(of(second.job.id)).toMatchObject({ count: 86_400, runsAfter: 10 });
    expect(of(filtered.job.id)).toMatchObject({ count: 1, runsAfter: 1, first: now() + 9 * hour });
    expect(await bench().store.maintenance.unsettled()).toEqual([]);
    await operations().maintenance.create(input, mei);
    await tickAfter(minute + day);
    const ran = (await bench().runs(hourly.job.id)).filter(({ trigger }) => trigger === 'catch_up');
    expect(ran).toHaveLength(2);
    const entries = await bench().ledger(hourly.job.id);
    expect(entries.filter(({ reason }) => reason === 'maintenance')).toHaveLength(22);
  });

  test('the future is told with it: the timeline, and the next instant', async () => {
    const { job } = await given(every(30));
    await on(hour, 'skip', 15 * minute);
    const { coming } = await operations().timeline.timeline(
      { jobIds: [job.id] },
      { from: now(), to: now() + 2 * hour },
    );
    expect(coming.map(({ at, dropped }) => [(at - now()) / minute, dropped])).toEqual([
      [30, 'maintenance'],
      [60, 'maintenance'],
      [90, null],
    ]);
    const [schedule] = await bench().store.schedules.ofJob(job.id);
    expect(((schedule?.nextDueAt ?? 0) - now()) / minute).toBe(90);
  });

  test('one that was called off before it began touches nothing', async () => {
    const { job, from } = await given(every(30));
    const { window } = await on(hour, 'skip', 20 * minute);
    expect((await operations().maintenance.end(window.id, mei)).state).toBe('called_off');
    await tickAfter(30 * minute);
    expect(await told(job.id, from)).toEqual(['30 run']);
  });

  test('a window is let go of when its last instant is in the ledger, and counts again when the clock goes back', async () => {
    const { job, from } = await given(every(30));
    const { window } = await on(hour + minute);
    const scheduler = bench().scheduler();
    bench().clock.advance(2 * hour);
    expect(await settleMaintenance(bench().store, now())).toBe(0);
    await scheduler.tick();
    expect(await settleMaintenance(bench().store, now())).toBe(1);
    const settled = await bench().store.maintenance.get(window.id);
    expect(settled === null ? null : maintenanceState(settled, now())).toBe('ended');
    bench().clock.set(from + 40 * minute);
    await scheduler.tick();
    expect((await bench().store.maintenance.get(window.id))?.settledAt).toBeNull();
    expect((await told(job.id, from)).filter((line) => line.endsWith('run'))).toEqual(['90 run', '120 run']);
  });

  // SQLite lets nobody write while a window is settled.
  if (place !== null)
    test('a job that is paused while a window is settled is not woken by it', async () => {
      const { job } = await given(every(30));
      await on(hour);
      const { store } = bench();
      const [schedule] = await store.schedules.ofJob(job.id);
      if (schedule === undefined) throw new Error('a job without its schedule');
      expect(await store.schedules.update({ ...schedule, planAt: now() + 5 * hour }, schedule.revision)).toBe(true);
      bench().clock.advance(2 * hour);
      let isPaused = false;
      const slow: Store = Object.assign(Object.create(store) as Store, {
        transaction: <T>(work: (tables: Tables) => Promise<T>) =>
          store.transaction((tables) => {
            const ofJobs: Tables['schedules']['ofJobs'] = async (ids) => {
              const found = await tables.schedules.ofJobs(ids);
              if (!isPaused) await operations().jobs.pause(job.id, mei);
              isPaused = true;
              return found;
            };
            const between = Object.assign(Object.create(tables.schedules) as Tables['schedules'], { ofJobs });
            return work(Object.create(tables, { schedules: { value: between } }) as Tables);
          }),
      });
      await settleMaintenance(slow, now());
      expect(isPaused).toBe(true);
      expect((await store.schedules.ofJob(job.id))[0]?.planAt).toBeNull();
    });

  test('a rule that cannot be read keeps nobody from setting, ending and settling it', async () => {
    const { job, from } = await given(every(30));
    const broken = await given({ ...every(30) });
    const [schedule] = broken.schedules;
    if (schedule !== undefined)
      await bench().store.schedules.update(
        { ...schedule, spec: { kind: 'cron', expression: 'never', timezone: 'UTC' } },
        schedule.revision,
      );
    const { window } = await on(4 * hour, 'one');
    const scheduler = bench().scheduler();
    await tickAfter(70 * minute, scheduler);
    await operations().maintenance.end(window.id, mei);
    await scheduler.tick();
    expect(await told(job.id, from)).toEqual(['30 maintenance', '60 run']);
    await scheduler.tick();
    expect(await bench().store.maintenance.unsettled()).toEqual([]);
  });

  test('what makes no sense is refused with its field', async () => {
    const ask = (input: object) => operations().maintenance.create({ scope: { kind: 'all' }, ...input }, mei);
    await expect(ask({ until: now() - 1 })).rejects.toMatchObject({ code: 'invalid' });
    await expect(ask({ from: now() + hour, until: now() + minute })).rejects.toMatchObject({ code: 'invalid' });
    await expect(ask({ scope: { kind: 'tags', tags: [] } })).rejects.toMatchObject({ code: 'invalid' });
    await expect(ask({ scope: { kind: 'jobs', jobs: [1] } })).rejects.toMatchObject({ code: 'invalid' });
    const { window } = await on(hour);
    await expect(operations().maintenance.change(window.id, { from: now() + minute }, mei)).rejects.toMatchObject({
      code: 'invalid',
    });
    await expect(operations().maintenance.end(1, mei)).rejects.toMatchObject({ code: 'not_found' });
  });
});
