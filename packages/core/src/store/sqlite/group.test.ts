import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { AsyncLocalStorage } from 'node:async_hooks';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import fc from 'fast-check';
import { freshDir } from '../../../../../test/setup/databases.ts';
import { JobTriggerError } from '../../errors.ts';
import { nextTurn } from '../../system/pause.ts';
import { realSystem } from '../../system/system.ts';
import { openConnection, type Connection } from './connection.ts';
import { createWriter, type Writer } from './writer.ts';

const folder = freshDir();
afterAll(() => folder.remove());
const system = realSystem();
const place = { check: () => undefined };
let files = 0;
let path: string;
let connection: Connection;
let outside: DatabaseSync;
let writer: Writer;
let said: string[] = [];

/** A connection that says when a transaction begins and ends, and fails where it is told to. */
function overheard(inner: Connection, failing: (text: string) => JobTriggerError | null = () => null): Connection {
  return {
    ...inner,
    run(text, parameters) {
      const failure = failing(text);
      if (failure !== null) throw failure;
      if (/^(BEGIN|COMMIT|ROLLBACK$)/.test(text)) said.push(text);
      return inner.run(text, parameters);
    },
  };
}

beforeEach(async () => {
  path = `${folder.path}/${(files += 1)}.db`;
  connection = await openConnection(path, system);
  connection.run('CREATE TABLE kept (name TEXT NOT NULL UNIQUE)', []);
  outside = new DatabaseSync(path);
  writer = createWriter(overheard(connection), system, { place });
  said = [];
});
afterEach(async () => {
  await writer.idle();
  outside.close();
  connection.close();
});

const keep = (name: string): void => void connection.run('INSERT INTO kept VALUES (?)', [name]);
const kept = (): string[] =>
  outside
    .prepare('SELECT name FROM kept ORDER BY name')
    .all()
    .map((row) => String(row['name']));
const commits = (): number => said.filter((text) => text === 'COMMIT').length;
const full = new JobTriggerError('no_space', 'There is no space left.');

describe('transactions that wait together', () => {
  // However slow the machine is, a group is not closed for its age.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
  afterEach(() => void vi.useRealTimers());

  test('share one commit, keep their order, and hear of it only when it is there', async () => {
    const heard: string[] = [];
    const names = Array.from({ length: 20 }, (_, index) => `n${String(index).padStart(2, '0')}`);
    await Promise.all(
      names.map(async (name) => {
        await writer.transaction(async ({ afterCommit }) => {
          afterCommit(() => heard.push(`after ${name}: ${kept().length}`));
          await Promise.resolve();
          keep(name);
          expect(kept()).toEqual([]);
        });
        expect(kept()).toEqual(names);
      }),
    );
    expect(heard).toEqual(names.map((name) => `after ${name}: 20`));
    expect(said).toEqual(['BEGIN IMMEDIATE', 'COMMIT']);
  });

  test('fail one by one: what failed leaves no trace, and the others are there', async () => {
    const heard: string[] = [];
    const put = (name: string, fails: boolean) =>
      writer.transaction(async ({ afterCommit }) => {
        afterCommit(() => heard.push(name));
        keep(name);
        keep(`${name} too`);
        await Promise.resolve();
        if (fails) throw new Error(`not ${name}`);
        return name;
      });
    const settled = await Promise.allSettled([put('a', false), put('b', true), put('a', false), put('c', false)]);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(settled[1]).toMatchObject({ reason: { message: 'not b' } });
    expect(kept()).toEqual(['a', 'a too', 'c', 'c too']);
    expect(heard).toEqual(['a', 'c']);
    expect(commits()).toBe(1);
  });

  test('all fail with a commit that failed, and none is there (C11)', async () => {
    const gone = new JobTriggerError('database_unreachable', 'The database file cannot be read or written.');
    const failing = createWriter(
      overheard(connection, (text) => (text === 'COMMIT' ? gone : null)),
      system,
      { place },
    );
    const heard: string[] = [];
    const put = (name: string, fails = false) =>
      failing.transaction(async ({ afterCommit }) => {
        afterCommit(() => heard.push(name));
        keep(name);
        if (fails) throw new Error('its own');
      });
    const settled = await Promise.allSettled([put('a'), put('b', true), put('c')]);
    for (const each of settled) expect(each).toMatchObject({ status: 'rejected', reason: gone });
    expect(heard).toEqual([]);
    expect(kept()).toEqual([]);
    expect(connection.database.isTransaction).toBe(false);
  });

  test('are done again one by one when the disk was full for all, and each is given room once (F17)', async () => {
    let fulls = 2;
    let rooms = 0;
    const narrow = createWriter(
      overheard(connection, (text) => (text === 'COMMIT' && (fulls -= 1) >= 0 ? full : null)),
      system,
      { place, makeRoom: () => (rooms += 1) > 0 },
    );
    const put = (name: string) => narrow.transaction(async () => keep(name));
    await Promise.all([put('a'), put('b'), put('c')]);
    expect(kept()).toEqual(['a', 'b', 'c']);
    expect(rooms).toBe(1);
  });

  test('outlive that SQLite takes back the whole transaction under one of them', async () => {
    let calls = 0;
    const taken = writer.transaction(async () => {
      calls += 1;
      keep('b');
      connection.database.exec('ROLLBACK');
      throw full;
    });
    const others = [writer.transaction(async () => keep('a')), taken, writer.transaction(async () => keep('c'))];
    const settled = await Promise.allSettled(others);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled'].with(1, 'rejected'));
    expect(kept()).toEqual(['a', 'c']);
    expect(calls).toBeGreaterThan(0);
  });

  test('do not wait for one that waits for something else: it is done again, alone', async () => {
    const gate = Promise.withResolvers<void>();
    let calls = 0;
    const refused: unknown[] = [];
    const first = writer.transaction(async () => keep('a'));
    const slow = writer.transaction(async ({ check }) => {
      calls += 1;
      keep('slow');
      await gate.promise;
      try {
        check();
      } catch (error) {
        refused.push(error);
      }
      return calls;
    });
    const last = writer.transaction(async () => keep('z'));
    await Promise.all([first, last]);
    expect(kept()).toEqual(['a', 'z']);
    gate.resolve();
    expect(await slow).toBe(2);
    expect(refused).toMatchObject([{ code: 'internal' }]);
    expect(kept()).toEqual(['a', 'slow', 'z']);
  });

  test('run in the asynchronous context of whoever asked', async () => {
    const whose = new AsyncLocalStorage<string>();
    const asked = ['a', 'b', 'c'].map((name) =>
      whose.run(name, () => writer.transaction(async () => Promise.resolve(whose.getStore()))),
    );
    expect(await Promise.all(asked)).toEqual(['a', 'b', 'c']);
  });

  test('let in what arrives while the one before commits, and work alone stands between groups', async () => {
    const order: string[] = [];
    const say = (name: string) => writer.transaction(async () => void order.push(name));
    await Promise.all([
      say('a'),
      say('b'),
      writer.alone(async () => {
        expect(connection.database.isTransaction).toBe(false);
        order.push('alone');
      }),
      say('c'),
      nextTurn().then(() => say('d')),
    ]);
    expect(order).toEqual(['a', 'b', 'alone', 'c', 'd']);
  });
});

