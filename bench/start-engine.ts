/**
 * A real engine with a real spawner, in a process of its own so that its memory can be what a scenario asks for. Reads
 * orders from its parent, carries each out to the last record, and tells what it took.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as rest } from 'node:timers/promises';
import {
  createEngine,
  loadConfig,
  openStore,
  realSystem,
  type JobDefinition,
  type Run,
  type Store,
} from 'job-trigger-core';
import { factories } from 'job-trigger-core/testing';
import type { StartOrder, StartResult } from './starts.ts';

export interface EngineFacts {
  readonly folder: string;
  readonly slots: number;
  /** Resident memory of this process, at least. */
  readonly memoryMb: number;
  readonly containment: string;
  readonly script: { readonly name: string; readonly text: string };
}

const patienceMs = 120_000;

async function insert(store: Store, jobId: number, count: number): Promise<ReadonlySet<number>> {
  const ids = await store.ids(count);
  const at = await store.now();
  await store.transaction((tables) =>
    tables.runs.insert(ids.map((id) => factories.newRun({ id, createdAt: at, availableAt: at, jobId }))),
  );
  return new Set(ids);
}

async function isBusy(store: Store): Promise<boolean> {
  return (await store.runs.list({ states: ['queued', 'starting', 'running'] }, { limit: 1 })).items.length > 0;
}

/** @throws when a run was lost, came twice, did not succeed, or left no record of its process */
async function check(store: Store, ids: ReadonlySet<number>, isProcess: boolean): Promise<readonly Run[]> {
  const found: Run[] = [];
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<Store['runs']['list']>> = await store.runs.list({}, { limit: 500, after });
    found.push(...page.items.filter(({ id }) => ids.has(id)));
    after = found.length < ids.size ? page.next : null;
  } while (after !== null);
  const wrong = found.filter(
    (run) => run.state !== 'succeeded' || run.attempt !== 1 || (isProcess && run.exitCode !== 0),
  );
  if (found.length !== ids.size || wrong.length > 0)
    throw new Error(`${found.length} of ${ids.size} runs, ${wrong.length} of them wrong: ${JSON.stringify(wrong[0])}`);
  return found;
}

async function serve({ folder, slots, memoryMb, containment, script }: EngineFacts): Promise<void> {
  const missing = Math.max(0, memoryMb * 2 ** 20 - process.memoryUsage.rss());
  const weight = Buffer.alloc(memoryMb === 0 ? 0 : missing, 1);
  mkdirSync(join(folder, 'scripts'), { recursive: true });
  writeFileSync(join(folder, 'scripts', script.name), script.text);
  const config = loadConfig({
    file: null,
    env: {
      JOB_PORTAL_DATA_DIR: folder,
      JOB_PORTAL_WORKER_MAX_CONCURRENT: String(slots),
      JOB_PORTAL_WORKER_CONTAINMENT: containment,
      JOB_PORTAL_ALLOW_COMMAND: 'true',
    },
    flags: {},
    cwd: folder,
    readFile: () => '',
  });
  const system = realSystem();
  const store = await openStore({ url: `sqlite:${join(folder, 'portal.db')}`, system, migrate: true });
  const engine = await createEngine({
    store,
    system,
    config,
    roles: { scheduler: false, worker: true },
    name: 'starts',
    version: '0',
    hostEnv: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    functions: new Map([['small', (): number => [3, 1, 2].toReversed().length]]),
  });
  const open = { overlap: 'allow', maxConcurrent: null } as const;
  const definitions: Record<StartOrder['what'], Partial<JobDefinition>> = {
    command: { ...open, type: 'command', config: { argv: ['/bin/true'], env: {}, workingDir: null } },
    script: { ...open, type: 'script', config: { script: script.name, args: [], env: {}, workingDir: null } },
    function: { ...open, type: 'function', config: { name: 'small' } },
  };
  const jobs = new Map<string, number>();
  for (const [what, definition] of Object.entries(definitions)) {
    const [id = 0] = await store.ids(1);
    await store.transaction((tables) =>
      tables.jobs.insert(factories.job({ id, createdAt: Date.now(), definition: { ...definition, name: what } }), null),
    );
    jobs.set(what, id);
  }
  await engine.start();
  const delay = monitorEventLoopDelay({ resolution: 1 });

  async function carryOut({ what, count }: StartOrder): Promise<StartResult> {
    const cpu = process.cpuUsage();
    const asked = performance.now();
    const ids = await insert(store, jobs.get(what) ?? 0, count);
    delay.reset();
    delay.enable();
    const begun = performance.now();
    store.bell.ring('queue');
    do await rest(10);
    while ((await isBusy(store)) && performance.now() < asked + patienceMs);
    const seconds = (performance.now() - begun) / 1000;
    delay.disable();
    const used = process.cpuUsage(cpu);
    const runs = await check(store, ids, what !== 'function');
    return {
      perSecond: count / seconds,
      tookMs: runs.map(({ startedAt, endedAt }) => (endedAt ?? 0) - (startedAt ?? 0)),
      stallMs: delay.max / 1e6,
      cpuMsPerRun: (used.user + used.system) / 1000 / count,
      memoryMb: (weight.length >= 0 ? process.memoryUsage.rss() : 0) / 2 ** 20,
    };
  }

  process.on('message', (order: StartOrder) => {
    void carryOut(order).then(
      (result) => process.send?.(result),
      (error: unknown) => process.send?.({ failed: String(error) }),
    );
  });
  process.on('disconnect', () => {
    void engine
      .stop({ now: true })
      .then(() => store.close())
      .then(() => process.exit(0));
  });
  process.send?.('ready');
}

await serve(JSON.parse(process.argv[2] ?? '{}') as EngineFacts);
