import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freshDir } from '../../../../test/setup/databases.ts';
import { startPostgresPair, type PostgresPair } from '../../../../test/setup/postgres-pair.ts';
import { tcpProxy, type TcpProxy } from '../../../../test/setup/tcp-proxy.ts';
import { beginsDirectly, type Job } from '../model/job.ts';
import type { Run } from '../model/run.ts';
import { openStore } from '../store/open-store.ts';
import type { NewRun } from '../store/run-table.ts';
import type { Store } from '../store/store.ts';
import { pause } from '../system/pause.ts';
import { realSystem } from '../system/system.ts';
import * as factories from '../testing/factories.ts';
import type { Engine } from './engine.ts';
import { realEngine } from './test-real-engine.ts';

/** A primary that dies, and a standby that never got its last commits: real servers, real processes. */

const minute = 60_000;
const fencesPerLineage = 1_000_000;

let folder: ReturnType<typeof freshDir>;
let pair: PostgresPair;
let proxy: TcpProxy;
let store: Store;
let calls: number;
let engine: Engine | null;
let engineStore: Store | null;

beforeEach(async () => {
  [engine, engineStore, calls] = [null, null, 0];
  folder = freshDir('jtp-failover');
  pair = await startPostgresPair();
  proxy = await tcpProxy(pair.url);
  store = await openStore({ url: proxy.url, system: realSystem(), migrate: true });
  mkdirSync(join(folder.path, 'scripts'));
  // Each says that it started, and waits for a file when its name asks for it.
  const script = [
    '#!/bin/sh',
    `echo "$1" >> ${folder.path}/starts`,
    `while [ -n "$2" ] && [ ! -e ${folder.path}/$2 ]; do sleep 0.05; done`,
  ];
  writeFileSync(join(folder.path, 'scripts', 'tell.sh'), `${script.join('\n')}\n`, { mode: 0o755 });
}, 30_000);

afterEach(async () => {
  proxy.pass();
  await engine?.stop({ now: true }).catch(() => undefined);
  for (const each of [engineStore, store]) await each?.close().catch(() => undefined);
  await proxy.close();
  await pair.stop();
  folder.remove();
}, 30_000);

async function startEngine(): Promise<void> {
  const roles = { scheduler: true, worker: true };
  const functions = new Map([['call', () => void (calls += 1)]]);
  const made = await realEngine({ url: proxy.url, folder: folder.path, roles, functions });
  [engine, engineStore] = [made.engine, made.store];
  await made.engine.start();
}

async function until(holds: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const end = performance.now() + 30_000;
  while (performance.now() < end) {
    const held = await Promise.resolve(holds()).catch(() => false);
    if (held) return;
    await pause(50);
  }
  throw new Error(`still not: ${what}`);
}

/** A job whose script tells its name; with `waits` it ends when a file of that name is there. */
async function job(name: string, waits = '', onLost: 'fail' | 'rerun' = 'fail'): Promise<Job> {
  const config = { script: 'tell.sh', args: waits === '' ? [name] : [name, waits], env: {}, workingDir: null };
  return insert({ name, onLost, config });
}

async function insert(definition: object): Promise<Job> {
  const made = factories.job({ createdAt: await store.now(), definition });
  await store.jobs.insert(made, null);
  return made;
}

/** A run that may be claimed so much later. */
async function run(of: Job, inMs = 0, asked: Partial<NewRun> = {}): Promise<Pick<Run, 'id' | 'createdAt'>> {
  const now = await store.now();
  const [id = 0] = await store.ids(1);
  const { onLost, maxConcurrent: slots } = of.definition;
  const direct = beginsDirectly(of.definition);
  const facts = { id, jobId: of.id, createdAt: now, availableAt: now + inMs, slots, onLost, direct };
  const made = factories.newRun({ ...facts, ...asked });
  await store.runs.insert([made]);
  store.bell.ring('queue');
  return made;
}

/** Due so much later, and then after an hour. */
async function due(of: Job, inMs: number): Promise<number> {
  const at = (await store.now()) + inMs;
  const spec = { kind: 'interval', every: 1, unit: 'hours', start: at, timezone: 'UTC' } as const;
  const planned = { cursorAt: at - 1, planAt: at, nextDueAt: at };
  await store.schedules.insert([factories.schedule({ jobId: of.id, createdAt: at, spec, ...planned })]);
  store.bell.ring('plan');
  return at;
}

const starts = (name: string): number => {
  const path = join(folder.path, 'starts');
  return existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line === name).length
    : 0;
};
const stateOf = async (of: Pick<Run, 'id' | 'createdAt'>): Promise<string | undefined> =>
  (await store.runs.get(of))?.state;
const runsOf = async (of: Job): Promise<readonly Run[]> =>
  (await store.runs.list({ jobId: of.id }, { limit: 10 })).items;
const told = async (kind: string) => (await store.events.list({ kinds: [kind] }, { limit: 50 })).items;
const go = (name: string): void => writeFileSync(join(folder.path, name), '');

async function failOver(): Promise<void> {
  proxy.down();
  const url = await pair.failOver();
  proxy.redirect(url);
  proxy.pass();
}

const settled = async (): Promise<boolean> => {
  const { number, settledAt } = await store.lineage.look();
  return number === 2 && settledAt !== null;
};

