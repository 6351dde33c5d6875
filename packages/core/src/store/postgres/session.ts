import type pg from 'pg';
import type { Compilable } from 'kysely';
import type { Clock } from '../../system/clock.ts';
import { pause } from '../../system/pause.ts';
import type { Random } from '../../system/random.ts';
import { postgresBuilder } from '../sql/builder.ts';
import type { Session } from '../sql/session.ts';
import { gaveWay, isUnreachable, ours } from './errors.ts';
import { numbered, valuesOf } from './numbered.ts';
import { postgresStatements } from './statements.ts';

/** How often work that had to give way to another transaction is done again. */
const tries = 6;

export type Query = (config: pg.QueryConfig) => Promise<pg.QueryResult>;

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

/** A session that sends its statements through `query`: one connection's, or a pool's. */
export function postgresSession(query: Query, afterCommit: (then: () => void) => void): Session {
  const execute = (compilable: Compilable<unknown>): Promise<pg.QueryResult> => {
    const { sql, parameters } = compilable.compile();
    return query({ text: sql, values: [...parameters] });
  };
  return {
    kind: 'postgres',
    build: postgresBuilder,
    hot: postgresStatements,
    calendars: new Map(),
    async rows<Row>(compilable: Compilable<Row>) {
      return (await execute(compilable)).rows as readonly Row[];
    },
    async change(compilable) {
      return (await execute(compilable)).rowCount ?? 0;
    },
    async run<Row>(statement: Parameters<Session['run']>[0], parameters: Parameters<Session['run']>[1] = {}) {
      const prepared = numbered(statement);
      const { rows } = await query({
        name: prepared.name,
        text: prepared.text,
        values: valuesOf(prepared, parameters),
      });
      return rows as readonly Row[];
    },
    afterCommit,
  };
}
