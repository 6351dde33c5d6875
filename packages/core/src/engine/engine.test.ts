import { expect, test } from 'vitest';
import { succeeded, type Handler } from '../handlers/handler.ts';
import { defaultInterpreters } from '../handlers/interpreter.ts';
import { defaultScriptRules } from '../handlers/script-file.ts';
import { Engine, type EngineOptions } from './engine.ts';
import type { WorkerSpawner } from './spawner-keeper.ts';
import { benchOf, deadHost } from './test-bench.ts';
import { noSpawner } from './test-stage.ts';

const bench = benchOf(null);
const done: Handler = { type: 'script', run: () => Promise.resolve(succeeded({ exitCode: 0 })) };
function engine(startSpawner: EngineOptions['startSpawner']): Engine {
  const { store, system, settings, folder } = bench();
  return new Engine({
    store,
    system,
    settings,
    roles: { scheduler: true, worker: true },
    dataDir: folder,
    name: 'all-in-one',
    version: '0.1.0',
    handlers: new Map([['script', done]]),
    handlerSettings: {
      scriptsDir: folder,
      scripts: defaultScriptRules,
      interpreters: defaultInterpreters(process.execPath),
      allowCommand: false,
      outgoingAllow: [],
      outputLimitBytes: 1000,
      hostEnv: {},
    },
    startSpawner,
    journalPath: () => null,
    host: deadHost(),
  });
}

const hourly = { kind: 'hourly', minute: 0, timezone: 'UTC' } as const;

test('one pass plans what is due and carries out what waits', async () => {
  const { job } = await bench().job({}, [hourly]);
  bench().clock.advance(3_600_000);
  await bench().done(engine(() => Promise.resolve(noSpawner)).once());
  expect(await bench().runs(job.id)).toMatchObject([{ state: 'succeeded', trigger: 'schedule' }]);
});

test('planning does not wait for the worker to come up', async () => {
  const up = Promise.withResolvers<WorkerSpawner>();
  const { job } = await bench().job({}, [hourly]);
  bench().clock.advance(3_600_000);
  const started = engine(() => up.promise);
  const starting = started.start();
  await bench().until(async () => (await bench().runs(job.id)).length === 1);
  up.resolve(noSpawner);
  await bench().done(starting);
  await bench().until(async () => (await bench().runs(job.id))[0]?.state === 'succeeded');
  await bench().done(started.stop());
});

test('an engine whose worker does not come up runs nothing and has signed off', async () => {
  const failing = engine(() => Promise.reject(new Error('no spawner')));
  await expect(bench().done(failing.start())).rejects.toThrow('no spawner');
  expect((await bench().store.workers.byName('all-in-one'))?.lostAt).not.toBeNull();
  const { job } = await bench().job({}, [hourly]);
  bench().clock.advance(3_600_000);
  await bench().done(Promise.resolve());
  expect(await bench().runs(job.id)).toEqual([]);
  expect((await bench().store.schedulers.list()).every(({ stoppedAt }) => stoppedAt !== null)).toBe(true);
});