test('whatever succeeds, fails, waits, or is asked meanwhile: exactly what was acknowledged is there', async () => {
  const kinds = fc.constantFrom('done', 'failed', 'waits', 'taken', 'full');
  const step = fc.record({ kind: kinds, turns: fc.integer({ min: 0, max: 2 }) });
  let round = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 12 }), async (steps) => {
      const prefix = `r${(round += 1)}-`;
      keep(`${prefix}there`);
      const asked = steps.map(async ({ kind, turns }, index) => {
        for (let turn = 0; turn < turns; turn += 1) await nextTurn();
        const name = `${prefix}${index}`;
        let filled = false;
        return writer.transaction(async ({ check }) => {
          keep(name);
          if (kind === 'waits') await nextTurn().then(nextTurn);
          check();
          keep(`${name}+`);
          if (kind === 'failed') throw new Error('no');
          if (kind === 'taken') keep(`${prefix}there`);
          if (kind === 'full' && !filled) {
            filled = true;
            connection.database.exec('ROLLBACK');
            throw full;
          }
          return name;
        });
      });
      const settled = await Promise.allSettled(asked);
      const acknowledged = settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
      expect(acknowledged.length).toBeGreaterThanOrEqual(
        steps.filter(({ kind }) => kind === 'done' || kind === 'waits').length,
      );
      const there = kept().filter((name) => name.startsWith(prefix) && name !== `${prefix}there`);
      expect(there.toSorted()).toEqual(acknowledged.flatMap((name) => [name, `${name}+`]).toSorted());
    }),
    { numRuns: 60 },
  );
});

/** Keeps many transactions at once in flight, and says the number of each once it is acknowledged. */
function busyProgram(file: string): string {
  const at = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href);
  return `
    const { openConnection } = await import(${at('./connection.ts')});
    const { createWriter } = await import(${at('./writer.ts')});
    const { realSystem } = await import(${at('../../system/system.ts')});
    const connection = await openConnection(${JSON.stringify(file)}, realSystem());
    const writer = createWriter(connection, realSystem(), { place: { check() {} } });
    const { count } = connection.database.prepare('SELECT count(*) AS count FROM kept').get();
    let next = count + 1000 * process.pid;
    const { writeSync } = await import('node:fs');
    const go = async () => {
      for (;;) {
        const mine = 'k' + (next += 1);
        try {
          await writer.transaction(async () => {
            connection.run('INSERT INTO kept VALUES (?)', [mine]);
            if (next % 7 === 0) throw new Error('no');
          });
          writeSync(1, mine + '\\n');
        } catch {}
      }
    };
    for (let each = 0; each < 16; each += 1) void go();`;
}

test('kills amid shared commits lose nothing that was acknowledged (F15)', async () => {
  const acknowledged = new Set<string>();
  for (let kill = 0; kill < 5; kill += 1) {
    const child = spawn(process.execPath, ['-C', 'jtp-source', '--input-type=module', '-e', busyProgram(path)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const ended = once(child, 'close');
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => {
      text += part;
      if (text.length > 2000 + 700 * kill) child.kill('SIGKILL');
    });
    await ended;
    for (const name of text.split('\n').slice(0, -1)) acknowledged.add(name);
    expect(new Set(kept()).isSupersetOf(acknowledged)).toBe(true);
  }
  expect(acknowledged.size).toBeGreaterThan(100);
  expect(outside.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
}, 60_000);
