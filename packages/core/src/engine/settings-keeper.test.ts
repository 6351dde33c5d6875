/** Two processes on one database: one changes settings, the other has a worker. */
import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { loadConfig, type Config } from '../config/load-config.ts';
import { failed } from '../handlers/handler.ts';
import type { Job } from '../model/job.ts';
import { openBreakerOf } from '../model/trouble.ts';
import { changePersonSettings, changeSettings } from '../operations/settings.ts';
import { mei } from '../operations/test-installation.ts';
import * as factories from '../testing/factories.ts';
import { SettingsKeeper } from './settings-keeper.ts';
import { benchOf, type BenchWorker, type Place } from './test-bench.ts';

const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];
const read = (): Config => loadConfig({ file: null, env: {}, flags: {}, cwd: '/srv', readFile: () => '' });

describe.each(places)('a worker on %s, while it runs', (_, place) => {
  const bench = benchOf(place);

  /** A worker whose process heeds settings by itself, and one that changes them. */
  async function twoProcesses() {
    const config = read();
    const { store, system } = bench();
    const keeper = new SettingsKeeper({ store, system, config });
    const { worker, stage } = await bench().worker({ settings: config.values.engine });
    keeper.start();
    await bench().done(worker.start());
    return { worker, stage, keeper, changing: { store, config: read() } };
  }

  async function fail(job: Job, { stage }: Pick<BenchWorker, 'stage'>): Promise<boolean> {
    const [id = 0] = await bench().store.ids(1);
    const now = await bench().store.now();
    const run = factories.newRun({ id, jobId: job.id, createdAt: now, availableAt: now, trigger: 'schedule' });
    await bench().store.runs.insert([run]);
    bench().store.bell.ring('queue');
    const begun = stage.acts.length;
    await bench().until(() => stage.acts.length > begun);
    stage.act(begun).end(failed({ category: 'script_error', message: 'Exit 1.', detail: null }, { exitCode: 1 }));
    await bench().until(async () => (await bench().read(run)).state === 'failed');
    const after = await bench().store.jobs.get(job.id);
    return after !== null && openBreakerOf(after) !== null;
  }

  /** The longest until a change made elsewhere counts. */
  const notice = (): Promise<void> => bench().pass(5000, 500, () => bench().store.now());

  test('stops a job by a lowered threshold at the next failure (R-290)', async () => {
    const { keeper, changing, ...there } = await twoProcesses();
    const { job } = await bench().job();
    expect([await fail(job, there), await fail(job, there)]).toEqual([false, false]);
    await changeSettings(changing, { 'breaker.consecutive': 3 }, mei);
    await notice();
    expect(await fail(job, there)).toBe(true);
    await changeSettings(changing, { 'breaker.consecutive': null }, mei);
    await notice();
    const { job: other } = await bench().job();
    expect([await fail(other, there), await fail(other, there), await fail(other, there)]).toEqual([
      false,
      false,
      false,
    ]);
    await bench().done(Promise.all([keeper.stop(), there.worker.stop()]));
  });

  test('stops the jobs of one person sooner, but for a job with a number of its own (R-290)', async () => {
    const owner = factories.person();
    await bench().store.people.insert(owner);
    const { keeper, changing, ...there } = await twoProcesses();
    await changePersonSettings(changing, owner.id, { 'breaker.consecutive': 1 }, mei);
    await notice();
    const own = { consecutive: 2, recent: null, periodDays: 7, policy: 'manual' as const };
    const { job: theirs } = await bench().job({}, [], { ownerId: owner.id });
    const { job: other } = await bench().job();
    const { job: told } = await bench().job({ breaker: own }, [], { ownerId: owner.id });
    const opened = [
      await fail(theirs, there),
      await fail(other, there),
      await fail(told, there),
      await fail(told, there),
    ];
    expect(opened).toEqual([true, false, false, true]);
    await bench().done(Promise.all([keeper.stop(), there.worker.stop()]));
  });
});
