import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { toUuid } from '../model/id.ts';
import type { Run } from '../model/run.ts';
import { benchOf, deadHost, type BenchWorker, type Place } from './test-bench.ts';
import { faultyStore, type Fault, type FaultyStore } from './test-faults.ts';

/** The crash points of the contract, one by one: what is found after each, and what becomes of it. */

const second = 1000;
const minute = 60 * second;
const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];
let names = 0;

describe.each(places)('on %s', (_, place) => {
  const bench = benchOf(place);
  const journalOf = (name: string): string => join(bench().folder, name, 'journal.jsonl');

  interface Crashing extends BenchWorker, FaultyStore {
    readonly name: string;
    /** The next process of the same name: it takes over. */
    successor(): Promise<BenchWorker>;
  }

  /** A worker on a store that fails at `on`. Its process is dead when the fault says so. */
  async function worker(on: string, fault: Fault, slots = 4): Promise<Crashing> {
    const name = `crashing-${(names += 1)}`;
    const faulty = faultyStore(bench().store, on, fault);
    const journalPath = journalOf(name);
    const made = await bench().worker({ name, store: faulty.store, journalPath, slots });
    return { ...made, ...faulty, name, successor: () => bench().worker({ name, journalPath }) };
  }

  async function runUntilStarted({ worker: own, stage }: BenchWorker, count = 1): Promise<void> {
    void own.tick();
    await bench().until(() => stage.acts.length >= count);
  }

  async function shownRunning(run: Run): Promise<void> {
    bench().clock.advance(300);
    await bench().until(async () => (await bench().read(run)).state === 'running');
  }

  function write(name: string, run: Run, entry: object): void {
    const facts = { runId: toUuid(run), attempt: 1, fence: 1, at: bench().clock.wall() };
    mkdirSync(dirname(journalOf(name)), { recursive: true });
    writeFileSync(journalOf(name), `${JSON.stringify({ ...facts, ...entry })}\n`, { flag: 'a' });
  }
  const endedBy = (exitCode: number | null, more: object = {}): object => ({
    phase: 'ended',
    exitCode,
    signal: null,
    timedOut: false,
    stopped: null,
    survivors: [],
    stderrTail: 'said at last\n',
    ...more,
  });

  const hourly = () =>
    ({ kind: 'interval', every: 1, unit: 'minutes', start: bench().clock.wall(), timezone: 'UTC' }) as const;

  test('C1: a scheduler that dies before its commit leaves the work to the next tick (F1)', async () => {
    const { job } = await bench().job({}, [hourly()]);
    const { store, struck } = faultyStore(bench().store, 'advance', 'die_before');
    bench().clock.advance(minute);
    void bench().scheduler({ store }).tick();
    await struck;
    expect([await bench().runs(job.id), await bench().ledger(job.id)]).toEqual([[], []]);
    await bench().scheduler().tick();
    expect(await bench().runs(job.id)).toHaveLength(1);
  });

  test('C2: a run planned by a scheduler that died before it rang is found by the next poll (F1)', async () => {
    const { job } = await bench().job({}, [hourly()]);
    const { store, struck } = faultyStore(bench().store, 'advance', 'die_after');
    bench().clock.advance(minute);
    void bench().scheduler({ store }).tick();
    await struck;
    await bench().scheduler().tick();
    expect(await bench().runs(job.id)).toHaveLength(1);
    await runUntilStarted(await bench().worker());
  });

  test('C3: of two schedulers at the same instant one writes (F1)', async () => {
    const { job } = await bench().job({}, [hourly()]);
    const others = [bench().scheduler({ store: await bench().another() }), bench().scheduler()];
    bench().clock.advance(minute);
    await Promise.all(others.map((scheduler) => scheduler.tick()));
    expect(await bench().runs(job.id)).toHaveLength(1);
    expect(await bench().ledger(job.id)).toHaveLength(1);
  });

  test('C4: a worker that dies before its claim leaves the run to another (F4)', async () => {
    const run = await bench().run();
    const dying = await worker('claim', 'die_before');
    void dying.worker.tick();
    await dying.struck;
    expect((await bench().read(run)).state).toBe('queued');
    await runUntilStarted(await bench().worker());
  });

  test.each(['fail', 'rerun'] as const)(
    'C5: a claim without an intent is given back, and no attempt is counted (%s) (F4)',
    async (onLost) => {
      const run = await bench().run({ onLost });
      const dying = await worker('claim', 'die_after');
      void dying.worker.tick();
      await dying.struck;
      expect((await bench().read(run)).state).toBe('starting');
      const next = await dying.successor();
      expect(await bench().read(run)).toMatchObject({ state: 'queued', attempt: 0 });
      await runUntilStarted(next);
      expect(next.stage.act(0).context.names).toMatchObject({ attempt: 1, fence: 2 });
    },
  );

  test('C6: after an intent whose answer was lost the phase is read, and the run starts once (F4)', async () => {
    const run = await bench().run();
    const alive = await worker('intend', 'lose_answer');
    await runUntilStarted(alive);
    alive.stage.act(0).end();
    await bench().done(alive.worker.idle());
    expect(alive.stage.acts).toHaveLength(1);
    expect(await bench().read(run)).toMatchObject({ state: 'succeeded', attempt: 1 });
  });

  test('C6: an intent whose answer was lost is taken back when the lease has run out meanwhile (F4)', async () => {
    const run = await bench().run();
    const alive = await worker('intend', 'lose_answer');
    void alive.worker.tick();
    await alive.struck;
    bench().clock.advance(20_000);
    await bench().until(async () => (await bench().read(run)).state === 'queued');
    expect(alive.stage.acts).toEqual([]);
    await bench().done(alive.worker.beat());
    await runUntilStarted(alive);
    expect(alive.stage.act(0).context.names.attempt).toBe(1);
  });

  test.each([
    ['fail', 'after the intent and before a process', null, { state: 'lost', reason: 'start_unknown' }],
    ['fail', 'with a process that nobody knew', { phase: 'started', pid: 1 }, { state: 'lost', reason: 'worker_died' }],
    ['rerun', 'after the intent and before a process', null, { state: 'queued', attempt: 1 }],
    ['rerun', 'with a process that nobody knew', { phase: 'started', pid: 1 }, { state: 'queued', attempt: 1 }],
  ] as const)('C7 and C8, %s: a worker that dies %s (F4)', async (onLost, __, entry, expected) => {
    const run = await bench().run({ onLost });
    const dying = await worker('intend', 'die_after');
    void dying.worker.tick();
    await dying.struck;
    if (entry !== null) write(dying.name, run, entry);
    const next = await dying.successor();
    expect(await bench().read(run)).toMatchObject(expected);
    if (onLost === 'fail') return;
    await runUntilStarted(next);
    expect(next.stage.act(0).context.names.attempt).toBe(2);
  });

  test.each([
    ['fail', { state: 'lost', reason: 'worker_died', attempt: 1 }],
    ['rerun', { state: 'queued', attempt: 1 }],
  ] as const)('C9, %s: a worker that dies while a run is running (F4)', async (onLost, expected) => {
    const run = await bench().run({ onLost });
    const dying = await worker('nothing', 'die_after');
    await runUntilStarted(dying);
    await shownRunning(run);
    dying.die();
    await dying.successor();
    expect(await bench().read(run)).toMatchObject(expected);
    expect(await bench().store.runs.attempts(run)).toMatchObject([{ outcome: 'lost', reason: 'worker_died' }]);
  });

  test('C9: a run that loses every worker is set aside after as many losses as are allowed (F59)', async () => {
    const aside = await bench().eventCount('run.set_aside');
    const run = await bench().run({ onLost: 'rerun' });
    for (let loss = 1; loss <= 3; loss += 1) {
      const dying = await worker('nothing', 'die_after');
      await runUntilStarted(dying);
      await shownRunning(run);
      dying.die();
      await dying.successor();
      expect((await bench().read(run)).state).toBe(loss < 3 ? 'queued' : 'lost');
    }
    expect(await bench().store.runs.attempts(run)).toHaveLength(3);
    expect(await bench().eventCount('run.set_aside')).toBe(aside + 1);
  });

  const exitThree = endedBy(3);
  test.each([
    ['a success', endedBy(0), 'fail', { state: 'succeeded', exitCode: 0 }],
    ['a failure', exitThree, 'rerun', { state: 'failed', exitCode: 3, failure: { detail: 'said at last' } }],
    ['a signal', endedBy(null, { signal: 'SIGSEGV' }), 'fail', { state: 'failed', signal: 'SIGSEGV' }],
    ['a time-out', endedBy(null, { timedOut: true }), 'fail', { state: 'timed_out' }],
    ['a cancellation', endedBy(null, { stopped: 'cancelled' }), 'rerun', { state: 'cancelled' }],
    [
      'the end of its worker',
      endedBy(null, { stopped: 'worker_gone' }),
      'fail',
      { state: 'lost', reason: 'worker_died' },
    ],
    [
      'a refused start',
      { phase: 'not_started', code: 'ENOENT', message: 'none', retryable: false },
      'fail',
      { state: 'failed' },
    ],
    ['nothing', null, 'fail', { state: 'lost' }],
    ['nothing', null, 'rerun', { state: 'queued' }],
  ] as const)('C10: where the journal tells of %s, that is the result (F4)', async (__, entry, onLost, expected) => {
    const run = await bench().run({ onLost });
    const dying = await worker('finish', 'die_before');
    await runUntilStarted(dying);
    write(dying.name, run, { phase: 'started', pid: 1 });
    dying.stage.act(0).end();
    await bench().done(dying.struck);
    if (entry !== null) write(dying.name, run, entry);
    await dying.successor();
    expect(await bench().read(run)).toMatchObject(expected);
  });

  test('C11: a result whose answer was lost counts once, and is no late result (F4)', async () => {
    const late = await bench().eventCount('run.late_result');
    const run = await bench().run();
    const alive = await worker('finish', 'lose_answer');
    await runUntilStarted(alive);
    alive.stage.act(0).end();
    await bench().done(alive.worker.idle());
    expect((await bench().read(run)).state).toBe('succeeded');
    expect(await bench().store.runs.attempts(run)).toHaveLength(1);
    expect(await bench().eventCount('run.late_result')).toBe(late);
  });

  test.each([
    ['lose_answer', 'the answer to its commit was lost (C11)'],
    ['die_after', 'the worker died after it (C12)'],
    ['die_before', 'the worker died before it, and its successor settled it (C10)'],
  ] as const)('counters say what the rows say (R-157): %s, %s', async (fault, _why) => {
    const before = await bench().store.upkeep.totals();
    const run = await bench().run();
    const dying = await worker('finish', fault);
    await runUntilStarted(dying);
    dying.stage.act(0).end();
    if (fault === 'lose_answer') await bench().done(dying.worker.idle());
    else {
      await bench().done(dying.struck);
      await dying.successor();
    }
    const attempts = await bench().store.runs.attempts(run);
    const after = await bench().store.upkeep.totals();
    expect(after.executed - before.executed).toBe(attempts.length);
    expect(after.succeeded - before.succeeded).toBe(attempts.filter(({ outcome }) => outcome === 'succeeded').length);
    expect(after.failed - before.failed).toBe(attempts.filter(({ outcome }) => outcome !== 'succeeded').length);
  });

  test('C12: a worker that dies right after its result has left the event that is told later, once', async () => {
    const run = await bench().run();
    const dying = await worker('finish', 'die_after');
    await runUntilStarted(dying);
    dying.stage.act(0).end();
    await bench().done(dying.struck);
    await dying.successor();
    const { items } = await bench().store.events.list({ kinds: ['run.succeeded'] }, { limit: 500 });
    expect(items.filter(({ runId }) => runId === run.id)).toHaveLength(1);
    expect(await bench().store.runs.attempts(run)).toHaveLength(1);
  });

  test('C14: a host that is gone is suspect within 20 s, and lost within 65 (F6)', async () => {
    const run = await bench().run();
    const gone = await bench().worker({ host: deadHost('host-b') });
    await runUntilStarted(gone);
    await shownRunning(run);
    const rescuer = bench().rescuer();
    await bench().pass(20 * second, 5 * second, () => rescuer.tick());
    expect(await bench().read(run)).toMatchObject({ state: 'running', suspect: true });
    await bench().pass(44 * second, second, () => rescuer.tick());
    expect(await bench().read(run)).toMatchObject({ state: 'lost', reason: 'host_gone' });
  });

  test.each(['fail', 'rerun'] as const)(
    'C18: a worker that stops gives back what it has not begun (%s) (F54)',
    async (onLost) => {
      const run = await bench().run({ onLost });
      const told = Promise.withResolvers<void>();
      const stopping = await worker('intend', told.promise);
      void stopping.worker.tick();
      await stopping.struck;
      const stop = stopping.worker.stop();
      await bench().until(async () => (await bench().read(run)).state === 'queued');
      told.resolve();
      await bench().done(stop);
      expect(stopping.stage.acts).toEqual([]);
      expect(await bench().read(run)).toMatchObject({ state: 'queued', attempt: 0 });
      await runUntilStarted(await bench().worker());
    },
  );

  test('C11: a claim that was lost with that answer is given back by the second heartbeat (F4)', async () => {
    const run = await bench().run();
    const alive = await worker('finish', 'lose_answer', 1);
    await runUntilStarted(alive);
    const next = await bench().run();
    alive.stage.act(0).end();
    await bench().until(async () => (await bench().read(run)).state === 'succeeded' && alive.worker.busy === 0);
    expect((await bench().read(next)).state).toBe('starting');
    await bench().done(alive.worker.beat());
    await bench().done(alive.worker.beat());
    await runUntilStarted(alive, 2);
    expect(alive.stage.act(1).context.names).toMatchObject({ attempt: 1, fence: 2 });
  });
});
