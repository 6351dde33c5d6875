import { DatabaseSync, StatementSync } from 'node:sqlite';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { pause } from '../system/pause.ts';
import { AttentionKeeper } from './attention-keeper.ts';
import { Housekeeper } from './housekeeper.ts';
import { benchOf, type Bench, type Place } from './test-bench.ts';
import { Watch } from './watch.ts';

const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];
const minute = 60_000;

function watchOn({ store, system, settings, folder }: Bench): Watch {
  return new Watch({ store, system, settings, dataDir: folder });
}

/** Brackets of transactions, the question whether another process has written, and what a clock moved by hand needs. */
const apart = /^\s*(?:BEGIN|COMMIT|ROLLBACK|PRAGMA|SELECT set_config\('jtp\.now')/i;

/** What SQLite's statement, or what PostgreSQL's client is asked, says. */
function textOf(self: unknown, asked: unknown): string {
  if (self instanceof StatementSync) return self.sourceSQL;
  return typeof asked === 'string' ? asked : ((asked as { readonly text?: string } | undefined)?.text ?? '');
}

/** Statements that the drivers were asked for. */
let count = 0;
beforeEach(() => {
  const counted = (target: object, method: string): void => {
    const real = Reflect.get(target, method) as (...args: unknown[]) => unknown;
    vi.spyOn(target as Record<string, (...args: unknown[]) => unknown>, method).mockImplementation(function (
      this: unknown,
      ...args: unknown[]
    ) {
      if (!apart.test(textOf(this, args[0]))) count += 1;
      return real.apply(this, args);
    });
  };
  for (const method of ['all', 'run', 'get']) counted(StatementSync.prototype, method);
  counted(DatabaseSync.prototype, 'exec');
  counted(pg.Client.prototype, 'query');
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(places)('an idle minute on %s', (_, place) => {
  const bench = benchOf(place);

  async function statementsIn(ms: number): Promise<number> {
    const before = count;
    await bench().pass(ms, 1000, () => pause(3));
    return count - before;
  }

  /** Times that a timer of an actor fires in a minute; the first half minute is not counted. */
  async function wakeUpsInMinute(): Promise<number> {
    let woken = 0;
    const real = bench().clock.after.bind(bench().clock);
    const spy = vi.spyOn(bench().clock, 'after').mockImplementation((delay, fire) =>
      real(delay, () => {
        woken += 1;
        fire();
      }),
    );
    await bench().pass(minute / 2, 1000, () => pause(3));
    woken = 0;
    await bench().pass(minute, 1000, () => pause(3));
    spy.mockRestore();
    return woken;
  }

  async function jobs(howMany: number): Promise<void> {
    for (let made = 0; made < howMany; made += 1)
      await bench().job({}, [{ kind: 'daily', times: ['03:00'], timezone: 'UTC' }]);
  }

  test.each([
    ['scheduler', 30],
    ['worker', 30],
    // Twelve of them read the clock: one that was set twice between two looks would have silenced everybody (F32).
    ['rescuer', 40],
    ['watch', 30],
    // While something is open, as what the tests before have left.
    ['attention', 20],
  ] as const)('costs a %s at most %i statements, for one job or for a hundred', async (role, most) => {
    const actor = {
      scheduler: () => Promise.resolve(bench().scheduler()),
      worker: async () => (await bench().worker()).worker,
      rescuer: () => Promise.resolve(bench().rescuer()),
      watch: () => Promise.resolve(watchOn(bench())),
      attention: () => Promise.resolve(new AttentionKeeper({ store: bench().store, system: bench().system })),
    };
    await jobs(1);
    const running = await actor[role]();
    const started = running.start();
    await bench().done(Promise.resolve(started));
    await statementsIn(minute / 2);
    const few = await statementsIn(minute);
    await jobs(99);
    const many = await statementsIn(minute);
    await bench().done(running.stop());
    expect(few).toBeGreaterThan(0);
    expect(few).toBeLessThanOrEqual(most);
    expect(many).toBeLessThanOrEqual(most);
  });

  test.each([
    // Its clock, each second (`CONTRACT.md` 4), its beat and its polls.
    ['scheduler', 75],
    ['rescuer', 20],
    ['watch', 12],
  ] as const)('wakes up for a %s at most %i times', async (role, most) => {
    const actor = {
      scheduler: () => bench().scheduler(),
      rescuer: () => bench().rescuer(),
      watch: () => watchOn(bench()),
    };
    await jobs(1);
    const running = actor[role]();
    await bench().done(Promise.resolve(running.start()));
    const woken = await wakeUpsInMinute();
    await bench().done(running.stop());
    expect(woken).toBeGreaterThan(0);
    expect(woken).toBeLessThanOrEqual(most);
  });

  test('a pass of the housekeeper that finds nothing asks as much of a hundred jobs as of one', async () => {
    const { store, system, settings, folder: dataDir } = bench();
    const housekeeper = new Housekeeper({ store, system, settings, dataDir });
    const statementsOfPass = async (): Promise<number> => {
      const before = count;
      await bench().done(housekeeper.tick());
      return count - before;
    };
    await jobs(1);
    await statementsOfPass();
    const few = await statementsOfPass();
    await jobs(99);
    expect(await statementsOfPass()).toBe(few);
    // Once an hour; each table whose rows go by their age is asked by itself.
    expect(few).toBeLessThanOrEqual(45);
  });
});
