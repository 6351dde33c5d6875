import { copyFileSync, mkdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { freshDir } from '../../../../../test/setup/databases.ts';
import { realSystem } from '../../system/system.ts';
import { seededRandom } from '../../testing/seeded-random.ts';
import { openStore } from '../open-store.ts';
import type { Store } from '../store.ts';

/**
 * What a machine finds that lost power: copies of database and log as they were when a commit was acknowledged, with the
 * next commit there in part. That nothing is acknowledged before it was synced is the setting's, which has a test of its own.
 */

const system = realSystem();
const folder = freshDir('jtp-power');
const random = seededRandom(16);
let path: string;
let store: Store;
let count = 0;
let files = 0;
beforeEach(async () => {
  path = `${folder.path}/${(files += 1)}.db`;
  count = 0;
  store = await openStore({ url: `sqlite:${path}`, system, migrate: true });
});
afterEach(() => store.close());
afterAll(() => folder.remove());

async function commit(): Promise<void> {
  count += 1;
  await store.transaction(async ({ settings }) => {
    await settings.set('count', count);
    await settings.set('padding', 'x'.repeat(1 + Math.floor(random.next() * 20_000)));
    await settings.set('last', count);
  });
}

let copies = 0;
/** @returns the copied database */
function copied(logBytes = statSync(`${path}-wal`).size): string {
  const place = `${folder.path}/copy-${(copies += 1)}`;
  mkdirSync(place);
  copyFileSync(path, `${place}/copy.db`);
  copyFileSync(`${path}-wal`, `${place}/copy.db-wal`);
  truncateSync(`${place}/copy.db-wal`, logBytes);
  return `${place}/copy.db`;
}

function found(copy: string): { readonly check: string; readonly counts: readonly number[] } {
  const database = new DatabaseSync(copy);
  const check = String(database.prepare('PRAGMA integrity_check').get()?.['integrity_check']);
  const rows = database.prepare(`SELECT value FROM settings WHERE key IN ('count', 'last')`).all();
  database.close();
  return { check, counts: rows.map(({ value }) => Number(value)) };
}

test('after a loss of power every acknowledged commit is there, and none in part (F16)', async () => {
  await commit();
  for (let round = 0; round < 20; round += 1) {
    const [acknowledged, from] = [count, statSync(`${path}-wal`).size];
    await commit();
    const to = statSync(`${path}-wal`).size;
    expect(to).toBeGreaterThan(from);
    const cut = from + Math.floor(random.next() * (to - from));
    expect(found(copied(cut))).toEqual({ check: 'ok', counts: [acknowledged, acknowledged] });
    expect(found(copied())).toEqual({ check: 'ok', counts: [count, count] });
  }
});

test('after a loss of power right behind a checkpoint, too (F16)', async () => {
  for (let round = 0; round < 20; round += 1) {
    await commit();
    await store.maintain();
    expect(found(copied())).toEqual({ check: 'ok', counts: [count, count] });
  }
});

test('a database copied without its log is older, and whole (F16)', async () => {
  await commit();
  await store.maintain();
  const checkpointed = count;
  await commit();
  const copy = copied(0);
  expect(readFileSync(`${copy}-wal`)).toHaveLength(0);
  expect(found(copy)).toEqual({ check: 'ok', counts: [checkpointed, checkpointed] });
});
