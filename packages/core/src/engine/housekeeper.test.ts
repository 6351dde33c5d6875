import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import type { Run } from '../model/run.ts';
import { apiKey } from '../testing/factories.ts';
import { audited, note, subjectOf } from '../operations/audited.ts';
import { runFolder } from '../spawner/log-path.ts';
import { pause } from '../system/pause.ts';
import { Housekeeper } from './housekeeper.ts';
import { benchOf, type Place } from './test-bench.ts';

const day = 24 * 3_600_000;
const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];

describe.each(places)('a housekeeper on %s', (_, place) => {
  const bench = benchOf(place);
  const housekeeper = (): Housekeeper => {
    const { store, system, settings, folder: dataDir } = bench();
    return new Housekeeper({ store, system, settings, dataDir });
  };
  const tidy = () => bench().done(housekeeper().tick());

  /** A run that has ended, with its folder on disk. */
  async function endedRun(): Promise<Run> {
    const run = await bench().run();
    await bench().store.runs.endWaiting([run.id], { state: 'cancelled', reason: 'cancel_requested', by: null });
    const folder = runFolder(bench().folder, run);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, '1.log'), 'said\n');
    return run;
  }
  const exists = async (run: Run): Promise<boolean> => (await bench().store.runs.get(run)) !== null;
  const hasFiles = (run: Run): boolean => existsSync(runFolder(bench().folder, run));

  test('keeps runs and their files for thirty days, and removes both after', async () => {
    const old = await endedRun();
    bench().clock.advance(29 * day);
    const young = await endedRun();
    expect(await tidy()).toMatchObject({ runs: 0 });
    expect([await exists(old), hasFiles(old)]).toEqual([true, true]);
    bench().clock.advance(2 * day);
    expect(await tidy()).toMatchObject({ runs: 1 });
    expect([await exists(old), hasFiles(old), existsSync(dirname(runFolder(bench().folder, old)))]).toEqual([
      false,
      false,
      false,
    ]);
    expect([await exists(young), hasFiles(young)]).toEqual([true, true]);
  });

  test('keeps invitations and keys for thirty days after their end, with their audit rows for ever', async () => {
    const { store, clock } = bench();
    const now = clock.wall();
    const invitation = { id: 1, createdAt: now, email: 'tom@example.org', role: 'viewer', approver: false } as const;
    await store.people.invite({ ...invitation, hash: 'hash', expiresAt: now + day, invitedBy: 'Mei' });
    const key = apiKey({ expiresAt: now + day });
    await store.keys.insert(key);
    const rest = { personId: null, epoch: 0, signIn: null, challenge: null, tries: 0, createdAt: now };
    await store.signInMethods.addChallenge({ ...rest, hash: 'over', purpose: 'passkey_sign_in', expiresAt: now + day });
    await audited(store, (tables) =>
      note(
        tables,
        { personId: null, name: 'Mei', via: 'page' },
        { action: 'key.created', subject: subjectOf('key', key) },
      ),
    );
    clock.advance(30 * day);
    // What other tests left goes with it.
    expect((await tidy()).others).toBeGreaterThanOrEqual(1);
    expect([await store.people.invitation('hash'), await store.keys.get(key.id)]).toMatchObject([
      { id: 1 },
      { id: key.id },
    ]);
    clock.advance(2 * day);
    expect((await tidy()).others).toBeGreaterThanOrEqual(2);
    expect([await store.people.invitation('hash'), await store.keys.get(key.id)]).toEqual([null, null]);
    expect((await store.audit.list({ actions: ['key.created'] }, { limit: 50 })).items).toHaveLength(1);
  });

  test('removes more than one batch in a pass, and a run whose files are gone', async () => {
    const run = await bench().run();
    const { job } = await bench().job();
    const runs = [run];
    for (let made = 0; made < 205; made += 1) runs.push(await bench().runOf(job));
    const ids = runs.map(({ id }) => id);
    await bench().store.runs.endWaiting(ids, { state: 'cancelled', reason: 'cancel_requested', by: null });
    bench().clock.advance(31 * day);
    expect((await tidy()).runs).toBeGreaterThanOrEqual(206);
    expect(await exists(run)).toBe(false);
  });

  test('takes nothing for old while schedulers do not believe the clock (F34)', async () => {
    const run = await endedRun();
    const scheduler = bench().scheduler();
    await scheduler.tick();
    const before = bench().clock.wall();
    bench().clock.set(before + 365 * day);
    await scheduler.tick();
    expect(await tidy()).toMatchObject({ runs: 0 });
    bench().clock.set(before);
    await scheduler.tick();
    await tidy();
    expect(await exists(run)).toBe(true);
  });

  test('removes events and ledger in batches, between which others have the database (R-203)', async () => {
    const { store } = bench();
    await store.events.append(Array.from({ length: 2500 }, () => ({ kind: 'a.b' })));
    bench().clock.advance(91 * day);
    const sizes: number[] = [];
    const events = {
      ...store.events,
      prune: async (before: number, limit: number) => {
        const removed = await store.events.prune(before, limit);
        sizes.push(removed);
        return removed;
      },
    };
    const watched = new Proxy(store, {
      get: (target, name) => (name === 'events' ? events : (Reflect.get(target, name, target) as unknown)),
    });
    const { system, settings, folder: dataDir } = bench();
    const removed = await bench().done(new Housekeeper({ store: watched, system, settings, dataDir }).tick());
    expect(removed.events).toBeGreaterThanOrEqual(2500);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(1000);
    expect(sizes.length).toBeGreaterThan(3);
  });

  test('never removes a run that waits or lives', async () => {
    const waiting = await bench().run();
    bench().clock.advance(400 * day);
    await tidy();
    expect((await bench().read(waiting)).state).toBe('queued');
  });

  test('keeps the ledger for thirty-five days, also of what nobody could run', async () => {
    const { clock } = bench();
    const spec = { kind: 'interval', every: 1, unit: 'hours', start: clock.wall(), timezone: 'UTC' } as const;
    const { job } = await bench().job({ overlap: 'allow', maxConcurrent: null }, [spec]);
    clock.advance(3_600_000);
    await bench().scheduler().tick();
    const [first] = await bench().ledger(job.id);
    clock.advance(34 * day);
    await tidy();
    expect(await bench().ledger(job.id)).toEqual([first]);
    await bench().scheduler().tick();
    clock.advance(2 * day);
    expect((await tidy()).ledger).toBeGreaterThan(0);
    const left = await bench().ledger(job.id);
    expect(left).not.toContainEqual(first);
    expect(left.length).toBeGreaterThan(0);
  });

  test('keeps a deleted job for thirty days, and everything of it goes together', async () => {
    const { job } = await bench().job({}, [], { deletedAt: bench().clock.wall(), active: false });
    bench().clock.advance(29 * day);
    await tidy();
    expect(await bench().store.jobs.get(job.id)).not.toBeNull();
    bench().clock.advance(2 * day);
    expect((await tidy()).jobs).toBeGreaterThan(0);
    expect(await bench().store.jobs.get(job.id)).toBeNull();
  });

  test('keeps events for ninety days', async () => {
    await bench().store.events.append([{ kind: 'test.happened', data: {} }]);
    bench().clock.advance(89 * day);
    await tidy();
    expect(await bench().eventCount('test.happened')).toBe(1);
    bench().clock.advance(2 * day);
    expect((await tidy()).events).toBeGreaterThan(0);
    expect(await bench().eventCount('test.happened')).toBe(0);
  });

  test('leaves the start alone, and looks again every hour', async () => {
    const keeper = housekeeper();
    const run = await endedRun();
    bench().clock.advance(31 * day);
    keeper.start();
    await pause(0);
    bench().clock.advance(59_000);
    expect(await exists(run)).toBe(true);
    bench().clock.advance(2000);
    await bench().until(async () => !(await exists(run)));
    const next = await endedRun();
    // The pass has more to do, and begins its rest then.
    await bench().pass(2000, 20, () => pause(1));
    bench().clock.suspend(31 * day);
    bench().clock.advance(3_590_000);
    expect(await exists(next)).toBe(true);
    bench().clock.advance(20_000);
    await bench().until(async () => !(await exists(next)));
    await bench().done(keeper.stop());
  });
});

// With a log of its own: an event that the other tests dated ahead would have everything after it wait.
describe.each(places)('a housekeeper beside much work on %s', (_, place) => {
  const bench = benchOf(place);

  test('counts what has ended within minutes while much ends', async () => {
    const { store, system, settings, folder: dataDir } = bench();
    const keeper = new Housekeeper({ store, system, settings, dataDir });
    const ended = (count: number) =>
      store.events.append(
        Array.from({ length: count }, () => ({
          kind: 'run.failed',
          runId: null,
          runCreatedAt: null,
          jobId: null,
          jobCreatedAt: null,
          actor: null,
          data: {},
        })),
      );
    keeper.start();
    // Its first pass counts everything, the next comes in an hour.
    await bench().pass(120_000, 1000, () => pause(3));
    await ended(1000);
    for (let halves = 0; halves < 20 && (await store.upkeep.untallied()) > 0; halves += 1)
      await bench().pass(30_000, 1000, () => pause(3));
    expect(await store.upkeep.untallied()).toBe(0);
    await bench().done(keeper.stop());
  });
});
