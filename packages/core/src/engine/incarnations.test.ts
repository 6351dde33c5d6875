import { join } from 'node:path';
import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import type { ProcessIdentity } from '../model/worker.ts';
import { Engine } from './engine.ts';
import { lockFolder } from './folder-lock.ts';
import { thisHost, type Host } from './host.ts';
import { benchOf, deadHost, type BenchWorker, type Place } from './test-bench.ts';
import { noSpawner } from './test-stage.ts';

/** Which process a name, and what stands under it, belongs to. */

const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];
const process: ProcessIdentity = { machineId: 'machine', bootId: 'first', pidSpace: 'pid:[1]', startedAt: 500 };
const booted = (bootId: string): Host => ({ ...deadHost(), process: { ...process, bootId }, isAlive: () => true });

describe.each(places)('on %s', (_, place) => {
  const bench = benchOf(place);

  async function started({ worker, stage }: BenchWorker): Promise<void> {
    void worker.tick();
    await bench().until(() => stage.acts.length === 1);
    bench().clock.advance(300);
    await bench().until(async () => (await bench().store.runs.running(5)).some(({ state }) => state === 'running'));
  }

  test('C15: a new boot of the machine has ended every worker that it had, at once', async () => {
    const run = await bench().run();
    const before = await bench().worker({ host: booted('first') });
    await started(before);
    await bench().done(bench().rescuer(booted('first')).tick());
    expect((await bench().read(run)).state).toBe('running');
    await bench().done(bench().rescuer(booted('second')).tick());
    expect(await bench().read(run)).toMatchObject({ state: 'lost', reason: 'worker_died' });
  });

  /** An engine of the name `same`, with its folders below `folder`. */
  function engine(folder: string, host: Host = thisHost()): Engine {
    const { store, system, settings } = bench();
    return new Engine({
      store,
      system,
      settings: { ...settings, drainMs: 0 },
      roles: { scheduler: false, worker: true },
      dataDir: folder,
      name: 'same',
      version: '0.1.0',
      handlerSettings: {} as never,
      startSpawner: () => Promise.resolve(noSpawner),
      journalPath: (name) => join(folder, name, 'journal.jsonl'),
      host,
    });
  }
  const names = async (): Promise<string[]> =>
    (await bench().store.workers.list()).filter(({ lostAt }) => lostAt === null).map(({ name }) => name);

  test('two workers of one name by mistake find names of their own, by the lock of the folder (F61)', async () => {
    // As containers see each other: the numbers of their processes say nothing.
    const folder = join(bench().folder, 'shared');
    const hosts = ['pid:[1]', 'pid:[2]'].map((pidSpace) => ({ ...deadHost(), process: { ...process, pidSpace } }));
    const [first, second] = [engine(folder, hosts[0]), engine(folder, hosts[1])];
    await bench().done(first.start());
    await bench().done(second.start());
    expect(await names()).toEqual(['same', 'same-2']);
    await bench().done(first.stop({ now: true }));
    const third = engine(folder, hosts[1]);
    await bench().done(third.start());
    expect(await names()).toEqual(['same', 'same-2']);
    await Promise.all([second, third].map((each) => bench().done(each.stop({ now: true }))));
  });

  // A database that is a file has all its workers on one host.
  if (place !== null)
    test('two of one name on two hosts find names of their own, by the heartbeat (F61)', async () => {
      const other = (name: string): Host => ({
        ...deadHost(name),
        process: { ...process, bootId: name, machineId: name },
      });
      const [here, there] = [
        engine(join(bench().folder, 'here'), other('here')),
        engine(join(bench().folder, 'there'), other('there')),
      ];
      await bench().done(here.start());
      await bench().done(there.start());
      expect(await names()).toEqual(['same', 'same-2']);
      await Promise.all([here, there].map((each) => bench().done(each.stop({ now: true }))));
    });

  test('the folder of a worker proves its former process dead, whatever the heartbeat says', async () => {
    const folder = join(bench().folder, 'taken');
    const lock = lockFolder(join(folder, 'same'), bench().system.random);
    const unseen = { ...deadHost(), process: { ...process, pidSpace: 'pid:[9]' } };
    const run = await bench().run();
    await started(await bench().worker({ name: 'same', host: unseen, folderId: lock?.id ?? null }));
    lock?.release();
    const next = engine(folder, { ...deadHost(), process });
    await bench().done(next.start());
    expect(await names()).toEqual(['same']);
    expect(await bench().read(run)).toMatchObject({ state: 'lost', reason: 'worker_died' });
    await bench().done(next.stop({ now: true }));
  });
});
