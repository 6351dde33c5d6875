import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { failed, notStarted } from '../handlers/handler.ts';
import type { JobDefinition, RetryPolicy } from '../model/job.ts';
import type { Run } from '../model/run.ts';
import { benchOf, type BenchWorker, type Place } from './test-bench.ts';
import { faultyStore } from './test-faults.ts';
import { noSpawner, Stage } from './test-stage.ts';
import type { WorkerSpawner } from './spawner-keeper.ts';
import type { Store } from '../store/store.ts';

const minute = 60_000;
const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];
const exitOne = failed({ category: 'script_error', message: 'Exit 1', detail: null }, { exitCode: 1 });
const retry: RetryPolicy = {
  maxAttempts: 3,
  strategy: 'exponential',
  delaySeconds: 60,
  maxDelaySeconds: null,
  maxTotalSeconds: null,
  delaysSeconds: null,
  on: { exitCodes: null, httpStatus: null, timedOut: true },
};

/** The second claim outside a transaction waits. */
function heldClaims(store: Store, hold: Promise<void>): Store {
  let claims = 0;
  const dispatch: Store['dispatch'] = {
    ...store.dispatch,
    claim: async (request) => {
      claims += 1;
      if (claims === 2) await hold;
      return store.dispatch.claim(request);
    },
  };
  return new Proxy(store, {
    get: (target, name) => (name === 'dispatch' ? dispatch : (Reflect.get(target, name, target) as unknown)),
  });
}

