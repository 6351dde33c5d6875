import type pg from 'pg';
import { JobTriggerError } from '../../errors.ts';
import type { Id } from '../../model/id.ts';
import type { Clock } from '../../system/clock.ts';
import type { Sight } from '../../model/sight.ts';
import type { System } from '../../system/system.ts';
import { together } from '../../system/together.ts';
import { idSource } from '../sql/ids.ts';
import type { Session } from '../sql/session.ts';
import type { Statement } from '../sql/statement.ts';
import { tablesOf } from '../sql/tables.ts';
import type { Definitions } from '../sql/work.ts';
import { withMethods, writes, type MethodNames } from '../sql/writes.ts';
import type { Settle } from '../chain-table.ts';
import type { Store, Tables } from '../store.ts';
import { begin, type BeginOptions } from './begin.ts';
import { postgresBell, type Connect } from './bell.ts';
import { ClaimMarks } from './claim-marks.ts';
import { postgresDispatch, standingClaim } from './dispatch.ts';
import { asUndone, isOutdated, isUnreachable, ours } from './errors.ts';
import { standbysOf } from './standbys.ts';
import { createMaintenance } from './maintain.ts';
import { QueryNames } from './query-names.ts';
import { again, gathering, postgresSession, queryAnywhere, queryOn } from './session.ts';
import { flush, SharedFlush } from './shared-flush.ts';
import { SharedTransactions } from './shared-transactions.ts';

/** Changes of several statements; every other one is atomic by itself and saves two round trips. */
const severalStatements: Partial<MethodNames> = {
  dispatch: ['bringForward'],
  jobs: ['insert', 'update', 'lock', 'purge'],
  schedules: ['insert', 'update', 'remove'],
  calendars: ['update', 'remove', 'lock'],
  runs: ['insert', 'insertLast', 'endWaiting', 'remove', 'moveToFront'],
  maintenance: ['lock', 'placeWaiting'],
  webhooks: ['update', 'remove', 'enqueue', 'claim'],
  monitors: ['update', 'remove', 'addPing'],
  upkeep: ['fold', 'tally', 'pruneTallies'],
  recovery: ['retake'],
  lineage: ['notice'],
  audit: ['add', 'write'],
  sharing: ['setShares', 'setOwner', 'setTeam', 'removeTeam'],
};

const described: Statement = {
  name: 'described',
  text: `SELECT current_setting('server_version') AS version, pg_database_size(current_database()) AS bytes`,
};

/** A standby and a server that was told so answer `on`. */
const readOnly: Statement = { name: 'read_only', text: `SELECT current_setting('transaction_read_only') AS read_only` };

const yes = (): boolean => true;
const no = (): boolean => false;

/** Runs on their way from the queue to the record go by connections of their own, whose plans go by key alone. */
const keyedMethods: Partial<MethodNames> = {
  dispatch: ['claim', 'intend', 'markRunning', 'release', 'load'],
};

/** Of several statements. */
const finishing: Partial<MethodNames> = { dispatch: ['finish'] };

/** Heartbeats never stand behind other work. */
const heartbeats: Partial<MethodNames> = { dispatch: ['renew'], schedulers: ['beat'] };

export interface PostgresParts {
  readonly pool: pg.Pool;
  readonly hot: pg.Pool;
  readonly heart: pg.Pool;
  readonly connect: Connect;
  readonly system: System;
  /** Whose time `now_ms()` tells; null is the server's. */
  readonly follow: Clock | null;
  readonly settle?: Settle<Tables> | undefined;
}

