import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, describe, expect, test } from 'vitest';
import { freshDir } from '../../../../../test/setup/databases.ts';
import { pause } from '../../system/pause.ts';
import { realSystem } from '../../system/system.ts';
import { openStore } from '../open-store.ts';
import { networkFileSystem } from '../network-file-system.ts';
import { isSafeVersion } from './version.ts';

const folder = freshDir();
afterAll(() => folder.remove());
const system = realSystem();

describe('a SQLite file', () => {
  test('is made for its owner alone, with its folder, and only when migrating', async () => {
    const path = `${folder.path}/deep/er/jtp.db`;
    await expect(openStore({ url: `sqlite:${path}`, system })).rejects.toMatchObject({ code: 'database_too_old' });
    expect(existsSync(path)).toBe(false);
    const store = await openStore({ url: `sqlite:${path}`, system, migrate: true });
    await store.settings.set('a', 1);
    for (const file of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(file).mode & 0o777).toBe(0o600);
    await store.close();
    expect(existsSync(`${path}-wal`)).toBe(false);
  });

  test('holds the write-ahead log', async () => {
    const path = `${folder.path}/pragmas.db`;
    const store = await openStore({ url: `sqlite:${path}`, system, migrate: true });
    const database = new DatabaseSync(path);
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    database.close();
    await store.close();
  });

  test('that is no database is unreachable, and says which', async () => {
    const opened = openStore({ url: `sqlite:${folder.path}`, system, migrate: true });
    await expect(opened).rejects.toMatchObject({ code: 'database_unreachable' });
  });

  test.each([
    [0x6969, 'NFS'],
    [0xff534d42, 'CIFS'],
    [0xfe534d42 - 2 ** 32, 'SMB'],
    [0xef53, null],
    [0x01021994, null],
  ])('on a file system of type %i is on the network file system %s', (type, name) => {
    expect(networkFileSystem(type)).toBe(name);
  });
});

test.each([
  ['3.53.4', true],
  ['3.51.3', true],
  ['3.51.2', false],
  ['3.50.7', true],
  ['3.50.6', false],
  ['3.49.9', false],
  ['3.44.6', true],
  ['3.44.5', false],
  ['4.0.0', true],
])('SQLite %s is safe: %s', (version, safe) => {
  expect(isSafeVersion(version)).toBe(safe);
});

describe('a locked file', () => {
  test('is waited for without holding the event loop', async () => {
    const path = `${folder.path}/locked.db`;
    const store = await openStore({ url: `sqlite:${path}`, system, migrate: true });
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    let written = false;
    const writing = store.settings.set('a', 1).then(() => (written = true));
    // Each read takes turns of the loop, which a waiting SQLite would not let pass.
    for (let turn = 0; turn < 200; turn += 1) expect(await store.settings.get('a')).toBeNull();
    expect(written).toBe(false);
    other.exec('COMMIT');
    other.close();
    await writing;
    expect(await store.settings.get('a')).toBe(1);
    await store.close();
  });

  test('is waited for when it is opened, as one that recovers after a crash is', async () => {
    const path = `${folder.path}/recovering.db`;
    await (await openStore({ url: `sqlite:${path}`, system, migrate: true })).close();
    const other = new DatabaseSync(path);
    other.exec('PRAGMA locking_mode = EXCLUSIVE');
    other.exec('BEGIN EXCLUSIVE; COMMIT');
    const opening = openStore({ url: `sqlite:${path}`, system, migrate: true });
    const early = opening.then(
      () => 'opened',
      (error: unknown) => error,
    );
    expect(await Promise.race([early, pause(20).then(() => 'waiting')])).toBe('waiting');
    other.close();
    const store = await opening;
    expect(await store.settings.get('a')).toBeNull();
    await store.close();
  });

  test('is shared by two processes that write all the time, and no write is lost', async () => {
    const path = `${folder.path}/shared.db`;
    const store = await openStore({ url: `sqlite:${path}`, system, migrate: true });
    await store.settings.set('count', 0);
    const program = `
      const { openStore } = await import(${JSON.stringify(new URL('../open-store.ts', import.meta.url).href)});
      const { realSystem } = await import(${JSON.stringify(new URL('../../system/system.ts', import.meta.url).href)});
      const store = await openStore({ url: ${JSON.stringify(`sqlite:${path}`)}, system: realSystem() });
      for (let index = 0; index < 150; index += 1) {
        await store.transaction(async ({ settings }) => settings.set('count', (await settings.get('count')) + 1));
      }
      await store.close();`;
    const run = () =>
      new Promise<number | null>((resolve, reject) => {
        const child = spawn(process.execPath, ['-C', 'jtp-source', '--input-type=module', '-e', program], {
          stdio: 'inherit',
        });
        child.on('error', reject).on('exit', resolve);
      });
    expect(await Promise.all([run(), run()])).toEqual([0, 0]);
    expect(await store.settings.get('count')).toBe(300);
    await store.close();
  });
});

describe('a transaction on SQLite', () => {
  test('refuses what is not one of its own tables instead of waiting for itself', async () => {
    const store = await openStore({ url: 'sqlite::memory:', system });
    const inside = store.transaction(() => store.settings.set('a', 1));
    await expect(inside).rejects.toMatchObject({ code: 'internal' });
    await store.settings.set('a', 2);
    expect(await store.settings.get('a')).toBe(2);
    await store.close();
  });

  test('in memory hides what is not committed from reads outside', async () => {
    const store = await openStore({ url: 'sqlite::memory:', system });
    const entered = Promise.withResolvers<void>();
    const leave = Promise.withResolvers<void>();
    const writing = store.transaction(async (tables) => {
      await tables.settings.set('a', 1);
      entered.resolve();
      await leave.promise;
      throw new Error('undone');
    });
    await entered.promise;
    const reading = store.settings.get('a');
    leave.resolve();
    await expect(writing).rejects.toThrow('undone');
    expect(await reading).toBeNull();
    await store.close();
  });
});
