import type pg from 'pg';
import type { Compilable } from 'kysely';
import type { Clock } from '../../system/clock.ts';
import { pause } from '../../system/pause.ts';
import type { Random } from '../../system/random.ts';
import type { Sight } from '../../model/sight.ts';
import { postgresBuilder } from '../sql/builder.ts';
import type { Session } from '../sql/session.ts';
import type { Statement } from '../sql/statement.ts';
import { throughViews } from '../sql/views.ts';
import { gaveWay, isUnreachable, ours } from './errors.ts';
import { numbered, valuesOf } from './numbered.ts';
import type { QueryNames } from './query-names.ts';
import { postgresStatements } from './statements.ts';

/** How often work that had to give way to another transaction is done again. */
const tries = 6;

export type Query = (config: pg.QueryConfig) => Promise<pg.QueryResult>;

/**
 * The queries of one connection: those that are asked for in one moment leave in one write, as each write wakes the server up,
 * which costs more than a small statement does.
 */
export function gathering(
  client: Pick<pg.PoolClient, 'query'> & Partial<Pick<pg.Client, 'connection'>>,
): Pick<pg.ClientBase, 'query'> {
  const stream = client.connection?.stream;
  if (stream === undefined) return client;
  let isCorked = false;
  const query = (config: pg.QueryConfig): Promise<pg.QueryResult> => {
    if (!isCorked) {
      isCorked = true;
      stream.cork();
      process.nextTick(() => {
        isCorked = false;
        stream.uncork();
      });
    }
    return client.query(config);
  };
  return { query } as Pick<pg.ClientBase, 'query'>;
}

/** Does `work` again, after some milliseconds of chance, when the server had it give way. */
export async function again<T>(random: Random, work: () => Promise<T>): Promise<T> {
  for (let turn = 1; ; turn += 1) {
    try {
      return await work();
    } catch (error) {
      if (!gaveWay(error) || turn === tries) throw error;
      await pause((5 + 20 * random.next()) * turn);
    }
  }
}

/** A connection's queries with our errors; `follow` sets the session's time before each of them. */
export function queryOn(client: Pick<pg.ClientBase, 'query'>, follow: Clock | null): Query {
  return async (config) => {
    try {
      if (follow)
        await client.query({ text: `SELECT set_config('jtp.now', $1, false)`, values: [String(follow.wall())] });
      return await client.query(config);
    } catch (error) {
      throw ours(error);
    }
  };
}

/** The queries of a pool, each on a connection of its own and each its own transaction. */
export function queryAnywhere(
  pool: pg.Pool,
  { random, follow }: { readonly random: Random; readonly follow: Clock | null },
): Query {
  const once: Query = async (config) => {
    if (follow === null) return queryOn(pool, null)(config);
    const client = await pool.connect().catch((error: unknown) => {
      throw ours(error);
    });
    let broken = false;
    try {
      return await queryOn(client, follow)(config);
    } catch (error) {
      broken = isUnreachable(error);
      throw error;
    } finally {
      client.release(broken);
    }
  };
  return (config) => again(random, () => once(config));
}

const seenStatements = new WeakMap<Statement, Statement>();

/** The statement through the views of who looks. */
function seenStatement(statement: Statement): Statement {
  const before = seenStatements.get(statement);
  if (before) return before;
  const text = throughViews('postgres', statement.text)?.replaceAll(':viewer', ':viewer::bigint');
  const seen = text === undefined ? statement : { name: `seen_${statement.name}`, text };
  seenStatements.set(statement, seen);
  return seen;
}

export interface SessionOptions extends Pick<Session, 'lastly' | 'letGoEarly'> {
  readonly sight?: Sight | null;
  /** Under which built queries stay prepared. Default: each is planned anew. */
  readonly names?: QueryNames;
}

/** A session that sends its statements through `query`: one connection's, or a pool's. */
export function postgresSession(
  query: Query,
  afterCommit: (then: () => void) => void,
  { sight = null, names, ...ending }: SessionOptions = {},
): Session {
  const execute = (compilable: Compilable<unknown>): Promise<pg.QueryResult> => {
    const { sql, parameters } = compilable.compile();
    const seen = sight === null ? null : throughViews('postgres', sql);
    if (seen === null || sight === null) {
      const name = names?.of(sql);
      return query({ ...(name === undefined ? {} : { name }), text: sql, values: [...parameters] });
    }
    const text = seen.replaceAll(':viewer', `$${parameters.length + 1}::bigint`);
    return query({ text, values: seen === text ? [...parameters] : [...parameters, sight.personId] });
  };
  return {
    kind: 'postgres',
    build: postgresBuilder,
    hot: postgresStatements,
    calendars: new Map(),
    sight,
    async rows<Row>(compilable: Compilable<Row>) {
      return (await execute(compilable)).rows as readonly Row[];
    },
    async change(compilable) {
      return (await execute(compilable)).rowCount ?? 0;
    },
    async run<Row>(statement: Parameters<Session['run']>[0], parameters: Parameters<Session['run']>[1] = {}) {
      const prepared = numbered(sight === null ? statement : seenStatement(statement));
      const { rows } = await query({
        name: prepared.name,
        text: prepared.text,
        values: valuesOf(prepared, sight === null ? parameters : { ...parameters, viewer: sight.personId }),
      });
      return rows as readonly Row[];
    },
    ...ending,
    afterCommit,
  };
}