test(
  'what a live worker started is written again after a failover that lost it, and nothing starts twice (C16) (F30)',
  async () => {
    await startEngine();
    const [ending, living, claimed, planned, ordinary] = [
      await job('ending', 'end'),
      await job('living', 'go'),
      await job('claimed'),
      await job('planned'),
      await job('ordinary'),
    ];
    // Nothing but the worker's memory tells of these: they have no process, and their claim is their intent.
    const called = await insert({ name: 'called', type: 'function', config: { name: 'call' }, maxConcurrent: null });
    const oneByOne = await insert({ name: 'one by one', type: 'function', config: { name: 'call' } });
    const endingRun = await run(ending);
    await until(async () => (await stateOf(endingRun)) === 'running', 'ending runs');
    const [livingRun, claimedRun] = [await run(living, 3000), await run(claimed, 3000)];
    const calledRuns: Pick<Run, 'id' | 'createdAt'>[] = [];
    for (let each = 0; each < 50; each += 1) calledRuns.push(await run(each % 2 === 0 ? called : oneByOne, 3000));
    const dueAt = await due(planned, 3000);
    await pair.cutReplication();

    // Its record is lost with its attempt, and the worker writes both.
    const asked = { parameters: { n: 7 }, note: 'by hand', requestedBy: 'mei', priority: 'high' } as const;
    const askedRun = await run(called, 0, asked);
    await until(async () => (await stateOf(askedRun)) === 'succeeded', 'asked succeeded');
    go('end');
    await until(async () => (await stateOf(endingRun)) === 'succeeded', 'ending succeeded');
    await until(async () => (await stateOf(livingRun)) === 'running', 'living runs');
    await until(async () => (await stateOf(claimedRun)) === 'succeeded', 'claimed succeeded');
    await until(async () => (await runsOf(planned))[0]?.state === 'succeeded', 'planned succeeded');
    const areCalled = async (): Promise<boolean> =>
      (await Promise.all(calledRuns.map(stateOf))).every((state) => state === 'succeeded');
    await until(areCalled, 'all functions called');
    const [plannedRun] = await runsOf(planned);
    await failOver();

    await until(settled, 'planning goes on');
    expect(await Promise.all([endingRun, claimedRun].map(stateOf))).toEqual(['succeeded', 'succeeded']);
    expect(await runsOf(planned)).toMatchObject([
      { id: plannedRun?.id, state: 'succeeded', dueAt, trigger: 'schedule' },
    ]);
    expect([await areCalled(), calls]).toEqual([true, 51]);
    expect(await store.runs.get(askedRun)).toMatchObject({ ...asked, state: 'succeeded', queue: 'default' });
    expect(await stateOf(livingRun)).toMatch(/starting|running/);
    go('go');
    await until(async () => (await stateOf(livingRun)) === 'succeeded', 'living succeeded');

    const after = await run(ordinary);
    await until(async () => (await stateOf(after)) === 'succeeded', 'an ordinary run after it');
    const [attempt] = await store.runs.attempts(after);
    expect(attempt?.fence).toBeGreaterThan(fencesPerLineage);
    expect(['ending', 'living', 'claimed', 'planned', 'ordinary'].map(starts)).toEqual([1, 1, 1, 1, 1]);
    expect(await Promise.all(['database.changed', 'database.compared', 'run.unreconciled'].map(told))).toMatchObject([
      [{ data: { number: 2 } }],
      [{ data: { silent: [] } }],
      [],
    ]);
    const recovered = (await store.events.list({ kinds: ['run.recovered'] }, { limit: 500 })).items;
    expect(new Set(recovered.map(({ runId }) => runId)).size).toBe(55);
  },
  minute,
);

test(
  'a worker that died with the primary tells from its journal what it started (C16) (F30)',
  async () => {
    const worker = fork(join(import.meta.dirname, 'test-crash-program.ts'), [proxy.url, folder.path]);
    const [done, cut, again] = [await job('done'), await job('cut', 'never'), await job('again', 'later', 'rerun')];
    const [doneRun, cutRun, againRun] = [await run(done, 2000), await run(cut, 2000), await run(again, 4000)];
    await pair.cutReplication();
    await until(async () => (await stateOf(doneRun)) === 'succeeded', 'done succeeded');
    await until(async () => (await stateOf(cutRun)) === 'running', 'cut runs');
    await until(async () => (await stateOf(againRun)) === 'running', 'again runs');
    const ended = once(worker, 'exit');
    worker.kill('SIGKILL');
    await ended;
    await failOver();

    await startEngine();
    await until(settled, 'planning goes on');
    expect(await Promise.all([doneRun, cutRun].map(stateOf))).toEqual(['succeeded', 'lost']);
    go('later');
    await until(async () => (await stateOf(againRun)) === 'succeeded', 'again succeeded');
    expect(['done', 'cut', 'again'].map(starts)).toEqual([1, 1, 2]);
    expect((await store.runs.attempts(againRun)).map(({ attempt, outcome }) => [attempt, outcome])).toEqual([
      [1, 'lost'],
      [2, 'succeeded'],
    ]);
  },
  minute,
);

test(
  'what cannot be written again is told with its ids (C16) (F30)',
  async () => {
    await startEngine();
    await pair.cutReplication();
    const made = await job('gone');
    const lost = await run(made);
    await until(async () => (await stateOf(lost)) === 'succeeded', 'gone succeeded');
    await failOver();
    await until(settled, 'planning goes on');
    expect(await told('run.unreconciled')).toMatchObject([
      { runId: lost.id, data: { why: 'record_gone', attempt: 1 } },
    ]);
    // No id that was given out in what is gone comes again.
    const [id = 0] = await store.ids(5000).then((ids) => ids.slice(-1));
    expect(id).toBeGreaterThan(2 ** 32);
  },
  minute,
);
