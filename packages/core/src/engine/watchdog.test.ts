import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { JobTriggerError } from '../errors.ts';
import { watchdogBeats, watchdogKey } from '../model/watchdog.ts';
import type { Store } from '../store/store.ts';
import type { Scheduler } from './scheduler.ts';
import { benchOf } from './test-bench.ts';
import { Watchdog, type WatchdogOptions } from './watchdog.ts';

const minute = 60_000;

describe.each([
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
] as const)('the heartbeat to a watcher outside on %s', (_, place) => {
  const bench = benchOf(place);
  let server: Server;
  let beats = 0;
  let status = 200;
  let isMute = false;
  const watchdogs: Watchdog[] = [];

  beforeEach(async () => {
    [beats, status, isMute] = [0, 200, false];
    server = createServer((_request, response) => {
      beats += 1;
      if (!isMute) response.writeHead(status).end('OK');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    for (const watchdog of watchdogs.splice(0)) await watchdog.stop();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await bench().store.settings.remove(watchdogKey);
  });

  function watchdog(scheduler: Scheduler, options: Partial<WatchdogOptions> = {}): Watchdog {
    const { store, system, settings } = bench();
    const made = new Watchdog({
      store,
      system,
      scheduler,
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping/secret`,
      everyMs: minute,
      pollIntervalMs: settings.pollIntervalMs,
      ...options,
    });
    watchdogs.push(made);
    return made;
  }
  const told = async () => watchdogBeats(await bench().store.settings.get(watchdogKey));

  test('beats each minute while the scheduler plans, and says when it last did (R-333)', async () => {
    const scheduler = bench().scheduler();
    const dog = watchdog(scheduler);
    await dog.tick();
    expect(beats).toBe(0);
    await scheduler.tick();
    dog.start();
    await bench().until(async () => (await told()).sentAt !== null);
    expect(beats).toBe(1);
    const first = (await told()).sentAt ?? 0;
    bench().clock.advance(50_000);
    await scheduler.tick();
    expect(beats).toBe(1);
    bench().clock.advance(10_000);
    await bench().until(() => beats === 2);
    await bench().until(async () => ((await told()).sentAt ?? 0) >= first + minute);
    expect((await told()).error).toBeNull();
  });

  test('goes silent when the scheduler hangs, and beats again when it does not', async () => {
    const { store } = bench();
    let free = (): void => undefined;
    let hangs = false;
    const hanging: Store = {
      ...store,
      schedules: {
        ...store.schedules,
        earliestPlan: async () => {
          if (hangs) await new Promise<void>((resolve) => (free = resolve));
          return store.schedules.earliestPlan();
        },
      },
    };
    const scheduler = bench().scheduler({ store: hanging });
    const dog = watchdog(scheduler);
    await scheduler.tick();
    await dog.tick();
    expect(beats).toBe(1);
    hangs = true;
    const hung = scheduler.tick();
    bench().clock.advance(51_000);
    await dog.tick();
    bench().clock.advance(10 * minute);
    await dog.tick();
    expect(beats).toBe(1);
    hangs = false;
    free();
    await hung;
    await dog.tick();
    expect(beats).toBe(2);
    await scheduler.stop();
  });

  test('is silent while the database takes no write', async () => {
    const scheduler = bench().scheduler();
    await scheduler.tick();
    const { store } = bench();
    const settings: Store['settings'] = {
      ...store.settings,
      set: () => Promise.reject(new JobTriggerError('database_unreachable', 'no space')),
    };
    await expect(watchdog(scheduler, { store: { ...store, settings } }).tick()).rejects.toThrow('no space');
    expect(beats).toBe(0);
  });

  test('notes what a watcher answers, and waits for none of it longer than ten seconds', async () => {
    const scheduler = bench().scheduler();
    await scheduler.tick();
    const dog = watchdog(scheduler);
    status = 404;
    await dog.tick();
    expect(await told()).toMatchObject({ sentAt: null, error: 'The watcher answered 404.' });
    isMute = true;
    const waits = dog.tick();
    await bench().until(() => beats === 2);
    bench().clock.advance(10_000);
    await waits;
    expect(await told()).toMatchObject({ sentAt: null, error: 'No answer within 10 s.' });
    [isMute, status] = [false, 200];
    await dog.tick();
    expect(await told()).toMatchObject({ sentAt: expect.any(Number) as number, error: null });
  });
});