/** A store on a migrated database. */
export function postgresStore({ pool, hot, heart, connect, system, follow, settle }: PostgresParts): Store {
  const numbers = new Map<string, number>();
  const definitions: Definitions = new Map();
  const marks = new ClaimMarks(system.clock);
  const bell = postgresBell(connect, system);
  const flow = settle === undefined ? null : { settle, started: () => bell.ring('queue') };
  const tablesOn = (session: Session): Tables =>
    tablesOf(session, postgresDispatch(session, numbers, marks), numbers, definitions, flow);
  const standingOn = (place: pg.Pool, sight: Sight | null = null): Session =>
    postgresSession(queryAnywhere(place, { random: system.random, follow }), (then) => then(), { sight });

  const flushes = new SharedFlush();
  const names = new QueryNames();
  const once = async <T>(work: (session: Session) => Promise<T>, options: BeginOptions = {}): Promise<T> => {
    const client = await (options.dispatching === true ? hot : pool).connect().catch((error: unknown) => {
      throw ours(error);
    });
    const raw = queryOn(gathering(client), follow);
    const then: (() => void)[] = [];
    let broken = false;
    try {
      const query = await begin(raw, options);
      const last: (() => Promise<unknown>)[] = [];
      let isEarly = false;
      const result = await work(
        postgresSession(query, (call) => void then.push(call), {
          names,
          lastly: (send) => void last.push(send),
          letGoEarly: () => void (isEarly = true),
        }),
      );
      if (isEarly) last.push(() => query({ text: 'SET LOCAL synchronous_commit = off' }));
      const sent = last.map((send) => send());
      // A change that fails makes it a ROLLBACK, and is what is told.
      const ending = together([...sent, query({ text: 'COMMIT' })]).catch((error: unknown) => {
        throw asUndone(error);
      });
      const { command } = (await ending).at(-1) as pg.QueryResult;
      if (command !== 'COMMIT')
        throw new JobTriggerError('internal', 'A statement of the transaction had failed; nothing was kept.');
      if (isEarly) await flushes.wait(() => raw(flush));
      for (const call of then) call();
      return result;
    } catch (error) {
      // What a broken connection had begun ends with it; asking it for that would only wait once more.
      broken = isUnreachable(error) || isOutdated(error) || !(await client.query('ROLLBACK').then(yes, no));
      throw error;
    } finally {
      client.release(broken);
    }
  };
  const dispatchingSession = standingOn(hot);
  const dispatching = postgresDispatch(dispatchingSession, numbers, marks);
  const claim = standingClaim(dispatchingSession, marks, (request) =>
    again(system.random, () =>
      once((session) => postgresDispatch(session, numbers, marks).claim(request), {
        dispatching: true,
        readsFirst: true,
      }),
    ),
  );
  const unshared = <T>(work: (tables: Tables) => Promise<T>, options?: BeginOptions): Promise<T> =>
    again(system.random, () =>
      once(async (session) => {
        const tables = tablesOn(session);
        const result = await work(tables);
        await tables.audit.write();
        return result;
      }, options),
    );

  const sharing = new SharedTransactions(unshared);
  const transaction: Store['transaction'] = (work, options) =>
    options?.about === undefined ? unshared(work, options) : sharing.carryOut(options.about, work);

  const session = standingOn(pool);
  const beating = tablesOn(standingOn(heart));
  const keyed = tablesOf(dispatchingSession, { ...dispatching, claim }, numbers, definitions, flow);
  const apart = withMethods(tablesOn(session), heartbeats, (call) => call(beating));
  const single = withMethods(apart, keyedMethods, (call) => call(keyed));
  const whole = withMethods(single, finishing, (call) => transaction(call, { dispatching: true }));
  const free = withMethods(whole, severalStatements, (call) => transaction(call));
  // Whoever writes, does it on what there is, and not on what they see of it.
  const freeFor = (sight: Sight): Tables =>
    withMethods(tablesOn(standingOn(pool, sight)), writes, (call) => call(free));

  const draw = async (count: number): Promise<Id> => {
    const [row] = await session.run<{ value: number }>(session.hot.drawIds, { count });
    if (row === undefined)
      throw new JobTriggerError(
        'database_unreachable',
        'The database is another one than before; it is not used before that is noted.',
      );
    return row.value;
  };

  const store: Store = {
    ...free,
    seenBy: (sight) => ({ ...store, ...freeFor(sight) }),
    kind: 'postgres',
    bell,
    transaction,
    ids: idSource(draw),
    async ping() {
      const start = system.clock.mono();
      const [row] = await session.run<{ read_only: string }>(readOnly);
      if (row?.read_only !== 'off') throw new JobTriggerError('database_unreachable', 'The database takes no writes.');
      return { latencyMs: system.clock.mono() - start };
    },
    maintain: createMaintenance({ pool, system, follow }),
    async describe() {
      const [row] = await session.run<{ version: string; bytes: number }>(described);
      return {
        version: row?.version ?? '',
        bytes: row?.bytes ?? null,
        walBytes: null,
        standbys: await standbysOf(session),
      };
    },
    async close() {
      await bell.close();
      await Promise.all([pool.end(), hot.end(), heart.end()]);
    },
  };
  return store;
}