describe.each(places)('a worker on %s', (_, place) => {
  const bench = benchOf(place);
  const tick = (worker: BenchWorker['worker']): Promise<void> => bench().done(worker.tick());
  const beat = (worker: BenchWorker['worker']): Promise<void> => bench().done(worker.beat());
  const started = (stage: Stage, count: number): Promise<boolean> => bench().until(() => stage.acts.length >= count);
  const ended = (run: Pick<Run, 'id' | 'createdAt'>): Promise<Run> =>
    bench().until(async () => {
      const read = await bench().read(run);
      return read.endedAt === null ? null : read;
    });

  test('carries a run out to its end', async () => {
    const run = await bench().run();
    const { worker, stage } = await bench().worker();
    await tick(worker);
    await started(stage, 1);
    expect((await bench().read(run)).state).toBe('starting');
    bench().clock.advance(300);
    await bench().until(async () => (await bench().read(run)).state === 'running');
    stage.act(0).end();
    expect(await ended(run)).toMatchObject({ state: 'succeeded', attempt: 1, exitCode: 0 });
    await bench().done(worker.idle());
    expect(worker.busy).toBe(0);
  });

  test('claims nothing while its spawner is gone, not even with a result, and goes on with the next one', async () => {
    const [first, second] = [await bench().run(), await bench().run()];
    const gone = Promise.withResolvers<string | null>();
    const next = Promise.withResolvers<WorkerSpawner>();
    const spawners = [Promise.resolve({ ...noSpawner, exited: gone.promise }), next.promise];
    const startSpawner = () => spawners.shift() ?? Promise.reject(new Error('one spawner too many'));
    const { worker, stage } = await bench().worker({ slots: 1, startSpawner });
    await tick(worker);
    await started(stage, 1);
    gone.resolve('SIGKILL');
    await bench().until(() => spawners.length === 1);
    stage.act(0).end();
    expect(await ended(first)).toMatchObject({ state: 'succeeded' });
    await tick(worker);
    expect(await bench().read(second)).toMatchObject({ state: 'queued', attempt: 0 });
    bench().clock.advance(500);
    next.resolve(noSpawner);
    await bench().until(async () => {
      await tick(worker);
      return stage.acts.length === 2;
    });
    stage.act(1).end();
    expect(await ended(second)).toMatchObject({ state: 'succeeded', attempt: 1 });
  });

  test('reads a run again that the database left in the lurch before it was started', async () => {
    const run = await bench().run();
    const { store, struck } = faultyStore(bench().store, 'load', 'lose_answer');
    const { worker, stage } = await bench().worker({ store });
    await tick(worker);
    await struck;
    expect(stage.acts).toEqual([]);
    await bench().until(() => {
      bench().clock.advance(500);
      return Promise.resolve(stage.acts.length === 1);
    });
    stage.act(0).end();
    expect(await ended(run)).toMatchObject({ state: 'succeeded', attempt: 1 });
  });

  test('takes a function back whose claim was lost with its answer, and begins it once (F4)', async () => {
    const run = await bench().run({ type: 'function', config: { name: 'any' } });
    const { store } = faultyStore(bench().store, 'claim', 'lose_answer');
    const stage = new Stage();
    const { worker } = await bench().worker({ store, stage, handlers: new Map([['function', stage.handler]]) });
    await tick(worker).catch(() => undefined);
    expect(await bench().read(run)).toMatchObject({ state: 'starting', attempt: 1 });
    await beat(worker);
    await beat(worker);
    expect(await bench().read(run)).toMatchObject({ state: 'queued', attempt: 0 });
    await tick(worker);
    await started(stage, 1);
    stage.act(0).end();
    expect(await ended(run)).toMatchObject({ state: 'succeeded', attempt: 1 });
  });

  test('tries again after the delays of the job, and no sooner', async () => {
    const run = await bench().run({ retry });
    const { worker, stage } = await bench().worker();
    for (const [nth, delayMs] of [minute, 2 * minute].entries()) {
      await tick(worker);
      await started(stage, nth + 1);
      stage.act(nth).end(exitOne);
      const waiting = await bench().until(async () => {
        const read = await bench().read(run);
        return read.state === 'queued' ? read : null;
      });
      expect(waiting).toMatchObject({ attempt: nth + 1, reason: 'retry_delay' });
      const last = (await bench().store.runs.attempts(run)).at(-1);
      expect(Math.abs((waiting.availableAt ?? 0) - (last?.endedAt ?? 0) - delayMs)).toBeLessThan(1000);
      bench().clock.advance(delayMs - 5000);
      await beat(worker);
      await tick(worker);
      expect(stage.acts).toHaveLength(nth + 1);
      bench().clock.advance(5000);
      await beat(worker);
    }
    await tick(worker);
    await started(stage, 3);
    stage.act(2).end(exitOne);
    expect(await ended(run)).toMatchObject({ state: 'failed', attempt: 3, exitCode: 1 });
    expect((await bench().store.runs.attempts(run)).map(({ outcome }) => outcome)).toEqual([
      'failed',
      'failed',
      'failed',
    ]);
  });

  test('has no more in its hands than it has slots, and takes the next with the result before it', async () => {
    const runs: Run[] = [];
    for (let each = 0; each < 5; each += 1) runs.push(await bench().run());
    const { worker, stage } = await bench().worker({ slots: 2 });
    await tick(worker);
    for (let nth = 0; nth < 5; nth += 1) {
      await started(stage, Math.min(5, nth + 2));
      stage.act(nth).end();
    }
    for (const run of runs) expect((await ended(run)).state).toBe('succeeded');
    expect(stage.most).toBe(2);
  });

  test('fills all its slots with the result of one run', async () => {
    const first = await bench().run();
    const { worker, stage } = await bench().worker({ slots: 3 });
    await tick(worker);
    await started(stage, 1);
    for (let nth = 0; nth < 4; nth += 1) await bench().run();
    stage.act(0).end();
    await ended(first);
    await started(stage, 4);
    expect([worker.busy, stage.most]).toEqual([3, 3]);
    for (const nth of [1, 2, 3]) stage.act(nth).end();
    await started(stage, 5);
    stage.act(4).end();
    await bench().done(worker.idle());
  });

  test('has no more in its hands than slots when a result arrives while it is claiming', async () => {
    const runs = [await bench().run()];
    const hold = Promise.withResolvers<void>();
    const { worker, stage } = await bench().worker({
      slots: 2,
      store: heldClaims(bench().store, hold.promise),
    });
    await tick(worker);
    await started(stage, 1);
    for (let each = 0; each < 4; each += 1) runs.push(await bench().run());
    const claiming = worker.tick();
    stage.act(0).end();
    await started(stage, 2);
    hold.resolve();
    await bench().done(claiming);
    await bench().until(() => stage.live >= 2);
    for (let nth = 1; nth < 5; nth += 1) {
      await started(stage, nth + 1);
      stage.act(nth).end();
    }
    for (const run of runs) expect((await ended(run)).state).toBe('succeeded');
    expect(stage.most).toBe(2);
  });

  test('keeps to a limit of the job beside other workers', async () => {
    const { job } = await bench().job({ overlap: 'allow', maxConcurrent: 2 });
    const runs: Run[] = [];
    for (let each = 0; each < 6; each += 1) runs.push(await bench().runOf(job));
    const stage = new Stage();
    const workers = [await bench().worker({ stage }), await bench().worker({ stage })];
    for (let nth = 0; nth < 6; nth += 1) {
      await bench().until(async () => {
        await Promise.all(workers.map(({ worker }) => bench().done(worker.tick())));
        return stage.acts.length > nth;
      });
      stage.act(nth).end();
    }
    for (const run of runs) expect((await ended(run)).state).toBe('succeeded');
    expect(stage.most).toBeLessThanOrEqual(2);
  });

  /** A job due every minute, a scheduler, and one worker: each call lets a minute pass and looks at everything once. */
  async function minutes(definition: Partial<JobDefinition>) {
    const start = bench().clock.wall();
    const given = await bench().job(definition, [
      { kind: 'interval', every: 1, unit: 'minutes', start, timezone: 'UTC' },
    ]);
    const scheduler = bench().scheduler();
    const { worker, stage } = await bench().worker();
    const next = async (): Promise<void> => {
      bench().clock.advance(minute);
      await bench().done(scheduler.tick());
      await beat(worker);
      await tick(worker);
    };
    const states = async (): Promise<readonly string[]> =>
      (await bench().runs(given.job.id)).map(({ state, reason }) => (reason === null ? state : `${state} ${reason}`));
    return { given, stage, next, states };
  }

  test('under skip: an instant with a live run before it is skipped and names that run', async () => {
    const { given, stage, next, states } = await minutes({ overlap: 'skip' });
    await next();
    await started(stage, 1);
    await next();
    const [first] = await bench().runs(given.job.id);
    expect((await bench().ledger(given.job.id)).at(-1)).toMatchObject({ reason: 'overlap', causeRunId: first?.id });
    stage.act(0).end();
    await bench().until(async () => (await states())[0] === 'succeeded');
    await next();
    await started(stage, 2);
    expect(await bench().runs(given.job.id)).toHaveLength(2);
  });

  test('under queue_one: the newest waits, and the one that waited before is superseded', async () => {
    const { stage, next, states } = await minutes({ overlap: 'queue_one' });
    await next();
    await started(stage, 1);
    await next();
    await next();
    expect((await states()).slice(1)).toEqual(['cancelled superseded', 'queued overlap']);
    stage.act(0).end();
    await started(stage, 2);
    stage.act(1).end();
    await bench().until(async () => (await states()).at(-1) === 'succeeded');
    expect(stage.most).toBe(1);
  });

  test('under queue_all: all of them run, one after the other', async () => {
    const { stage, next, states } = await minutes({ overlap: 'queue_all' });
    await next();
    // A claim that has not begun when a minute passes is given back.
    await started(stage, 1);
    for (let each = 1; each < 3; each += 1) await next();
    for (let nth = 0; nth < 3; nth += 1) {
      await started(stage, nth + 1);
      stage.act(nth).end();
    }
    await bench().until(async () => (await states()).every((state) => state === 'succeeded'));
    expect([stage.acts.length, stage.most]).toEqual([3, 1]);
  });

  test('under allow: as many live as may, the next one waits', async () => {
    const { stage, next, states } = await minutes({ overlap: 'allow', maxConcurrent: 2 });
    // A claim that has not begun when a minute passes is given back.
    for (const begun of [1, 2, 2]) {
      await next();
      await started(stage, begun);
    }
    expect((await states())[2]).toBe('queued overlap');
    stage.act(0).end();
    await started(stage, 3);
    expect([stage.live, stage.most]).toEqual([2, 2]);
  });

  test('under replace: the live run is stopped, and the new one starts once it is gone', async () => {
    const { stage, next, states } = await minutes({ overlap: 'replace' });
    await next();
    await started(stage, 1);
    await next();
    await started(stage, 2);
    expect(await states()).toEqual(['cancelled replaced', 'starting']);
    expect(stage.most).toBe(1);
  });

  test('stops a run whose cancellation somebody asked for', async () => {
    const run = await bench().run({ onLost: 'rerun' });
    const { worker, stage } = await bench().worker();
    await tick(worker);
    await started(stage, 1);
    const stopping = await bench().eventCount('run.stopping');
    await bench().store.runs.requestCancel(run, { reason: 'cancel_requested', by: 'mei' });
    await beat(worker);
    expect(await ended(run)).toMatchObject({ state: 'cancelled', reason: 'cancel_requested' });
    await expect.poll(() => bench().eventCount('run.stopping')).toBe(stopping + 1);
  });

  test('does not start what has waited past its start deadline', async () => {
    const run = await bench().run({ startDeadlineSeconds: 60 });
    bench().clock.advance(61_000);
    const { worker, stage } = await bench().worker();
    await tick(worker);
    expect(await ended(run)).toMatchObject({ state: 'cancelled', reason: 'expired' });
    expect(stage.acts).toEqual([]);
  });

  test('gives back what the machine refused to start, rests, and uses up no attempt', async () => {
    const run = await bench().run();
    const { worker, stage } = await bench().worker();
    await tick(worker);
    await started(stage, 1);
    stage.act(0).end(notStarted('start_failed', 'EAGAIN', { retryable: true }));
    await bench().until(async () => (await bench().read(run)).state === 'queued');
    await tick(worker);
    expect(stage.acts).toHaveLength(1);
    bench().clock.advance(5100);
    await beat(worker);
    await tick(worker);
    await started(stage, 2);
    expect(stage.act(1).context.names.attempt).toBe(1);
  });

  test('changes nothing with a result whose lease is gone: it is an event', async () => {
    const late = await bench().eventCount('run.late_result');
    const run = await bench().run();
    const { worker, stage } = await bench().worker();
    await tick(worker);
    await started(stage, 1);
    const holder = { workerId: worker.id, incarnation: worker.incarnation };
    const [lease] = await bench().store.dispatch.leasesOf(holder);
    const nothing = { exitCode: null, signal: null, failure: null, result: null, retryAt: null } as const;
    await bench().store.dispatch.finish([
      { runId: run.id, fence: lease?.fence ?? 0, outcome: 'lost', state: 'lost', reason: 'host_gone', ...nothing },
    ]);
    stage.act(0).end();
    await bench().done(worker.idle());
    expect(await bench().read(run)).toMatchObject({ state: 'lost', reason: 'host_gone' });
    expect(await bench().eventCount('run.late_result')).toBe(late + 1);
    expect(await bench().store.runs.attempts(run)).toMatchObject([{ outcome: 'lost' }]);
  });

  test('that was declared dead stops what it carries out and registers again', async () => {
    const run = await bench().run();
    const { worker, stage } = await bench().worker();
    await tick(worker);
    await started(stage, 1);
    const { incarnation } = worker;
    await bench().store.workers.end({ workerId: worker.id, incarnation });
    await beat(worker);
    expect(stage.act(0).context.signal.reason).toBe('fenced');
    expect(worker.incarnation).not.toBe(incarnation);
    await bench().done(worker.idle());
    await bench().done(bench().rescuer().tick());
    expect((await bench().read(run)).state).toBe('lost');
    const next = await bench().run();
    await tick(worker);
    await started(stage, 2);
    stage.act(1).end();
    expect((await ended(next)).state).toBe('succeeded');
  });
});
