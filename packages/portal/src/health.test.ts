import { renameSync } from 'node:fs';
import { Ballast, realSystem } from 'job-trigger-core';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { storageCheck } from './health.ts';
import { startTestPortal, type TestPortal } from './test-portal.ts';

describe.each(['SQLite', 'PostgreSQL'] as const)('health on %s', (database) => {
  let portal: TestPortal;
  /** Of no real disk: it becomes full when the test says so. */
  const volume = { freeBytes: 10_000_000, totalBytes: 100_000_000 };
  let ballast: Ballast;
  beforeEach(async () => {
    ballast = new Ballast({ system: realSystem(), folder: '/nonexistent', bytes: 1_000_000, volume: () => volume });
    portal = await startTestPortal(database, inject('postgresUrl'), null, ballast);
  });
  afterEach(() => portal?.close());

  const givenScheduler = async (polledAgo: number): Promise<void> => {
    const { store } = portal;
    const [id = 0] = await store.ids(1);
    const now = await store.now();
    const row = {
      id,
      createdAt: now,
      name: `s${id}`,
      host: 'h',
      pid: 1,
      version: '0.0.0-test',
      startedAt: now,
      beatAt: now,
    };
    await store.schedulers.register({
      ...row,
      polledAt: now - polledAgo,
      stoppedAt: null,
      clockOffset: null,
      hold: null,
    });
  };

  test('measures each of its fields (R-169, R-172)', async () => {
    await givenScheduler(35_000);
    const late = await portal.client.health();
    expect(late).toMatchObject({
      status: 'degraded',
      checks: { schedulers: { status: 'degraded' }, workers: { status: 'degraded' }, storage: { status: 'healthy' } },
      pending_count: 0,
      disabled_features: ['command_jobs'],
      version: '0.0.0-test',
    });
    // Three polls of ten seconds without a pass, and it shows.
    expect(late.last_poll_age_seconds).toBeGreaterThanOrEqual(35);
    expect(late.response_time_ms).toBeGreaterThan(0);
    await givenScheduler(0);
    const job = await portal.client.createJob({
      body: { name: `waits on ${database}`, type: 'script', config: { script: 'hello.sh' } },
    });
    await portal.client.runJob({ params: { id: job.id }, body: {} });
    const polled = await portal.client.health();
    expect(polled).toMatchObject({ checks: { schedulers: { status: 'healthy' } }, pending_count: 1 });
    expect(polled.last_poll_age_seconds).toBeLessThan(10);
  });

  test('shows the same findings in full, with their meaning (R-343)', async () => {
    const [short, full] = [await portal.client.health(), await portal.client.healthChecks()];
    for (const [name, { status, fix }] of Object.entries(short.checks ?? {}))
      expect(full.items.find(({ check }) => check === name)).toMatchObject({ status, fix });
    expect(full.items.every(({ meaning }) => meaning.length > 0)).toBe(true);
  });

  test('a full disk is degraded, and what would begin something answers 507 (F17)', async () => {
    const given = { name: 'given', type: 'script' as const, config: { script: 'hello.sh' } };
    const { id } = await portal.client.createJob({ body: given });
    ballast.letGo();
    const body = { name: 'new', type: 'script' as const, config: { script: 'hello.sh' } };
    const refused = await portal.client.createJob({ body }).catch((error: unknown) => error);
    expect(refused).toMatchObject({ status: 507, problem: { code: 'no_space' } });
    expect((await portal.client.health()).checks?.['storage']).toMatchObject({ status: 'degraded' });
    await portal.client.deactivateJob({ params: { id }, body: {} });
    expect(await portal.client.acknowledgeAllAlerts()).toMatchObject({ acknowledged: 0 });
    expect((await portal.client.listJobs({})).items).toHaveLength(1);
  });

  test('a dry run of retention removes nothing, and a real one what is old (R-203)', async () => {
    expect(await portal.client.runRetention({ body: { dry_run: true } })).toMatchObject({ dry_run: true, runs: 0 });
  });
});

test('a database that is gone is unhealthy, with 503, and says how to mend it (R-169, F20)', async () => {
  const portal = await startTestPortal('SQLite', inject('postgresUrl'));
  const file = `${portal.folder}/portal.db`;
  renameSync(file, `${file}.away`);
  const answer = await fetch(`${portal.base}/api/health`);
  expect([answer.status, await answer.json()]).toEqual([503, { status: 'unhealthy', version: '0.0.0-test' }]);
  const full = await portal.client.healthChecks();
  expect(full.items[0]).toMatchObject({ check: 'database', fix: expect.stringContaining('restore FILE') });
  const refused = await portal.raw('/api/jobs', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'a', type: 'script', config: { script: 'hello.sh' } }),
  });
  expect([refused.status, await refused.json()]).toEqual([503, expect.objectContaining({ code: 'database_gone' })]);
  renameSync(`${file}.away`, file);
  expect((await fetch(`${portal.base}/api/health`)).status).toBe(200);
  await portal.close();
});

const megabyte = 1_048_576;
test.each([
  ['room and a ballast', 'held', 500, 'storage'],
  ['a ballast that is gone, with room for it to return', 'absent', 500, 'storage'],
  ['a ballast that is gone, and no room for it to return', 'absent', 64, 'ballast'],
  ['no ballast wanted, and little room', 'off', 64, 'storage'],
  ['no room at all', 'absent', 0, 'disk'],
  ['no room at all, and no ballast wanted', 'off', 0, 'disk'],
] as const)('storage is judged by what matters of it: %s (F17)', (_name, state, freeMegabytes, check) => {
  const folder = { path: '/srv/jtp', usable: true, open: false, networkKind: null };
  const disk = { freeBytes: freeMegabytes * megabyte, totalBytes: 1000 * megabyte, fullAt: null };
  expect(storageCheck({ folder, disk, ballast: { state, bytes: 64 * megabyte } })).toBe(check);
});
