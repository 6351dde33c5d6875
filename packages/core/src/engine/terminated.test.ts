import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { pause } from '../system/pause.ts';
import { benchOf } from './test-bench.ts';
import { faultyStore } from './test-faults.ts';

/** Each transaction of the engine has its session ended by the server while it is in the midst of its writes. */

let url = '';
let outside: pg.Client;

describe('a session that the server ends', () => {
  const bench = benchOf(async () => {
    const fresh = await freshPostgres(inject('postgresUrl'));
    url = fresh.url;
    return fresh;
  });
  beforeAll(async () => {
    outside = new pg.Client({ connectionString: url });
    await outside.connect();
  });
  afterAll(() => outside.end());

  /** Lets `work` come as far as its write to `table`, and ends the session that it writes on. @returns what the work comes to */
  async function endedAt<T>(table: string, work: () => Promise<T>): Promise<T> {
    await outside.query(`BEGIN; LOCK TABLE ${table} IN EXCLUSIVE MODE`);
    const going = work();
    going.catch(() => undefined);
    // Not by pg_stat_activity: within a transaction that shows no session which began after the first look.
    for (let ended = 0; ended === 0; await pause(2)) {
      bench().clock.advance(5);
      const { rowCount } = await outside.query(
        `SELECT pg_terminate_backend(pid) FROM pg_locks
          WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database()) AND relation = ANY (
            SELECT '${table}'::regclass UNION SELECT inhrelid FROM pg_inherits WHERE inhparent = '${table}'::regclass)`,
      );
      ended = rowCount ?? 0;
    }
    await outside.query('ROLLBACK');
    return going;
  }
  /** How it went is not the subject: only what stands in the tables. */
  const settled = async (work: Promise<unknown>): Promise<void> =>
    void (await bench().done(Promise.allSettled([work])));

  test('within T1: the instant is planned once (F25)', async () => {
    const start = bench().clock.wall();
    const { job, schedules, from } = await bench().job({}, [
      { kind: 'interval', every: 1, unit: 'minutes', start, timezone: 'UTC' },
    ]);
    const scheduler = bench().scheduler();
    bench().clock.advance(60_000);
    await settled(endedAt('occurrences', () => scheduler.tick()));
    await bench().done(scheduler.tick());
    expect(await bench().runs(job.id)).toHaveLength(1);
    for (const schedule of schedules)
      expect(await bench().ledgerFaults(schedule, { after: from, until: bench().clock.wall() })).toEqual([]);
  });

  test('within T2: the run is claimed by the next pass, and begun once (F25)', async () => {
    const run = await bench().run();
    const { worker, stage } = await bench().worker();
    await settled(endedAt('leases', () => worker.tick()));
    expect((await bench().read(run)).state).toBe('queued');
    await bench().done(worker.tick());
    await bench().until(() => stage.acts.length === 1);
    expect(stage.act(0).context.names).toMatchObject({ attempt: 1, fence: 1 });
    stage.act(0).end();
    await bench().done(worker.idle());
    expect(await bench().store.runs.attempts(run)).toMatchObject([{ attempt: 1, outcome: 'succeeded' }]);
  });

  test('within T3: the intent is written again, and the run begun once (F25)', async () => {
    const run = await bench().run();
    const go = Promise.withResolvers<void>();
    const { store, struck } = faultyStore(bench().store, 'intend', go.promise);
    const { worker, stage } = await bench().worker({ store });
    void worker.tick();
    await bench().done(struck);
    await endedAt('leases', async () => go.resolve());
    await bench().until(() => stage.acts.length > 0);
    stage.act(0).end();
    await bench().done(worker.idle());
    expect(stage.acts).toHaveLength(1);
    expect(await bench().store.runs.attempts(run)).toMatchObject([{ attempt: 1, outcome: 'succeeded' }]);
  });

  test('within T4: the next renewal holds, and nothing is stopped (F25)', async () => {
    const run = await bench().run();
    const { worker, stage } = await bench().worker();
    await bench().done(worker.tick());
    await bench().until(() => stage.acts.length === 1);
    await settled(endedAt('workers', () => worker.beat()));
    bench().clock.advance(1000);
    await bench().done(worker.beat());
    expect((await bench().store.workers.get(worker.id))?.beatAt).toBeGreaterThanOrEqual(bench().clock.wall() - 500);
    expect(stage.act(0).context.signal.aborted).toBe(false);
    stage.act(0).end();
    await bench().done(worker.idle());
    expect((await bench().read(run)).state).toBe('succeeded');
  });

  test('within T5: the result is stored again, and counts once (F25)', async () => {
    const [late, before] = [await bench().eventCount('run.late_result'), await bench().store.upkeep.totals()];
    const run = await bench().run();
    const { worker, stage } = await bench().worker();
    await bench().done(worker.tick());
    await bench().until(() => stage.acts.length === 1);
    await endedAt('attempts', async () => stage.act(0).end());
    await bench().done(worker.idle());
    expect(await bench().store.runs.attempts(run)).toMatchObject([{ attempt: 1, outcome: 'succeeded' }]);
    expect(await bench().eventCount('run.late_result')).toBe(late);
    expect((await bench().store.upkeep.totals()).executed - before.executed).toBe(1);
  });
});
