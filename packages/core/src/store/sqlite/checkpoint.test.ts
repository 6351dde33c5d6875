import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, expect, test } from 'vitest';
import { freshDir } from '../../../../../test/setup/databases.ts';
import { realSystem } from '../../system/system.ts';
import { seededRandom } from '../../testing/seeded-random.ts';
import { openStore } from '../open-store.ts';

const folder = freshDir();
afterAll(() => folder.remove());
const kills = 15;

/** Commits and checkpoints without a pause, and says each number once it is acknowledged. */
function writerOf(path: string): string {
  return `
    const { openStore } = await import(${JSON.stringify(new URL('../open-store.ts', import.meta.url).href)});
    const { realSystem } = await import(${JSON.stringify(new URL('../../system/system.ts', import.meta.url).href)});
    const store = await openStore({ url: ${JSON.stringify(`sqlite:${path}`)}, system: realSystem() });
    let count = (await store.settings.get('count')) ?? 0;
    for (;;) {
      await store.transaction(async ({ settings }) => {
        await settings.set('count', count + 1);
        await settings.set('padding', 'x'.repeat(20000) + count);
      });
      count += 1;
      process.stdout.write(count + '\\n');
      await store.maintain();
    }`;
}

test(`${kills} kills while it commits and checkpoints lose no acknowledged commit and damage nothing (F15)`, async () => {
  const path = `${folder.path}/killed.db`;
  const random = seededRandom(15);
  await (await openStore({ url: `sqlite:${path}`, system: realSystem(), migrate: true })).close();
  let acknowledged = 0;
  for (let kill = 0; kill < kills; kill += 1) {
    const child = spawn(process.execPath, ['-C', 'jtp-source', '--input-type=module', '-e', writerOf(path)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'exit');
    let left = 2 + Math.floor(random.next() * 8);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      const said = text.split('\n').slice(0, -1);
      acknowledged = Math.max(acknowledged, ...said.map(Number));
      left -= said.length;
      if (left <= 0) child.kill('SIGKILL');
    });
    await ended;
    const database = new DatabaseSync(path);
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
    const row = database.prepare(`SELECT value FROM settings WHERE key = 'count'`).get();
    database.close();
    expect(Number(row?.['value'])).toBeGreaterThanOrEqual(acknowledged);
  }
}, 60_000);

test('a page that changes in many commits is copied into the file once in 16 MB of log, which grows no further', async () => {
  const path = `${folder.path}/busy.db`;
  const store = await openStore({ url: `sqlite:${path}`, system: realSystem(), migrate: true });
  const logSizes: number[] = [];
  for (let count = 0; count < 30; count += 1) {
    await store.transaction(({ settings }) =>
      settings.set('padding', String.fromCodePoint(97 + (count % 26)).repeat(1_000_000)),
    );
    logSizes.push(statSync(`${path}-wal`).size);
  }
  await store.close();
  const megabyte = 2 ** 20;
  expect(Math.max(...logSizes)).toBeGreaterThan(14 * megabyte);
  expect(Math.max(...logSizes)).toBeLessThan(20 * megabyte);
});
