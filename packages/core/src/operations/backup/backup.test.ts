import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { freshDir } from '../../../../../test/setup/databases.ts';
import { openStore } from '../../store/open-store.ts';
import { realSystem } from '../../system/system.ts';
import * as factories from '../../testing/factories.ts';
import { backUp, type BackUpOptions } from './back-up.ts';
import { isSafeName } from './manifest.ts';
import { restore, verifyBackup } from './restore.ts';

const folder = freshDir();
afterAll(() => folder.remove());
const system = realSystem();
let installations = 0;

async function installation(): Promise<BackUpOptions & { readonly place: string }> {
  const place = `${folder.path}/${(installations += 1)}`;
  const dataDir = `${place}/data`;
  mkdirSync(`${dataDir}/scripts/deep`, { recursive: true });
  mkdirSync(`${dataDir}/logs/2030-01-01`, { recursive: true });
  writeFileSync(`${dataDir}/scripts/deep/hello.sh`, 'echo hello\n');
  writeFileSync(`${dataDir}/scripts/${'long-'.repeat(25)}name.sh`, '');
  writeFileSync(`${dataDir}/secret.key`, 'key', { mode: 0o600 });
  writeFileSync(`${dataDir}/logs/2030-01-01/1.log`, 'x'.repeat(1000));
  writeFileSync(`${place}/config.yaml`, 'demo: false\n');
  const databaseUrl = `sqlite:${dataDir}/portal.db`;
  const store = await openStore({ url: databaseUrl, system, migrate: true });
  await store.jobs.insert(factories.job({ definition: { name: 'kept' } }), null);
  await store.settings.set('kept', 1);
  await store.close();
  return {
    place,
    system,
    databaseUrl,
    dataDir,
    scriptsDir: `${dataDir}/scripts`,
    configFile: `${place}/config.yaml`,
    version: '0.0.0-test',
    logs: false,
    artifacts: false,
    target: `${place}/backup.tar`,
  };
}

const elsewhere = (place: string) => {
  const dataDir = `${place}/restored`;
  return {
    system,
    databaseUrl: `sqlite:${dataDir}/portal.db`,
    dataDir,
    scriptsDir: `${dataDir}/scripts`,
    dryRun: false,
  };
};

