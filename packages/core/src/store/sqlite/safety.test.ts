import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { freshDir } from '../../../../../test/setup/databases.ts';
import { JobTriggerError } from '../../errors.ts';
import { nextTurn } from '../../system/pause.ts';
import { realSystem } from '../../system/system.ts';
import { openStore } from '../open-store.ts';
import { migrationStatus } from '../migrate.ts';
import { openConnection } from './connection.ts';
import { spoilPages } from './test-spoil.ts';
import { thisSqliteHost } from './host.ts';
import { databaseMarker } from './marker-path.ts';
import { openSqlite } from './open.ts';

import { faultOf, type FileFacts } from './place.ts';
import { sqliteStore } from './store.ts';

const folder = freshDir();
afterAll(() => folder.remove());
const system = realSystem();
let files = 0;
const freshPath = (): string => `${folder.path}/${(files += 1)}.db`;

async function made(): Promise<string> {
  const path = freshPath();
  const store = await openStore({ url: `sqlite:${path}`, system, migrate: true });
  await store.settings.set('kept', 1);
  await store.close();
  return path;
}

const opening = (path: string, migrate = true) => openStore({ url: `sqlite:${path}`, system, migrate });

describe('a start on SQLite', () => {
  test('is refused with a version that can lose data, and names the safe ones (F23)', async () => {
    const path = freshPath();
    const host = { ...thisSqliteHost, version: () => '3.50.4' };
    const opened = openSqlite(path, system, { migrate: true, host });
    await expect(opened).rejects.toMatchObject({ code: 'sqlite_too_old', message: expect.stringContaining('3.51.3') });
  });

  test('is refused on a network file system, before anything is made', async () => {
    const path = freshPath();
    const host = { ...thisSqliteHost, fileSystemType: () => 0x6969 };
    const opened = openSqlite(path, system, { migrate: true, host });
    await expect(opened).rejects.toMatchObject({
      code: 'configuration_invalid',
      message: expect.stringContaining('NFS'),
    });
    expect(existsSync(path)).toBe(false);
  });

  test('syncs fully on both of its connections (P11) (F16)', async () => {
    const connection = await openConnection(await made(), system);
    expect(connection.run('PRAGMA synchronous', []).rows).toEqual([{ synchronous: 2 }]);
    expect(connection.run('PRAGMA journal_mode', []).rows).toEqual([{ journal_mode: 'wal' }]);
    connection.close();
  });

  test('makes no empty database where one is known that is gone (F20)', async () => {
    const path = await made();
    rmSync(path);
    await expect(opening(path)).rejects.toMatchObject({ code: 'database_gone' });
    await expect(migrationStatus({ url: `sqlite:${path}`, system })).rejects.toMatchObject({ code: 'database_gone' });
    expect(existsSync(path)).toBe(false);
    rmSync(databaseMarker(path));
    await (await opening(path)).close();
  });

  test('fills no file that was emptied (F20)', async () => {
    const path = await made();
    truncateSync(path, 0);
    await expect(opening(path)).rejects.toMatchObject({ code: 'database_gone' });
  });

  test('takes no database of another installation, but a copy of its own (F20)', async () => {
    const [path, other] = [await made(), await made()];
    copyFileSync(path, `${path}.copy`);
    copyFileSync(other, path);
    await expect(opening(path)).rejects.toMatchObject({ code: 'database_gone' });
    copyFileSync(`${path}.copy`, path);
    const store = await opening(path, false);
    expect(await store.settings.get('kept')).toBe(1);
    await store.close();
  });

  test('is refused on a file that is read-only (F20)', async () => {
    const path = await made();
    chmodSync(path, 0o400);
    const opened = opening(path);
    await expect(opened).rejects.toMatchObject({
      code: 'database_unreachable',
      message: expect.stringContaining('read-only'),
    });
  });

  test.runIf(process.getuid?.() === 0)('is refused on a file of another user (F20)', async () => {
    const path = await made();
    chownSync(path, 12_345, 12_345);
    const opened = opening(path);
    await expect(opened).rejects.toMatchObject({
      code: 'database_unreachable',
      message: expect.stringContaining('12345'),
    });
  });

  test('is refused on a file that is no database, with the way back (F21)', async () => {
    const path = freshPath();
    writeFileSync(path, 'x'.repeat(8192), { mode: 0o600 });
    const opened = opening(path);
    await expect(opened).rejects.toMatchObject({
      code: 'database_damaged',
      message: expect.stringContaining('jtp --data-dir FOLDER restore FILE'),
    });
  });
});

