import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { defaultScriptRules } from '../handlers/script-file.ts';
import { ScriptLook } from '../handlers/script-look.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { operationsOf } from './test-operations.ts';
import { ScriptKeeper } from './script-keeper.ts';
import { benchOf, type Place } from './test-bench.ts';
import { Watch } from './watch.ts';

const minute = 60_000;
const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];

describe.each(places)('scripts that need approval on %s', { timeout: 60_000 }, (_, place) => {
  const bench = benchOf(place);
  const folder = (): string => join(bench().folder, 'scripts');
  const hourly = (): ScheduleSpec => ({
    kind: 'interval',
    every: 60,
    unit: 'minutes',
    start: bench().clock.wall(),
    timezone: 'UTC',
  });
  function write(path: string, text: string): void {
    mkdirSync(folder(), { recursive: true });
    writeFileSync(join(folder(), path), text);
  }
  const lookAt = (): ScriptLook => new ScriptLook(folder(), defaultScriptRules);
  const keeperOf = (scripts: ScriptLook): ScriptKeeper =>
    new ScriptKeeper({ store: bench().store, system: bench().system, scripts });
  async function approve(path: string, approvals = 1): Promise<void> {
    const found = (await bench().store.scripts.list(1)).find(({ file }) => file.path === path);
    const version = found?.version ?? null;
    if (version === null) throw new Error(`${path} was not seen.`);
    const decision = { state: 'approved', at: 1, by: 'Ann', byId: null, note: null, approvals } as const;
    await bench().store.transaction((tables) => tables.scripts.decide(version, decision));
  }
  const config = (script: string) =>
    ({ type: 'script', config: { script, args: [], env: {}, workingDir: null } }) as const;
  const reasons = async (jobId: number): Promise<readonly (string | null)[]> =>
    (await bench().ledger(jobId)).map(({ reason }) => reason).toReversed();

  test('a due instant is skipped and explained until a second person has approved what the file holds (R-179)', async () => {
    write('plan.sh', 'echo one\n');
    const look = lookAt();
    const keeper = keeperOf(look);
    const { job } = await bench().job(config('plan.sh'), [hourly()]);
    const scheduler = bench().scheduler({ look });
    const hour = async (): Promise<void> => {
      bench().clock.advance(60 * minute);
      await scheduler.tick();
    };
    await hour();
    await bench().done(keeper.tick());
    await approve('plan.sh');
    await hour();
    write('plan.sh', 'echo one \n');
    await hour();
    expect(await reasons(job.id)).toEqual(['not_approved', null, 'not_approved']);
    expect(await bench().runs(job.id)).toHaveLength(1);
    const { items } = await bench().store.ledger.ofJob(job.id, { limit: 1 });
    const [why] = await operationsOf(bench(), { look }).why.entries(job, items);
    expect(why).toMatchObject({
      code: 'not_approved',
      sentence: 'plan.sh differs from the approved version.',
      action: { code: 'review' },
    });
  });

  test('what is missing is left to the worker, which says so', async () => {
    const { job } = await bench().job(config('none.sh'), [hourly()]);
    bench().clock.advance(60 * minute);
    await bench().scheduler({ look: lookAt() }).tick();
    expect(await reasons(job.id)).toEqual([null]);
  });

  test('a change is in attention before the next due instant, with the job and the instant, and ends with the approval', async () => {
    write('told.sh', 'echo one\n');
    const look = lookAt();
    const keeper = keeperOf(look);
    const { store, system, clock } = bench();
    const watch = new Watch({
      store,
      system,
      settings: { lostAfterMs: 60_000, lateToleranceMs: 30_000, pollIntervalMs: 10_000 },
      dataDir: bench().folder,
      approvals: 1,
    });
    const open = async () =>
      (await store.alerts.open(100)).filter(
        ({ kind, title }) => kind === 'awaiting_approval' && title.includes('told.sh'),
      );
    const pass = async (): Promise<void> => {
      await bench().done(keeper.tick());
      await bench().done(watch.tick());
    };
    const { job } = await bench().job({ ...config('told.sh'), name: 'nightly' }, [hourly()]);
    await pass();
    expect(await open()).toMatchObject([
      { title: 'told.sh awaits approval', severity: 'warning', jobId: job.id, seen: null },
    ]);
    expect((await open())[0]?.text).toMatch(
      /^told\.sh was never approved\. nightly is next due .+, and will be skipped\.$/,
    );
    const items = await operationsOf(bench()).attention.list({ state: 'open' }, { limit: 100 });
    expect(items.items.map(({ kind }) => kind)).toContain('awaiting_approval');
    await approve('told.sh');
    await pass();
    expect(await open()).toEqual([]);
    clock.advance(minute);
    write('told.sh', 'echo two\n');
    await pass();
    expect((await open())[0]?.text).toContain('told.sh changed and is not approved. nightly is next due');
    expect(await reasons(job.id)).toEqual([]);
    const strict = new Watch({
      store,
      system,
      settings: { lostAfterMs: 60_000, lateToleranceMs: 30_000, pollIntervalMs: 10_000 },
      dataDir: bench().folder,
      approvals: 2,
    });
    await approve('told.sh');
    await bench().done(strict.tick());
    expect((await open())[0]?.text).toContain('told.sh has 1 of 2 approvals, by Ann. nightly is next due');
    await approve('told.sh', 2);
    await bench().done(strict.tick());
    expect(await open()).toEqual([]);
    const { items: events } = await store.events.list({ kinds: ['script.changed'] }, { limit: 1 });
    expect(events[0]?.data).toMatchObject({ path: 'told.sh', approved: false });
  });
});
