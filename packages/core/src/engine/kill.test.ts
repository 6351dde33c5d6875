import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { freshDir, freshPostgres } from '../../../../test/setup/databases.ts';
import type { JobDefinition } from '../model/job.ts';
import type { Run } from '../model/run.ts';
import type { Store } from '../store/store.ts';
import { childrenOf } from '../spawner/process-table.ts';
import { livingWith, token } from '../spawner/test-orders.ts';
import { pause } from '../system/pause.ts';
import * as factories from '../testing/factories.ts';
import type { Engine } from './engine.ts';
import { thisHost } from './host.ts';
import type { Place } from './test-bench.ts';
import { journalIn, realEngine, workerName } from './test-real-engine.ts';

/** Real processes under a worker that is killed without warning and started again. */

const program = join(import.meta.dirname, 'test-crash-program.ts');
const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];

async function until<T>(look: () => T | Promise<T>, what: string): Promise<NonNullable<T>> {
  for (const end = performance.now() + 15_000; performance.now() < end; await pause(20)) {
    const seen = await look();
    if (seen !== null && seen !== undefined && seen !== false) return seen;
  }
  throw new Error(`${what}: did not come within 15 s`);
}

const isAlive = (pid: number): boolean => thisHost().isAlive(pid);

const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');

describe.each(places)('a worker on %s that is killed', (_, place) => {
  const closing: (() => unknown)[] = [];
  /** What the job calls itself while it holds a lock, which is held by all of its tree: seen from outside, whatever its level. */
  const word = token();
  const holding = ['exec 9>>MARKS.lock', 'flock 9', 'echo held >> MARKS', `exec -a ${word} sleep 60`, ''];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  /** A waiting run of `script`, and a worker process that is about to find it. */
  async function given(script: string, definition: Partial<JobDefinition> = {}, call = 'nothing') {
    const folder = freshDir('jtp-kill');
    closing.push(() => folder.remove());
    mkdirSync(join(folder.path, 'scripts'));
    writeFileSync(join(folder.path, 'scripts', 'job.sh'), script.replaceAll('MARKS', join(folder.path, 'marks')));
    const fresh = place === null ? null : await place();
    if (fresh !== null) closing.push(() => fresh.drop());
    const url = fresh?.url ?? `sqlite:${folder.path}/jtp.db`;
    const successor: { readonly engine: Engine; readonly store: Store } = await realEngine({
      url,
      folder: folder.path,
    });
    const { store, engine } = successor;
    closing.push(async () => {
      await engine.stop({ now: true });
      await store.close();
    });
    const [jobId = 0, id = 0] = await store.ids(2);
    const createdAt = await store.now();
    const config = { script: 'job.sh', args: [], env: {}, workingDir: null };
    const job = factories.job({
      id: jobId,
      createdAt,
      definition: { config, ...definition } as Partial<JobDefinition>,
    });
    await store.jobs.insert(job, null);
    const { onLost } = job.definition;
    const run = factories.newRun({ id, jobId, createdAt, availableAt: createdAt, slots: 1, onLost });
    await store.runs.insert([run]);
    const child: ChildProcess = spawn(
      process.execPath,
      ['--conditions=jtp-source', '--max-old-space-size=100', program, url, folder.path, call],
      {
        stdio: ['ignore', 'ignore', call === 'hoard' ? 'ignore' : 'inherit'],
      },
    );
    closing.push(() => child.kill('SIGKILL'));
    const kill = async (): Promise<void> => {
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    };
    const ended = (): Promise<Run> =>
      until(async () => {
        const now = await store.runs.get({ id, createdAt });
        return now?.endedAt === null ? null : now;
      }, 'the end of the run');
    const marks = (): string[] => read(join(folder.path, 'marks')).split('\n').filter(Boolean);
    return { folder: folder.path, store, engine, run, child, kill, ended, marks };
  }

  test('while a process runs takes it along, and the run is lost within seconds of the next start (F4)', async () => {
    const { engine, kill, ended, marks } = await given(holding.join('\n'));
    await until(() => livingWith(word)[0], 'the process');
    expect(livingWith(word)).toHaveLength(1);
    await kill();
    const began = performance.now();
    await engine.start();
    expect(await ended()).toMatchObject({ state: 'lost', attempt: 1 });
    expect(performance.now() - began).toBeLessThan(5000);
    expect(livingWith(word)).toEqual([]);
    expect(marks()).toHaveLength(1);
  });

  test('while a process runs starts it again where that is wanted, and never beside the first (F4)', async () => {
    const { engine, kill, ended, marks } = await given(
      [
        'if [ "$JTP_ATTEMPT" = 2 ]; then',
        '  flock -n MARKS.lock true || echo overlap >> MARKS',
        '  echo again >> MARKS',
        '  exit 0',
        'fi',
        ...holding,
      ].join('\n'),
      { onLost: 'rerun' },
    );
    await until(() => livingWith(word)[0], 'the process');
    await kill();
    await engine.start();
    expect(await ended()).toMatchObject({ state: 'succeeded', attempt: 2 });
    expect(marks().slice(1)).toEqual(['again']);
  });

  test.each([
    ['rerun', { state: 'succeeded', attempt: 2 }, ['again']],
    ['fail', { state: 'lost', attempt: 1 }, []],
  ] as const)(
    'with its spawner standing still leaves a tree that is ended before anything follows (%s)',
    async (onLost, expected, after) => {
      const { engine, child, kill, ended, marks } = await given(
        [
          'if [ "$JTP_ATTEMPT" = 2 ]; then',
          '  flock -n MARKS.lock true || echo overlap >> MARKS',
          '  echo again >> MARKS',
          '  exit 0',
          'fi',
          ...holding,
        ].join('\n'),
        { onLost },
      );
      await until(() => livingWith(word)[0], 'the process');
      const [spawner = 0] = childrenOf(child.pid ?? 0);
      process.kill(spawner, 'SIGSTOP');
      await kill();
      expect([livingWith(word).length, isAlive(spawner)]).toEqual([1, true]);
      await engine.start();
      expect(livingWith(word)).toEqual([]);
      expect(await ended()).toMatchObject(expected);
      expect(marks().slice(1)).toEqual(after);
    },
  );

  test('no more, but stands still beyond the lease and the leash, has its tree ended before the next attempt (F9) (P5)', async () => {
    const { engine, child, ended, marks, store, run } = await given(
      [
        'if [ "$JTP_ATTEMPT" = 2 ]; then',
        '  flock -n MARKS.lock true || echo overlap >> MARKS',
        '  echo again >> MARKS',
        '  exit 0',
        'fi',
        ...holding,
      ].join('\n'),
      { onLost: 'rerun' },
    );
    await until(() => livingWith(word)[0], 'the process');
    await until(async () => (await store.runs.get(run))?.state === 'running', 'the run to be shown running');
    child.kill('SIGSTOP');
    await engine.start();
    await until(() => livingWith(word).length === 0, 'the end of the tree');
    expect(marks()).toEqual(['held']);
    expect(await ended()).toMatchObject({ attempt: 2, state: 'succeeded' });
    child.kill('SIGCONT');
    await until(async () => (await store.workers.byName(workerName))?.lostAt === null, 'the worker to register again');
    expect(await store.runs.get(run)).toMatchObject({ attempt: 2, state: 'succeeded' });
    expect(marks()).toEqual(['held', 'again']);
  });

  test('no more, but stands still with its spawner as on a host that is paused: the old tree ends when they wake (F10)', async () => {
    const { engine, child, ended, marks, store, run } = await given(
      [
        'if [ "$JTP_ATTEMPT" = 2 ]; then',
        '  flock -n MARKS.lock true || echo overlap >> MARKS',
        '  exit 0',
        'fi',
        ...holding,
      ].join('\n'),
      { onLost: 'rerun' },
    );
    await until(() => livingWith(word)[0], 'the process');
    await until(async () => (await store.runs.get(run))?.state === 'running', 'the run to be shown running');
    const [spawner = 0] = childrenOf(child.pid ?? 0);
    for (const pid of [spawner, child.pid ?? 0]) process.kill(pid, 'SIGSTOP');
    await engine.start();
    expect(await ended()).toMatchObject({ attempt: 2, state: 'succeeded' });
    expect([marks(), livingWith(word).length]).toEqual([['held', 'overlap'], 1]);
    const woken = performance.now();
    for (const pid of [spawner, child.pid ?? 0]) process.kill(pid, 'SIGCONT');
    await until(() => livingWith(word).length === 0, 'the end of the old tree');
    // 25 ms were measured; the rest is for a machine with other work.
    expect(performance.now() - woken).toBeLessThan(1000);
    await until(async () => (await store.workers.byName(workerName))?.lostAt === null, 'the worker to register again');
    expect(await store.runs.get(run)).toMatchObject({ attempt: 2, state: 'succeeded' });
  });

  test('by its own want of memory takes its tree along, as any other death (F51)', async () => {
    const { engine, child, ended, marks } = await given(holding.join('\n'), {}, 'hoard');
    await until(() => livingWith(word)[0], 'the process');
    const gone = once(child, 'exit');
    child.kill('SIGUSR2');
    const [code, signal] = (await gone) as [number | null, string | null];
    expect(signal ?? code).not.toBe(0);
    await engine.start();
    expect(await ended()).toMatchObject({ state: 'lost', reason: 'worker_died', attempt: 1 });
    expect([livingWith(word), marks()]).toEqual([[], ['held']]);
  });

  test('no more, but stands still for a while, goes on with a job that may be lost but not repeated (F8)', async () => {
    const { child, ended, marks } = await given('echo held >> MARKS\nsleep 5\necho done >> MARKS\n', {
      onLost: 'fail',
    });
    await until(() => marks()[0], 'the process');
    child.kill('SIGSTOP');
    await pause(4000);
    child.kill('SIGCONT');
    expect(await ended()).toMatchObject({ attempt: 1, state: 'succeeded' });
    expect(marks()).toEqual(['held', 'done']);
  });

  test('between the end of a process and its report finds the true result in the journal (F4)', async () => {
    const { folder, store, run, engine, kill, ended, marks } = await given(
      'echo once >> MARKS\nexit 3\n',
      {},
      'finish',
    );
    await until(() => read(journalIn(folder)).includes('"phase":"ended"'), 'the journal');
    await kill();
    expect((await store.runs.get(run))?.endedAt).toBeNull();
    await engine.start();
    expect(await ended()).toMatchObject({ state: 'failed', exitCode: 3, attempt: 1 });
    expect(marks()).toEqual(['once']);
  });
});