describe('an open SQLite file', () => {
  const opened: FileFacts = { device: 1, inode: 2, owner: 3, writable: true };
  test.each([
    ['the same', opened, null],
    ['removed', null, 'database_gone'],
    ['replaced', { ...opened, inode: 9 }, 'database_gone'],
    ['on another disk', { ...opened, device: 9 }, 'database_gone'],
    ["another user's", { ...opened, owner: 9 }, 'database_unreachable'],
    ['read-only', { ...opened, writable: false }, 'database_unreachable'],
  ])('that is %s by now is judged by its facts (F20)', (_name, now, code) => {
    expect(faultOf('/a.db', { now, opened, user: 3 })?.code ?? null).toBe(code);
  });

  test('is written no more once it is removed, and again when it is back (F20)', async () => {
    const path = await made();
    const store = await opening(path);
    renameSync(path, `${path}.away`);
    await expect(store.settings.set('a', 1)).rejects.toMatchObject({ code: 'database_gone' });
    await expect(store.ping()).rejects.toMatchObject({ code: 'database_gone' });
    expect(existsSync(path)).toBe(false);
    renameSync(`${path}.away`, path);
    await store.settings.set('a', 1);
    await store.close();
  });

  test('is written no more once another lies in its place, or it became read-only (F20)', async () => {
    const path = await made();
    const store = await opening(path);
    chmodSync(path, 0o400);
    await expect(store.settings.set('a', 1)).rejects.toMatchObject({ code: 'database_unreachable' });
    chmodSync(path, 0o600);
    copyFileSync(path, `${path}.copy`);
    renameSync(`${path}.copy`, path);
    await expect(store.settings.set('a', 1)).rejects.toMatchObject({ code: 'database_gone' });
    await store.close();
  });

  test('with a damaged page is read as far as it goes and written no more (F21)', async () => {
    const path = await made();
    spoilPages(path, 'events');
    const store = await opening(path, false);
    const append = store.events.append([{ kind: 'a.b' }]);
    await expect(append).rejects.toMatchObject({ code: 'database_damaged' });
    await expect(store.settings.set('a', 1)).rejects.toMatchObject({
      code: 'database_damaged',
      message: expect.stringContaining('restore FILE'),
    });
    expect(await store.settings.get('kept')).toBe(1);
    await store.close();
  });
});

describe('a full disk', () => {
  test('is told as such by SQLite (F17)', async () => {
    const connection = await openConnection(await made(), system);
    const [row] = connection.run('PRAGMA page_count', []).rows as { page_count: number }[];
    connection.run(`PRAGMA max_page_count = ${row?.page_count}`, []);
    const fill = (): void => {
      for (let key = 0; key < 200; key += 1)
        connection.run('INSERT INTO settings (key, value) VALUES (?, ?)', [`${key}`, 'x'.repeat(4000)]);
    };
    expect(fill).toThrow(expect.objectContaining({ code: 'no_space' }));
    connection.close();
  });

  test('leaves nothing of what was asked together with the statement that failed (F17)', async () => {
    const path = await made();
    const connection = await openConnection(path, system);
    const store = await sqliteStore(path, system, connection);
    const [row] = connection.run('PRAGMA page_count', []).rows as { page_count: number }[];
    connection.run(`PRAGMA max_page_count = ${row?.page_count}`, []);
    const change = store.transaction(async ({ settings }) => {
      const large = settings.set('large', 'x'.repeat(400_000));
      await Promise.all([large, settings.set('kept', 2)]);
    });
    await expect(change).rejects.toMatchObject({ code: 'no_space' });
    expect(await store.settings.get('kept')).toBe(1);
    await store.close();
  });

  test('is given room once, and the transaction is done (F17)', async () => {
    const full = new JobTriggerError('no_space', 'There is no space left.');
    let rooms = 1;
    const makeRoom = (): boolean => (rooms -= 1) >= 0;
    const store = await openStore({ url: `sqlite:${await made()}`, system, makeRoom });
    let calls = 0;
    const change = (until: number) =>
      store.transaction(async ({ settings }) => {
        await settings.set('calls', (calls += 1));
        if (calls < until) throw full;
      });
    await change(2);
    expect(await store.settings.get('calls')).toBe(2);
    await expect(change(9)).rejects.toBe(full);
    expect(await store.settings.get('calls')).toBe(2);
    await store.close();
  });
});

describe('a write lock that another program holds for 30 s', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());

  test('makes callers hear of it after 10 s and loses nothing that is tried again (F22)', async () => {
    const path = await made();
    const store = await opening(path);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    const refused: unknown[] = [];
    const patient = async (): Promise<void> => {
      try {
        await store.settings.set('a', 1);
      } catch (error) {
        refused.push(error);
        await patient();
      }
    };
    const writing = patient();
    for (let second = 0; second < 30; second += 1) {
      await vi.advanceTimersByTimeAsync(1000);
      await nextTurn();
    }
    // Reads do not wait for it.
    expect(await store.settings.get('kept')).toBe(1);
    other.exec('COMMIT');
    other.close();
    await vi.advanceTimersByTimeAsync(100);
    await nextTurn();
    await writing;
    expect(refused.length).toBeGreaterThanOrEqual(2);
    for (const error of refused) expect(error).toMatchObject({ code: 'database_busy' });
    expect(await store.settings.get('a')).toBe(1);
    await store.close();
  });
});
