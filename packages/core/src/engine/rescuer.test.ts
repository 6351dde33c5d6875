import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import type { Run } from '../model/run.ts';
import { processFacts } from '../spawner/process-table.ts';
import { systemRandom } from '../system/random.ts';
import { lockFolder } from './folder-lock.ts';
import { thisHost, type Host } from './host.ts';
import { benchOf, deadHost, type Bench, type BenchWorker, type Place } from './test-bench.ts';

const second = 1000;
const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];

describe.each(places)('a rescuer on %s', (_, place) => {
  const bench = benchOf(place);

  /** A worker on another machine with a run in its hands that is shown as running. */
  async function working(
    definition: Parameters<ReturnType<typeof bench>['run']>[0] = {},
    own: Parameters<Bench['worker']>[0] = { host: deadHost('host-b') },
  ) {
    const run = await bench().run(definition);
    const { worker, stage } = await bench().worker(own);
    await bench().done(worker.tick());
    await bench().until(() => stage.acts.length === 1);
    bench().clock.advance(300);
    await bench().until(async () => (await bench().read(run)).state === 'running');
    await bench().done(worker.beat());
    return { run, worker, stage };
  }
  const state = async (run: Run): Promise<string> => (await bench().read(run)).state;

  test.each([
    ['fail', { state: 'lost', reason: 'host_gone' }],
    ['rerun', { state: 'queued', attempt: 1 }],
  ] as const)(
    'settles the runs of a host that fell silent, after a minute and not before (%s)',
    async (onLost, expected) => {
      const { run } = await working({ onLost });
      const before = await bench().eventCount('worker.lost');
      const rescuer = bench().rescuer();
      await bench().pass(55 * second, 5 * second, () => rescuer.tick());
      expect(await bench().read(run)).toMatchObject({ state: 'running', suspect: true });
      await bench().pass(10 * second, 5 * second, () => rescuer.tick());
      expect(await bench().read(run)).toMatchObject(expected);
      expect(await bench().eventCount('worker.lost')).toBe(before + 1);
    },
  );

  describe('beside a worker of its own machine', () => {
    /** What a worker in a process of its own says of itself; `die` ends that process. */
    async function another(): Promise<{ readonly host: Host; readonly die: () => Promise<void> }> {
      const child = spawn('sleep', ['600'], { stdio: 'ignore' });
      await once(child, 'spawn');
      const [host, pid] = [thisHost(), child.pid ?? 0];
      const own = { ...host.process, startedAt: processFacts(pid)?.startedAt ?? null } as Host['process'];
      const die = async (): Promise<void> => {
        const exit = once(child, 'exit');
        child.kill('SIGKILL');
        await exit;
      };
      return { host: { ...host, pid, process: own }, die };
    }

    test('settles what it had as soon as a beat is missed and its process is gone, and not before (F6)', async () => {
      const { host, die } = await another();
      const before = await bench().eventCount('worker.lost');
      const { run } = await working({ onLost: 'rerun' }, { host });
      const rescuer = bench().rescuer(thisHost());
      await bench().pass(30 * second, 5 * second, () => rescuer.tick());
      expect(await bench().read(run)).toMatchObject({ state: 'running', suspect: true });
      await die();
      await bench().pass(5 * second, 5 * second, () => rescuer.tick());
      expect(await bench().read(run)).toMatchObject({ state: 'queued', attempt: 1 });
      expect(await bench().eventCount('worker.lost')).toBe(before + 1);
    });

    test('does so only with the lock of its folder, and by what its spawner wrote down', async () => {
      const { host, die } = await another();
      const folder = join(bench().folder, 'workers/own');
      const lock = lockFolder(folder, systemRandom);
      const { run } = await working({}, { host, folderId: lock?.id ?? null });
      await die();
      const journal = join(folder, 'journal');
      const rescuer = bench().rescuer(
        thisHost(),
        () => journal,
        () => lockFolder(folder, systemRandom),
      );
      await bench().pass(15 * second, 5 * second, () => rescuer.tick());
      expect(await state(run)).toBe('running');
      lock?.release();
      await bench().pass(5 * second, 5 * second, () => rescuer.tick());
      expect(await bench().read(run)).toMatchObject({ state: 'lost', reason: 'worker_died' });
      // And lets go of it: the next worker of that name gets its folder.
      const next = lockFolder(folder, systemRandom);
      expect(next).not.toBeNull();
      next?.release();
    });

    test.each([
      ['is another', (folder: string) => lockFolder(folder, systemRandom)],
      [
        'cannot be locked',
        () => {
          throw new Error('EACCES');
        },
      ],
    ])('leaves one whose folder %s to its silence', async (_, lockIn) => {
      const { host, die } = await another();
      const { run } = await working({}, { host, folderId: 'elsewhere' });
      await die();
      const folder = join(bench().folder, 'workers/other');
      const rescuer = bench().rescuer(
        thisHost(),
        () => null,
        () => lockIn(folder),
      );
      await bench().pass(55 * second, 5 * second, () => rescuer.tick());
      expect(await state(run)).toBe('running');
      await bench().pass(10 * second, 5 * second, () => rescuer.tick());
      expect(await bench().read(run)).toMatchObject({ state: 'lost', reason: 'worker_died' });
    });
  });

  test('gives back a claim that was never begun, and counts no attempt', async () => {
    const run = await bench().run();
    const { worker } = await bench().worker({ host: deadHost('host-b') });
    const holder = { workerId: worker.id, incarnation: worker.incarnation };
    await bench().store.dispatch.claim({ ...holder, free: 1, queues: ['default'], labels: [] });
    const rescuer = bench().rescuer();
    await bench().pass(65 * second, 5 * second, () => rescuer.tick());
    expect(await bench().read(run)).toMatchObject({ state: 'queued', attempt: 0 });
  });

  test('lets a worker that was stopped for 45 s and reports again go on, and its result counts (F8)', async () => {
    const { run, worker, stage } = await working();
    const rescuer = bench().rescuer();
    await bench().pass(45 * second, 5 * second, () => rescuer.tick());
    await bench().done(worker.beat());
    await bench().pass(45 * second, 5 * second, () => rescuer.tick());
    expect(await state(run)).toBe('running');
    stage.act(0).end();
    await bench().until(async () => (await state(run)) === 'succeeded');
  });

  test('waits twenty seconds after an outage, in which everybody may report (R-350)', async () => {
    const { run, worker } = await working();
    bench().clock.advance(600 * second);
    const rescuer = bench().rescuer();
    await bench().done(rescuer.tick());
    await bench().pass(15 * second, 5 * second, () => rescuer.tick());
    expect(await state(run)).toBe('running');
    await bench().done(worker.beat());
    await bench().pass(20 * second, 5 * second, () => rescuer.tick());
    expect(await state(run)).toBe('running');
  });

  test('begins that wait anew when it has not seen the database for a while', async () => {
    const { run } = await working();
    const rescuer = bench().rescuer();
    await bench().pass(30 * second, 5 * second, () => rescuer.tick());
    bench().clock.advance(60 * second);
    await bench().done(rescuer.tick());
    await bench().pass(15 * second, 5 * second, () => rescuer.tick());
    expect(await state(run)).toBe('running');
    await bench().pass(10 * second, 5 * second, () => rescuer.tick());
    expect(await state(run)).toBe('lost');
  });

  test('keeps its word when the worker reports a result after all: it is an event (F9, R-068)', async () => {
    const late = await bench().eventCount('run.late_result');
    const { run, worker, stage } = await working();
    stage.deaf = true;
    const rescuer = bench().rescuer();
    await bench().pass(65 * second, 5 * second, () => rescuer.tick());
    stage.act(0).end();
    await bench().done(worker.idle());
    expect(await bench().read(run)).toMatchObject({ state: 'lost', reason: 'host_gone' });
    expect(await bench().eventCount('run.late_result')).toBe(late + 1);
  });

  test('loses nobody because the clock was set ahead: they have twenty seconds to report (F32)', async () => {
    const { run, worker } = await working();
    const rescuer = bench().rescuer();
    const all = () => Promise.all([worker.beat(), rescuer.tick()]);
    await bench().pass(30 * second, 5 * second, all);
    bench().clock.set(bench().clock.wall() + 3600 * second);
    await bench().done(rescuer.tick());
    await bench().pass(4 * second, second, () => rescuer.tick());
    expect(await state(run)).toBe('running');
    await bench().done(worker.beat());
    await bench().pass(60 * second, 5 * second, all);
    expect(await state(run)).toBe('running');
    await bench().pass(70 * second, 5 * second, () => rescuer.tick());
    expect(await state(run)).toBe('lost');
    bench().clock.set(bench().clock.wall() - 3600 * second);
  });

  test('never settles twice what two of them see', async () => {
    const { run } = await working({ onLost: 'rerun' });
    const rescuers = [bench().rescuer(), bench().rescuer()];
    await bench().pass(65 * second, 5 * second, () => Promise.all(rescuers.map((each) => each.tick())));
    expect(await bench().read(run)).toMatchObject({ state: 'queued', attempt: 1 });
    expect(await bench().store.runs.attempts(run)).toHaveLength(1);
  });

  test('settles a lease whose worker signed off', async () => {
    const { run, worker } = await working();
    await bench().store.workers.end({ workerId: worker.id, incarnation: worker.incarnation });
    await bench().done(bench().rescuer().tick());
    expect(await state(run)).toBe('lost');
  });

  test('ends a run that outlived its time-out by far, and its worker stops it', async () => {
    const { run, worker, stage } = await working({ timeoutSeconds: 60, killGraceSeconds: 10 });
    const rescuer = bench().rescuer();
    const look = async (own: BenchWorker['worker']): Promise<void> => {
      await own.beat();
      await rescuer.tick();
    };
    await bench().pass(660 * second, 10 * second, () => look(worker));
    expect(await state(run)).toBe('running');
    await bench().pass(80 * second, 10 * second, () => look(worker));
    expect(await bench().read(run)).toMatchObject({ state: 'lost', reason: 'stuck' });
    await bench().done(worker.beat());
    expect(stage.act(0).context.signal.reason).toBe('fenced');
  });

  test('a clock that jumps ahead makes nobody silent (F32)', async () => {
    const { run, worker } = await working();
    const rescuer = bench().rescuer();
    const look = async (): Promise<void> => {
      await worker.beat();
      await rescuer.tick();
    };
    await bench().pass(30 * second, 5 * second, look);
    bench().clock.set(bench().clock.wall() + 3600 * second);
    await bench().done(rescuer.tick());
    expect(await state(run)).toBe('running');
    await bench().pass(30 * second, 5 * second, look);
    expect(await state(run)).toBe('running');
  });

  test('nor does one that went back before, however quietly (F32, F33)', async () => {
    const { run, worker } = await working();
    const rescuer = bench().rescuer();
    const all = () => Promise.all([worker.beat(), rescuer.tick()]);
    await bench().pass(30 * second, 5 * second, all);
    bench().clock.set(bench().clock.wall() - 600 * second);
    await bench().pass(10 * second, 5 * second, all);
    bench().clock.set(bench().clock.wall() + 600 * second);
    await bench().done(rescuer.tick());
    expect(await state(run)).toBe('running');
    await bench().pass(30 * second, 5 * second, all);
    expect(await state(run)).toBe('running');
  });

  test('a clock that jumps ahead makes no run stuck (F32)', async () => {
    const { run, worker } = await working({ timeoutSeconds: 60, killGraceSeconds: 10 });
    const rescuer = bench().rescuer();
    const look = async (): Promise<void> => {
      await worker.beat();
      await rescuer.tick();
    };
    await bench().pass(20 * second, 5 * second, look);
    bench().clock.set(bench().clock.wall() + 3600 * second);
    await bench().pass(80 * second, 5 * second, look);
    expect(await state(run)).toBe('running');
  });

  test('nor one that was begun between a clock set back and the same clock set ahead (F32, F33)', async () => {
    const rescuer = bench().rescuer();
    await bench().pass(20 * second, 5 * second, () => rescuer.tick());
    bench().clock.set(bench().clock.wall() - 1200 * second);
    const { run, worker } = await working({ timeoutSeconds: 60, killGraceSeconds: 10 });
    bench().clock.set(bench().clock.wall() + 3600 * second);
    await bench().pass(80 * second, 5 * second, async () => {
      await worker.beat();
      await rescuer.tick();
    });
    expect(await state(run)).toBe('running');
  });

  test('gives nobody up after a jump ahead whose trees the leash has not ended yet (F32, P5)', async () => {
    const { run, worker } = await working({ onLost: 'rerun' });
    const rescuer = bench().rescuer();
    await bench().pass(30 * second, 5 * second, () => Promise.all([worker.beat(), rescuer.tick()]));
    bench().clock.set(bench().clock.wall() + 3600 * second);
    await bench().pass(55 * second, 5 * second, () => rescuer.tick());
    expect(await state(run)).toBe('running');
    await bench().pass(15 * second, 5 * second, () => rescuer.tick());
    expect(await state(run)).toBe('queued');
  });

  describe('beside a start deadline', () => {
    const hour = 3600 * second;
    /** Passes for so long that each of them looks at what waits. */
    async function passes(rescuer: ReturnType<Bench['rescuer']>, ms: number): Promise<void> {
      await bench().pass(ms, 15 * second, () => rescuer.tick());
    }

    test('ends what no worker took in time, and leaves the rest (R-073)', async () => {
      const [limited, patient, free] = await Promise.all([
        bench().run({ startDeadlineSeconds: 60 }),
        bench().run({ startDeadlineSeconds: 3600 }),
        bench().run(),
      ]);
      const rescuer = bench().rescuer();
      await passes(rescuer, 45 * second);
      expect(await state(limited)).toBe('queued');
      await passes(rescuer, 30 * second);
      expect(await bench().read(limited)).toMatchObject({ state: 'cancelled', reason: 'expired', attempt: 0 });
      expect([await state(patient), await state(free)]).toEqual(['queued', 'queued']);
    });

    test('counts only the time that passed when the clock is set ahead (F32)', async () => {
      const run = await bench().run({ startDeadlineSeconds: 120 });
      const rescuer = bench().rescuer();
      await passes(rescuer, 30 * second);
      bench().clock.set(bench().clock.wall() + hour);
      await passes(rescuer, 60 * second);
      expect(await state(run)).toBe('queued');
      await passes(rescuer, 60 * second);
      expect(await bench().read(run)).toMatchObject({ state: 'cancelled', reason: 'expired' });
      bench().clock.set(bench().clock.wall() - hour);
    });

    test('does not touch what a worker has taken', async () => {
      const { run } = await working({ startDeadlineSeconds: 10 });
      const rescuer = bench().rescuer();
      await passes(rescuer, 30 * second);
      expect(await state(run)).toBe('running');
    });
  });
});
