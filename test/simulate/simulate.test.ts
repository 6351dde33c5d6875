import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Database } from './database.ts';
import { play } from './play.ts';
import { planWorld } from './plan.ts';
import { dataFolder } from './world.ts';

/** A world takes a tenth of a second on a machine that has nothing else to do. */
const patienceMs = 120_000;
let database: Database;
beforeAll(async () => {
  database = await Database.open();
});
afterAll(() => {
  database.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

test(
  'the same seed plays the same world, whatever was played before it',
  async () => {
    // One of them fills the disk: how much room it then has must not depend on what others left free.
    for (const seed of [7, 10970]) {
      const first = await play(database, seed);
      await play(database, 8);
      const again = await play(database, seed);
      expect(again.hash).toBe(first.hash);
      expect(again.figures).toEqual(first.figures);
    }
  },
  patienceMs,
);

test('a fault that is left out leaves the jobs, the wishes and the other faults as they are', () => {
  const [whole, less] = [planWorld(12), planWorld(12, new Set([0]))];
  expect(less).toEqual({ ...whole, faults: whole.faults.slice(1) });
});

test.each([0, 1, 2, 3])(
  'fifteen worlds keep every promise, group %i (P1) (P2) (P3) (P4) (P5) (P6) (P7) (P12)',
  async (group) => {
    for (let seed = 1 + 15 * group; seed <= 15 * (group + 1); seed += 1) {
      const { violations } = await play(database, seed);
      expect({ seed, violations }).toEqual({ seed, violations: [] });
    }
  },
  patienceMs,
);

/** Seeds that once failed, with what was wrong. */
const once = [
  [22, 'a jump ahead made every worker look silent, and their runs were lost (F32)'],
  [104, 'a rerun was started beside the run that was only thought lost (F32, P5)'],
  [207, 'runs that waited when the clock went back waited for an hour (F33)'],
  [314, "a retry followed an hour late, as its worker's clock was set (F35)"],
  [1816, 'instants that a clock ahead had decided before counted as late: the question was wrong (F32, F33)'],
  [3665, 'a start that was refused while the clock was ahead for five seconds waited for that hour (F32, C9)'],
  [3951, 'a worker that stood still between its intent and its order began what was not its own any more (P6)'],
  [
    10405,
    'a worker that was asked to stop in an outage gave its results up though the database was back in time (P8, F54)',
  ],
  [11827, 'a remainder of rounding for a rest held the simulated world still: the play was wrong, no promise'],
  [45650, 'runs that caught up waited for the hour by which a clock had been ahead (F33)'],
  [50304, 'a result from before a partition was stored beside the one after it, and counted though it was late (P6)'],
  [67201, 'a clock that went back and ahead again between two looks at it made every worker look silent (F32, F33)'],
  [
    74153,
    'as 67201: a worker whose intent stood was given up as the clock came back, and its start was unknown (F32, F33)',
  ],
  [
    74635,
    'as 67201: the next run of an exclusive job was started beside one that was only thought lost (F32, F33, P5)',
  ],
  [77897, 'a run that began between a clock set back and ahead during a sleep was ended as stuck (F32, F33, F36)'],
  [85433, 'a spawner that stood still with its worker began what had been given up meanwhile (F10, P3, P6)'],
  [
    93819,
    'a worker that stood still after a jump ahead was given up before the leash had ended its trees (F32, F8, P5)',
  ],
  [30903, 'a resume beside a clock that went back left a job on without a plan: it never ran again (F33, P1)'],
  [416, 'a plan that met a full disk left its queue without its runs: what was asked with it was kept (F17, P2)'],
] as const;
test.each(once)(
  'seed %i: %s',
  async (seed) => {
    expect((await play(database, seed)).violations).toEqual([]);
  },
  patienceMs,
);
