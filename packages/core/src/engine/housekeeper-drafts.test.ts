import { existsSync, mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { freshDir, freshPostgres } from '../../../../test/setup/databases.ts';
import { draftVersion } from '../model/job.ts';
import { defaultSettings } from '../model/settings.ts';
import { runFolder } from '../spawner/log-path.ts';
import { openStore } from '../store/open-store.ts';
import type { Store } from '../store/store.ts';
import { realSystem } from '../system/system.ts';
import * as factories from '../testing/factories.ts';
import { manualClock, type ManualClock } from '../testing/manual-clock.ts';
import { Housekeeper } from './housekeeper.ts';

const dayMs = 86_400_000;
const { retention } = defaultSettings;

describe.each(['SQLite', 'PostgreSQL'])('housekeeping of drafts, bins and repeats on %s', (database) => {
  const folder = freshDir();
  let clock: ManualClock;
  let store: Store;
  let housekeeper: Housekeeper;
  let drop = (): Promise<void> => Promise.resolve();

  beforeAll(async () => {
    // It rests between batches: here every rest is over at once.
    clock = Object.assign(manualClock(), {
      after: (_ms: number, fire: () => void) => {
        queueMicrotask(fire);
        return () => undefined;
      },
    });
    let url = `sqlite:${folder.path}/jtp.db`;
    if (database === 'PostgreSQL') {
      const fresh = await freshPostgres(inject('postgresUrl'));
      url = fresh.url;
      drop = () => fresh.drop();
    }
    const system = realSystem({ clock });
    store = await openStore({ url, system, migrate: true, databaseFollowsClock: true });
    housekeeper = new Housekeeper({ store, system, settings: defaultSettings, dataDir: folder.path });
  });
  afterAll(async () => {
    await store.close();
    await drop();
    folder.remove();
  });

  test('a draft goes with its run and its files when retention is over, and not before', async () => {
    const now = clock.wall();
    const draft = factories.job({ version: draftVersion, active: false, deletedAt: now });
    await store.jobs.insert(draft, null);
    const run = factories.newRun({ jobId: draft.id, jobVersion: draftVersion, createdAt: now });
    await store.runs.insert([run]);
    await store.runs.endWaiting([run.id], { state: 'cancelled', reason: 'cancel_requested', by: null });
    mkdirSync(runFolder(folder.path, run), { recursive: true });

    clock.advance((retention.runDays - 1) * dayMs);
    await housekeeper.tick();
    expect(await store.jobs.get(draft.id)).not.toBeNull();
    expect(await store.runs.get(run)).not.toBeNull();

    clock.advance(2 * dayMs);
    await housekeeper.tick();
    expect([await store.jobs.get(draft.id), await store.runs.get(run)]).toEqual([null, null]);
    expect(existsSync(runFolder(folder.path, run))).toBe(false);
  });

  test('a draft whose run still waits is kept however old it is', async () => {
    const draft = factories.job({ version: draftVersion, active: false, deletedAt: 1, createdAt: clock.wall() });
    await store.jobs.insert(draft, null);
    await store.runs.insert([factories.newRun({ jobId: draft.id, jobVersion: draftVersion, createdAt: clock.wall() })]);
    clock.advance(2 * retention.runDays * dayMs);
    await housekeeper.tick();
    expect(await store.jobs.get(draft.id)).not.toBeNull();
  });

  test('a deleted job goes with its runs and their files when it can no longer be restored', async () => {
    const deleted = factories.job({ active: false, deletedAt: clock.wall() });
    await store.jobs.insert(deleted, null);
    const createdAt = clock.wall() + (retention.deletedJobDays - 1) * dayMs;
    const run = factories.newRun({ jobId: deleted.id, createdAt });
    await store.runs.insert([run]);
    mkdirSync(runFolder(folder.path, run), { recursive: true });
    clock.advance(retention.deletedJobDays * dayMs);
    await housekeeper.tick();
    expect(await store.jobs.get(deleted.id)).not.toBeNull();
    clock.advance(1);
    await housekeeper.tick();
    expect([await store.jobs.get(deleted.id), await store.runs.get(run)]).toEqual([null, null]);
    expect(existsSync(runFolder(folder.path, run))).toBe(false);
  });

  test('an answer kept for a repeated request goes after a day', async () => {
    await store.idempotency.take('k', 'ann', 'hash');
    clock.advance(dayMs - 1);
    await housekeeper.tick();
    expect(await store.idempotency.find('k', 'ann')).not.toBeNull();
    clock.advance(2);
    await housekeeper.tick();
    expect(await store.idempotency.find('k', 'ann')).toBeNull();
  });
});
