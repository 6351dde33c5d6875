import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { freshDir } from '../../../../../test/setup/databases.ts';
import { realSystem } from '../../system/system.ts';
import { sqliteBell } from './bell.ts';
import { openConnection, type Connection } from './connection.ts';

const folder = freshDir();
afterAll(() => folder.remove());
let files = 0;
let connection: Connection;
let other: DatabaseSync;
let asked = 0;
let heard = 0;
let bell: ReturnType<typeof sqliteBell>;

beforeEach(async () => {
  const path = `${folder.path}/${(files += 1)}.db`;
  const inner = await openConnection(path, realSystem());
  inner.run('CREATE TABLE kept (name TEXT)', []);
  connection = {
    ...inner,
    run(text, parameters) {
      asked += 1;
      return inner.run(text, parameters);
    },
  };
  other = new DatabaseSync(path);
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  bell = sqliteBell(connection, { shared: true });
  [asked, heard] = [0, 0];
});
afterEach(() => {
  vi.useRealTimers();
  bell.close();
  other.close();
  connection.close();
});

const listen = () => bell.listen('queue', () => (heard += 1));
const commit = (): void => other.exec(`INSERT INTO kept VALUES ('another')`);

describe('the bell of a file', () => {
  test('is asked at most twice a second where nobody else writes, and not at all where nobody listens', async () => {
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toBe(0);
    const leave = listen();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toBeLessThanOrEqual(21);
    leave();
    asked = 0;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(asked).toBe(0);
    expect(heard).toBe(0);
  });

  test('tells within 25 ms of a commit of another that has written in the last 30 s', async () => {
    listen();
    commit();
    await vi.advanceTimersByTimeAsync(500);
    expect(heard).toBe(1);
    for (const pause of [200, 5000, 29_000]) {
      await vi.advanceTimersByTimeAsync(pause);
      heard = 0;
      commit();
      await vi.advanceTimersByTimeAsync(25);
      expect(heard).toBe(1);
    }
  });

  test('tells within 4 ms of a commit that follows on one within a tenth of a second', async () => {
    listen();
    commit();
    await vi.advanceTimersByTimeAsync(500);
    for (const later of [0, 20, 60]) {
      commit();
      await vi.advanceTimersByTimeAsync(25);
      heard = 0;
      await vi.advanceTimersByTimeAsync(later);
      commit();
      await vi.advanceTimersByTimeAsync(4);
      expect(heard).toBe(1);
    }
  });

  test('rings a hundred times a second at most while others commit without a pause', async () => {
    listen();
    for (let ms = 0; ms < 2000; ms += 5) {
      commit();
      await vi.advanceTimersByTimeAsync(5);
    }
    expect(heard).toBeGreaterThanOrEqual(100);
    expect(heard).toBeLessThanOrEqual(200);
  });

  test('keeps its peace about a file that cannot be read', async () => {
    listen();
    (connection as { run: Connection['run'] }).run = () => {
      throw new Error('gone');
    };
    await vi.advanceTimersByTimeAsync(5000);
    expect(heard).toBe(0);
  });
});
