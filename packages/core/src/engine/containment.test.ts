import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { notStarted, succeeded } from '../handlers/handler.ts';
import type { Run } from '../model/run.ts';
import type { Containment } from '../model/worker.ts';
import { treeProofs } from '../operations/tree-proofs.ts';
import { benchOf, type BenchWorker, type Place } from './test-bench.ts';
import { noSpawner, type Stage } from './test-stage.ts';

const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];
const measured = { outputBytes: 0, cutBytes: 0, memoryPeakMb: null, cpuSeconds: null, leftBehind: 0, ignoredTerm: 0 };

describe.each(places)('a worker on %s', (_, place) => {
  const bench = benchOf(place);
  const tick = (worker: BenchWorker['worker']): Promise<void> => bench().done(worker.tick());
  const started = (stage: Stage, count: number): Promise<boolean> => bench().until(() => stage.acts.length >= count);
  const ended = async ({ worker }: BenchWorker, run: Run): Promise<Run> => {
    await bench().done(worker.idle());
    return bench().read(run);
  };
  const at = (containment: Containment): Promise<BenchWorker> =>
    bench().worker({ startSpawner: () => Promise.resolve({ ...noSpawner, containment }) });

  test('tells the level that its spawner reached', async () => {
    const { worker } = await at('pidns');
    expect((await bench().store.workers.get(worker.id))?.containment).toBe('pidns');
  });

  test('takes a run that demands a level only when it reaches it, or a better one', async () => {
    const run = await bench().run({ containment: 'cgroup' });
    const low = await at('pgid');
    await tick(low.worker);
    expect([low.stage.acts.length, (await bench().read(run)).state]).toEqual([0, 'queued']);
    const high = await at('pidns');
    await tick(high.worker);
    await started(high.stage, 1);
    high.stage.act(0).end();
    expect((await ended(high, run)).state).toBe('succeeded');
  });

  test('tells of each attempt how many processes it had, and that all have ended', async () => {
    const run = await bench().run();
    const made = await bench().worker();
    await tick(made.worker);
    await started(made.stage, 1);
    made.stage.act(0).end(
      succeeded({
        exitCode: 0,
        measured: {
          ...measured,
          processes: 7,
          survivors: [],
          cpuSeconds: null,
          memoryPeakMb: null,
          leftBehind: 2,
          scriptHash: 'a1',
        },
      }),
    );
    await ended(made, run);
    const proofs = await treeProofs(bench().store, await bench().store.runs.attempts(run));
    expect(proofs).toEqual(
      new Map([
        [
          1,
          {
            processes: 7,
            survivors: [],
            cpuSeconds: null,
            memoryPeakMb: null,
            leftBehind: 2,
            ignoredTerm: 0,
            scriptHash: 'a1',
          },
        ],
      ]),
    );
  });

  test('keeps the slot of a run whose process cannot be ended until it is gone, and names it (F44)', async () => {
    const child = spawn('sleep', ['300'], { stdio: 'ignore' });
    const survivors = [{ pid: child.pid ?? 0, command: 'sleep 300' }];
    const [run] = [await bench().run(), await bench().run()];
    const made = await bench().worker({ slots: 1 });
    await tick(made.worker);
    await started(made.stage, 1);
    made.stage.act(0).end(succeeded({ exitCode: 0, measured: { ...measured, processes: 1, survivors } }));
    expect((await ended(made, run)).state).toBe('succeeded');
    const { items } = await bench().store.events.list({ kinds: ['run.leaked'] }, { limit: 5 });
    expect(items[0]).toMatchObject({ runId: run.id, data: { survivors } });
    await tick(made.worker);
    expect(made.stage.acts).toHaveLength(1);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await bench().until(async () => {
      await tick(made.worker);
      return made.stage.acts.length === 2;
    });
    made.stage.act(1).end();
    await bench().done(made.worker.idle());
  });

  test('that the machine refuses a process gives the run back, rests, and says that it is unhealthy (F52)', async () => {
    const run = await bench().run();
    const made = await bench().worker();
    const { worker, stage } = made;
    await tick(worker);
    await started(stage, 1);
    stage.act(0).end(notStarted('start_failed', 'spawn EAGAIN', { retryable: true }));
    expect(await ended(made, run)).toMatchObject({ state: 'queued', attempt: 0 });
    const health = async (): Promise<readonly string[]> => {
      const kinds = ['worker.unhealthy', 'worker.healthy'];
      const { items } = await bench().store.events.list({ kinds }, { limit: 5 });
      return items.map(({ kind, data }) => `${kind}: ${String(data['message'])}`);
    };
    await bench().until(async () => (await health()).length === 1);
    expect(await health()).toEqual(['worker.unhealthy: spawn EAGAIN']);
    await tick(worker);
    expect(stage.acts).toHaveLength(1);
    bench().clock.advance(6000);
    await bench().done(worker.beat());
    await tick(worker);
    await started(stage, 2);
    stage.act(1).end();
    expect(await ended(made, run)).toMatchObject({ state: 'succeeded', attempt: 1 });
    await bench().until(async () => (await health()).length === 2);
  });
});
