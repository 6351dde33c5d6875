import { expect, test } from 'vitest';
import { order } from '../spawner/test-orders.ts';
import { pause } from '../system/pause.ts';
import { realSystem } from '../system/system.ts';
import { manualClock } from '../testing/manual-clock.ts';
import { seededRandom } from '../testing/seeded-random.ts';
import { SpawnerKeeper, type WorkerSpawner } from './spawner-keeper.ts';
import { noSpawner } from './test-stage.ts';

/** A keeper whose spawners the test makes: each ends when it is told to. */
function kept(failures: readonly number[] = []) {
  const clock = manualClock();
  const made: { readonly end: (how: string | null) => void; stops: number; renewals: number[] }[] = [];
  let asked = 0;
  const start = (): Promise<WorkerSpawner> => {
    asked += 1;
    if (failures.includes(asked)) return Promise.reject(new Error('no room'));
    const exited = Promise.withResolvers<string | null>();
    const own = { end: exited.resolve, stops: 0, renewals: [] as number[] };
    made.push(own);
    const stop = (): Promise<void> => {
      own.stops += 1;
      exited.resolve(null);
      return Promise.resolve();
    };
    const renewed = (at = 0): void => void own.renewals.push(at);
    const spawner = { ...noSpawner, exited: exited.promise, stop, renewed, pid: made.length };
    return (held?.promise ?? Promise.resolve()).then(() => spawner);
  };
  let held: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  const hold = (): void => void (held = Promise.withResolvers());
  const keeper = new SpawnerKeeper({ system: realSystem({ clock, random: seededRandom(1) }), start });
  return { clock, keeper, made, asked: () => asked, hold, letGo: () => held?.resolve() };
}

/** Lets promises that are settled go on. */
const settle = (): Promise<void> => pause(0);

test('one that does not come up at first is an error', async () => {
  const { keeper } = kept([1]);
  await expect(keeper.start()).rejects.toThrow('no room');
  expect(keeper.isUp).toBe(false);
});

test('one that ends by itself is followed by the next, after a short rest', async () => {
  const { clock, keeper, made } = kept();
  await keeper.start();
  made[0]?.end('SIGKILL');
  await settle();
  expect([keeper.isUp, made.length]).toEqual([false, 1]);
  clock.advance(199);
  await settle();
  expect(made).toHaveLength(1);
  clock.advance(1);
  await settle();
  expect([keeper.isUp, made.length]).toEqual([true, 2]);
  keeper.renewed(7);
  expect(made.map(({ renewals }) => renewals)).toEqual([[], [7]]);
});

test('while there is none nothing starts, and that is no failure of the job', async () => {
  const { keeper, made } = kept();
  await keeper.start();
  made[0]?.end('SIGKILL');
  await settle();
  const running = keeper.run(order({}));
  expect(await running.started).toBeNull();
  expect(await running.ended).toMatchObject({
    outcome: 'not_started',
    error: { code: 'spawner_gone', retryable: true },
  });
});

test('one that does not start is tried again, each time after twice the rest, 10 s at most', async () => {
  const { clock, keeper, made, asked } = kept([2, 3, 4, 5, 6, 7, 8, 9]);
  await keeper.start();
  made[0]?.end('SIGKILL');
  await settle();
  const rests: number[] = [];
  for (let rest = 0, seen = 1; rests.length < 9; rest += 100) {
    clock.advance(100);
    await settle();
    if (asked() === seen) continue;
    seen = asked();
    rests.push(rest + 100);
    rest = -100;
  }
  expect(rests).toEqual([200, 400, 800, 1600, 3200, 6400, 10_000, 10_000, 10_000]);
  expect(keeper.isUp).toBe(true);
});

test('stopped, it starts no other, and one that came up meanwhile is ended', async () => {
  const { clock, keeper, made } = kept();
  await keeper.start();
  await keeper.stop();
  expect([keeper.isUp, made[0]?.stops]).toEqual([false, 1]);
  clock.advance(60_000);
  await settle();
  expect(made).toHaveLength(1);

  const late = kept();
  await late.keeper.start();
  late.made[0]?.end('SIGKILL');
  await settle();
  late.hold();
  late.clock.advance(200);
  await settle();
  const stopping = late.keeper.stop();
  late.letGo();
  await stopping;
  await settle();
  expect([late.keeper.isUp, late.made[1]?.stops]).toEqual([false, 1]);
});
