import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { freshDir } from '../../../../../test/setup/databases.ts';
import { realSystem } from '../../system/system.ts';
import { seededRandom } from '../../testing/seeded-random.ts';
import { openConnection, type Connection } from './connection.ts';
import { createTurns, type Turns } from './turns.ts';

const folder = freshDir();
afterAll(() => folder.remove());
let files = 0;
let connection: Connection;
let other: DatabaseSync;
let turns: Turns;

beforeEach(async () => {
  const path = `${folder.path}/${(files += 1)}.db`;
  connection = await openConnection(path, realSystem());
  connection.run('CREATE TABLE kept (name TEXT)', []);
  other = new DatabaseSync(path);
  turns = createTurns(connection, seededRandom(15));
  vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
  other.close();
  connection.close();
});

async function write(): Promise<void> {
  await turns.begin();
  connection.run(`INSERT INTO kept VALUES ('mine')`, []);
  connection.run('COMMIT', []);
  turns.end();
}

/** How many milliseconds a transaction waits for its turn. */
async function waited(): Promise<number> {
  let isOver = false;
  const writing = write().then(() => (isOver = true));
  await Promise.resolve();
  let ms = 0;
  for (; ms < 20_000; ms += 1) {
    // Some microtasks pass between a timer and the end of the transaction.
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    if (isOver) break;
    await vi.advanceTimersByTimeAsync(1);
  }
  await writing;
  return ms;
}

describe('a process that writes to a file', () => {
  test('on its own never waits', async () => {
    for (let count = 0; count < 5; count += 1) expect(await waited()).toBe(0);
  });

  test('leaves it alone for a moment after each transaction while another was seen writing', async () => {
    await write();
    other.exec(`INSERT INTO kept VALUES ('another')`);
    expect(await waited()).toBe(0);
    for (let count = 0; count < 5; count += 1) {
      const ms = await waited();
      expect(ms).toBeGreaterThanOrEqual(2);
      expect(ms).toBeLessThanOrEqual(4);
    }
    await vi.advanceTimersByTimeAsync(300);
    expect(await waited()).toBe(0);
    expect(await waited()).toBe(0);
  });

  test('tries each millisecond once it has waited long, so that it comes between two of the others', async () => {
    const tries: number[] = [];
    other.exec('BEGIN IMMEDIATE');
    const { run } = connection;
    connection = {
      ...connection,
      run(text, parameters) {
        if (text === 'BEGIN IMMEDIATE') tries.push(performance.now());
        return run(text, parameters);
      },
    };
    turns = createTurns(connection, seededRandom(15));
    const writing = write();
    await vi.advanceTimersByTimeAsync(60);
    other.exec('COMMIT');
    await vi.advanceTimersByTimeAsync(1);
    await writing;
    const late = tries.filter((at) => at - (tries[0] ?? 0) > 20);
    expect(late.length).toBeGreaterThan(30);
  });
});
