import pg from 'pg';
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { succeeded, type Handler } from '../handlers/handler.ts';
import type { JobDefinition } from '../model/job.ts';
import type { Store } from '../store/store.ts';
import { openStore } from '../open-store.ts';
import { nextOf, nextPlanOf } from '../schedule/occurrences.ts';
import { tzVersion } from '../schedule/zone.ts';
import * as factories from '../testing/factories.ts';
import { benchOf } from './test-bench.ts';

/**
 * What a run costs PostgreSQL, counted: these numbers do not move with the load of a machine. The connections of a test are
 * told the time before each statement; that is apart, and so are heartbeats, whose number is that of the minutes.
 */

const runs = 500;
const apart =
  /^\s*(?:SELECT set_config\('jtp\.now'|LISTEN|SELECT pg_notify|update "(?:schedulers|workers)" set "beat_at")/i;
const writes = /^\s*(?:INSERT|UPDATE|DELETE|WITH[\s\S]*?(?:INSERT INTO|UPDATE|DELETE FROM))/i;

let statements = 0;
let commits = 0;
const open = new WeakSet<object>();

function count(client: object, text: string): void {
  if (apart.test(text)) return;
  statements += 1;
  if (/^\s*BEGIN/i.test(text)) open.add(client);
  else if (/^\s*(?:COMMIT|ROLLBACK)/i.test(text)) {
    open.delete(client);
    commits += 1;
  } else if (!open.has(client) && writes.test(text)) commits += 1;
}

beforeEach(() => {
  const target = pg.Client.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
  const real = target['query'];
  vi.spyOn(target, 'query').mockImplementation(function (this: object, ...args: unknown[]) {
    const [asked] = args;
    count(this, typeof asked === 'string' ? asked : ((asked as { readonly text?: string } | undefined)?.text ?? ''));
    return real?.apply(this, args);
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('a run on PostgreSQL', () => {
  const bench = benchOf(() => freshPostgres(inject('postgresUrl')));

  /** Jobs that are due in a minute, and once only for a long time. */
  async function due(howMany: number, definition: Partial<JobDefinition>, store = bench().store): Promise<void> {
    const now = await store.now();
    const ids = await store.ids(2 * howMany);
    const spec = { kind: 'interval', every: 1, unit: 'hours', start: now + 60_000, timezone: 'UTC' } as const;
    const some = { maxConcurrent: null, overlap: 'allow', ...definition } as const;
    await store.transaction(async (tables) => {
      for (const id of ids.slice(0, howMany)) {
        await tables.jobs.insert(
          factories.job({ id, createdAt: now, definition: some as Partial<JobDefinition> }),
          null,
        );
      }
      await tables.schedules.insert(
        ids.slice(0, howMany).map((jobId, at) =>
          factories.schedule({
            id: ids[howMany + at] ?? 0,
            jobId,
            createdAt: now,
            spec,
            cursorAt: now,
            planAt: nextPlanOf(spec, now),
            nextDueAt: nextOf(spec, now),
            tzVersion,
          }),
        ),
      );
    });
  }

  function nothing(type: string, begun: () => void): Handler {
    return {
      type,
      run: () => {
        begun();
        return Promise.resolve(succeeded());
      },
    };
  }

  test.each([
    ['function', { type: 'function', config: { name: 'nothing' } }, { statements: 0.12, commits: 0.03 }],
    ['script', {}, { statements: 0.14, commits: 0.04 }],
  ] as const)(
    'of a %s costs a fraction of a statement and of a commit',
    async (type, job, most) => {
      await due(runs, job);
      let begun = 0;
      const handler = nothing(type, () => (begun += 1));
      const { worker } = await bench().worker({ slots: 100, handlers: new Map([[type, handler]]) });
      const scheduler = bench().scheduler();
      // What the first pass does once is no run's.
      await bench().done(scheduler.tick());
      bench().clock.advance(60_000);
      await worker.beat();
      [statements, commits] = [0, 0];
      await bench().done(scheduler.tick());
      const planned = statements;
      await bench().done(worker.tick());
      await bench().until(() => begun === runs);
      await bench().done(worker.idle());
      expect((statements - planned) / runs).toBeLessThanOrEqual(most.statements);
      expect(planned / runs).toBeLessThanOrEqual(0.23);
      expect(commits / runs).toBeLessThanOrEqual(most.commits);
      await scheduler.stop();
    },
    60_000,
  );

  test('of a function writes ten rows, from the cursor of its schedule to the event of its end', async () => {
    const { url, system } = bench();
    const own = (): Promise<Store> => openStore({ url, system, databaseFollowsClock: true });
    const making = await own();
    await due(runs, { type: 'function', config: { name: 'nothing' } }, making);
    const watching = new pg.Client(url);
    await watching.connect();
    const total = async (): Promise<number> => {
      const sum = 'SELECT sum(n_tup_ins + n_tup_upd + n_tup_del)::int AS rows FROM pg_stat_user_tables';
      return (await watching.query<{ rows: number }>(sum)).rows[0]?.rows ?? 0;
    };
    // A connection tells its figures at its end, and the server shows them a little later.
    const settled = async (least: number): Promise<number> => {
      let seen = -1;
      await bench().until(async () => {
        const last = seen;
        seen = await total();
        return seen === last && seen >= least;
      });
      return seen;
    };
    const store = await own();
    const handler = nothing('function', () => undefined);
    const { worker } = await bench().worker({ store, slots: 100, handlers: new Map([['function', handler]]) });
    const scheduler = bench().scheduler({ store });
    await bench().done(scheduler.tick());
    bench().clock.advance(60_000);
    await worker.beat();
    await making.close();
    const before = await settled(4 * runs);
    await bench().done(scheduler.tick());
    await bench().done(worker.tick());
    await bench().done(worker.idle());
    await scheduler.stop();
    await worker.stop({ now: true });
    await store.close();
    const rows = (await settled(before + 9 * runs)) - before;
    await watching.end();
    expect(rows / runs).toBeLessThanOrEqual(10.3);
  }, 60_000);

  test.each([
    ['function', { type: 'function', config: { name: 'nothing' } }, 2],
    ['script', {}, 3],
  ] as const)('of a %s alone (%j) begins after at most %i commits', async (type, job, most) => {
    await due(1, job);
    let before = 0;
    const handler = nothing(type, () => (before = commits));
    const { worker } = await bench().worker({ handlers: new Map([[type, handler]]) });
    const scheduler = bench().scheduler();
    // The numbers for new runs are drawn in blocks: one draw in a thousand is no run's.
    await bench().store.ids(1);
    // What the first pass does once is no run's.
    await bench().done(scheduler.tick());
    bench().clock.advance(60_000);
    await worker.beat();
    commits = 0;
    await bench().done(scheduler.tick());
    await bench().done(worker.tick());
    await bench().until(() => before > 0);
    expect(before).toBeLessThanOrEqual(most);
    await bench().done(worker.idle());
    await scheduler.stop();
  });
});
