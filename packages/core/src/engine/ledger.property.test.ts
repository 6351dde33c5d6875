import fc from 'fast-check';
import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { catchUpPolicies, overlapPolicies } from '../model/job.ts';
import { maintenanceState, maintenanceEnds, type MaintenanceEnd } from '../model/maintenance.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { benchOf, type Place } from './test-bench.ts';
import { maintenanceStage, mei } from './test-maintenance.ts';

/** P1 and P2 of the contract: whatever schedules, downtime and rivals, the ledger misses nothing and has nothing twice. */

const second = 1000;
const hour = 3600 * second;
const day = 24 * hour;
/** Four days before Europe changes its clocks. */
const spring = Date.UTC(2026, 2, 25, 9);

const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe');
const rule = fc.oneof(
  fc.record({
    kind: fc.constant('interval' as const),
    every: fc.integer({ min: 20, max: 20_000 }),
    unit: fc.constant('seconds' as const),
    start: fc.constant(spring),
  }),
  fc.record({ kind: fc.constant('hourly' as const), minute: fc.integer({ min: 0, max: 59 }) }),
  fc.record({
    kind: fc.constant('daily' as const),
    times: fc.constantFrom(['02:30'], ['00:00', '03:00'], ['09:00', '09:05', '17:59']),
  }),
  fc.record({
    kind: fc.constant('cron' as const),
    expression: fc.constantFrom('*/7 * * * *', '0 */3 * * *', '30 2 * * *', '15 9 * * 1-5'),
  }),
);
const filters = fc.record(
  {
    activeHours: fc.constant([{ from: '08:00', to: '18:00', weekdays: [1, 2, 3, 4, 5] }]),
    holidays: fc.constant(['2026-03-27', '2026-04-03']),
    jitterSeconds: fc.constant(90),
  },
  { requiredKeys: [] },
);
const spec = fc
  .tuple(rule, filters, zone)
  .map(([named, dropped, timezone]): ScheduleSpec => ({ ...named, ...dropped, timezone }));

const step = fc.record({
  /** A pass in time, a late one, or one after the schedulers were away. */
  afterMs: fc.oneof(
    fc.integer({ min: 0, max: 40 * second }),
    fc.integer({ min: 0, max: 6 * hour }),
    fc.integer({ min: 0, max: 3 * day }),
  ),
  /** Which of three schedulers look, all at the same time. */
  who: fc.uniqueArray(fc.integer({ min: 0, max: 2 }), { minLength: 1, maxLength: 3 }),
  endsWaiting: fc.boolean(),
  /** Maintenance that begins after the step, now or later, or the end of one that is there. */
  maintenance: fc.option(
    fc.oneof(
      fc.record({
        inMs: fc.constantFrom(0, 10 * 60 * second, 5 * hour),
        lengthMs: fc.option(fc.integer({ min: second, max: 2 * day })),
        resume: fc.constantFrom(...maintenanceEnds),
      }),
      fc.constant('end' as const),
    ),
    { freq: 2 },
  ),
});

const life = fc.record({
  specs: fc.array(spec, { minLength: 1, maxLength: 2 }),
  policy: fc.constantFrom(...catchUpPolicies),
  windowSeconds: fc.integer({ min: 60, max: 200_000 }),
  max: fc.integer({ min: 1, max: 30 }),
  overlap: fc.constantFrom(...overlapPolicies),
  steps: fc.array(step, { minLength: 1, maxLength: 8 }),
});

const places: readonly (readonly [string, number, Place])[] = [
  ['SQLite', 40, null],
  ['PostgreSQL', 12, () => freshPostgres(inject('postgresUrl'))],
];

describe.each(places)('on %s', (_, numRuns, place) => {
  const bench = benchOf(place);
  const stage = maintenanceStage(bench);

  /** Sets a window over everything, or ends those that have begun and calls the others off. */
  async function maintain(
    wish: 'end' | { readonly inMs: number; readonly lengthMs: number | null; readonly resume: MaintenanceEnd },
    now: number,
  ): Promise<void> {
    const { store } = bench();
    const { maintenance: operations } = stage.operations();
    if (wish === 'end') {
      for (const window of await store.maintenance.unsettled())
        if (['active', 'upcoming'].includes(maintenanceState(window, now))) await operations.end(window.id, mei);
      return;
    }
    const { inMs, lengthMs, resume } = wish;
    const from = now + inMs;
    const until = lengthMs === null ? null : from + lengthMs;
    await operations.create({ scope: { kind: 'all' }, from, until, resume }, mei);
  }

  test('every instant of every schedule is one occurrence or lies in one gap, and every run has its own', async () => {
    const { clock, store } = bench();
    clock.set(spring);
    await fc.assert(
      fc.asyncProperty(life, async ({ specs, policy, windowSeconds, max, overlap, steps }) => {
        const maxConcurrent = overlap === 'allow' ? null : 1;
        const given = await bench().job({ overlap, maxConcurrent, catchUp: { policy, windowSeconds, max } }, specs);
        const { id } = given.job;
        const schedulers = [0, 1, 2].map(() => bench().scheduler());
        for (const { afterMs, who, endsWaiting, maintenance } of steps) {
          clock.advance(afterMs);
          await Promise.all(who.map((index) => schedulers[index]?.tick()));
          if (maintenance !== null) await maintain(maintenance, clock.wall());
          if (!endsWaiting) continue;
          const waiting = (await store.runs.live([id])).map((run) => run.id);
          await store.runs.endWaiting(waiting, { state: 'cancelled', reason: 'cancel_requested', by: null });
        }
        await maintain('end', clock.wall());
        await schedulers[0]?.tick();
        const until = clock.wall();
        for (const schedule of given.schedules)
          expect(await bench().ledgerFaults(schedule, { after: given.from, until })).toEqual([]);
        const named = (await bench().ledger(id)).flatMap((entry) =>
          entry.kind === 'occurrence' && entry.runId !== null
            ? [`${entry.scheduleId}@${entry.dueAt} ${entry.runId}`]
            : [],
        );
        const runs = await bench().runs(id);
        expect(runs.map((run) => `${run.scheduleId}@${run.dueAt} ${run.id}`).toSorted()).toEqual(named.toSorted());
        await bench().clear();
      }),
      { numRuns, seed: 20_260_325 },
    );
  });
});