describe('a backup', () => {
  test('holds database, scripts, settings and key, for its owner alone, and reads with tar (R-282)', async () => {
    const from = await installation();
    const { manifest, file } = await backUp(from);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(manifest.counts).toMatchObject({ jobs: 1, runs: 0 });
    const listed = execFileSync('tar', ['tf', file], { encoding: 'utf8' }).trim().split('\n');
    expect(listed).toEqual([...manifest.files.map(({ path }) => path), 'manifest.json']);
    expect(listed).toContain('scripts/deep/hello.sh');
    expect(listed.some((name) => name.startsWith('logs/'))).toBe(false);
    expect(readdirSync(from.place).toSorted()).toEqual(['backup.tar', 'config.yaml', 'data']);
  });

  test('with logs holds the output of runs, and never replaces a file', async () => {
    const from = await installation();
    const { manifest } = await backUp({ ...from, logs: true });
    expect(manifest.files.map(({ path }) => path)).toContain('logs/2030-01-01/1.log');
    await expect(backUp(from)).rejects.toMatchObject({ code: 'conflict' });
  });

  test('of PostgreSQL is refused with what does it', async () => {
    const from = await installation();
    const refused = backUp({ ...from, databaseUrl: 'postgres://localhost/jtp' });
    await expect(refused).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('pg_dump') });
    expect(existsSync(from.target)).toBe(false);
  });

  test('is restored into another folder as it was, with a new life (F60)', async () => {
    const from = await installation();
    const { file, manifest } = await backUp(from);
    const to = elsewhere(from.place);
    const looked = await restore({ ...to, file, dryRun: true });
    expect(existsSync(to.dataDir)).toBe(false);
    const { written } = await restore({ ...to, file });
    expect(written).toEqual(looked.written);
    expect(readFileSync(`${to.scriptsDir}/deep/hello.sh`, 'utf8')).toBe('echo hello\n');
    expect(readFileSync(`${to.dataDir}/config.yaml.restored`, 'utf8')).toBe('demo: false\n');
    const store = await openStore({ url: to.databaseUrl, system });
    expect(await store.settings.get('kept')).toBe(1);
    expect((await store.jobs.byName('kept', null))?.definition.name).toBe('kept');
    expect((await store.ids(1))[0]).toBeGreaterThan(1_000_000_000);
    const [event] = (await store.events.list({ kinds: ['installation.restored'] }, { limit: 1, after: null })).items;
    expect(event?.data['copied_at']).toBe(Date.parse(manifest.created_at));
    await store.close();
  });

  test('with a run that lives refuses the worker of then, and lets its successor settle it (F60)', async () => {
    const from = await installation();
    const live = await openStore({ url: from.databaseUrl, system });
    const worker = factories.worker({ createdAt: await live.now() });
    const job = factories.job({ definition: { name: 'live' } });
    await live.jobs.insert(job, null);
    await live.workers.register(worker);
    const holder = { workerId: worker.id, incarnation: worker.incarnation };
    await live.runs.insert([factories.newRun({ jobId: job.id, availableAt: 0 })]);
    const [claim] = await live.dispatch.claim({ ...holder, free: 1, queues: ['default'], labels: [] });
    if (claim === undefined) throw new Error('nothing was claimed');
    const { file } = await backUp(from);
    const to = elsewhere(from.place);
    await restore({ ...to, file });

    const store = await openStore({ url: to.databaseUrl, system });
    expect(await store.dispatch.renew(holder)).toBeNull();
    expect(await store.dispatch.intend(holder.incarnation, [claim])).toEqual([]);
    const [lease] = await store.dispatch.orphanedLeases(10);
    expect(lease?.fence).toBeGreaterThan(claim.fence + 1_000_000);
    // The installation that goes on is none the wiser.
    expect(await live.dispatch.intend(holder.incarnation, [claim])).toHaveLength(1);
    await Promise.all([live.close(), store.close()]);
  });

  test('never goes over an installation, nor where one was lost', async () => {
    const from = await installation();
    const { file } = await backUp(from);
    await expect(restore({ ...from, file, dryRun: false })).rejects.toMatchObject({ code: 'conflict' });
  });

  test.each([
    ['cut off', (file: string) => truncateSync(file, statSync(file).size - 2048), 'invalid'],
    ['cut in the database', (file: string) => truncateSync(file, 4096), 'invalid'],
    ['no archive', (file: string) => writeFileSync(file, 'x'.repeat(4096)), 'invalid'],
    ['changed in a byte', (file: string) => flip(file), 'invalid'],
  ])('that is %s is refused, and leaves nothing (F21)', async (_name, spoil, code) => {
    const from = await installation();
    const { file } = await backUp(from);
    spoil(file);
    const to = elsewhere(from.place);
    await expect(restore({ ...to, file })).rejects.toMatchObject({ code });
    expect(existsSync(to.dataDir)).toBe(false);
  });

  test('of a damaged database is not made (F21)', async () => {
    const from = await installation();
    const database = new DatabaseSync(`${from.dataDir}/portal.db`);
    const root = database.prepare(`SELECT rootpage FROM sqlite_schema WHERE name = 'events'`).get()?.['rootpage'];
    database.close();
    flip(`${from.dataDir}/portal.db`, (Number(root) - 1) * 4096, 4096);
    await expect(backUp(from)).rejects.toMatchObject({ code: 'database_damaged' });
    expect(readdirSync(from.place).toSorted()).toEqual(['config.yaml', 'data']);
  });

  test('that is verified leaves nothing behind', async () => {
    const from = await installation();
    const { file } = await backUp(from);
    const scratch = `${from.place}/scratch.db`;
    expect((await verifyBackup(file, scratch)).version).toBe('0.0.0-test');
    expect(existsSync(scratch)).toBe(false);
  });
});

function flip(file: string, at = 5000, bytes = 1): void {
  const content = readFileSync(file);
  content.fill(0xa5, at, at + bytes);
  writeFileSync(file, content, { mode: 0o600 });
}

test.each([
  ['portal.db', true],
  ['scripts/a/b.sh', true],
  ['scripts/../portal.db', false],
  ['scripts//a', false],
  ['/etc/passwd', false],
  ['logs/..', false],
  ['scripts\\a', false],
  ['scripts/a\\..\\b', false],
])('%s may be written by a restore: %s', (name, safe) => {
  expect(isSafeName(name)).toBe(safe);
});
