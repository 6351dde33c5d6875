/** A crew of processes on one PostgreSQL, counted beside the product: S14, S5. */
import pg from 'pg';
import { joined } from './joined.ts';
import type { Contestant } from './race.ts';
import type { Stage } from './stage.ts';

async function asking<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const numberOf = async (client: pg.Client, sql: string): Promise<number> =>
  Number((await client.query<{ n: string }>(sql)).rows[0]?.n);

const commits = 'SELECT xact_commit AS n FROM pg_stat_database WHERE datname = current_database()';

export interface Crewed extends Pick<Contestant, 'name' | 'control' | 'peer'> {
  readonly file: string;
  readonly finishedSql: string;
  readonly members: readonly Readonly<Record<string, unknown>>[];
  readonly aheadMs?: number;
}

export function crewed(
  stage: Stage,
  count: number,
  { file, finishedSql, members, aheadMs, ...who }: Crewed,
): Contestant {
  const ahead = aheadMs === undefined ? {} : { aheadMs };
  return {
    ...who,
    turn: () =>
      stage.onPostgres((place) =>
        asking(place.url, async (client) => {
          let looks = 0;
          const finished = async (): Promise<number> => {
            looks += 1;
            return numberOf(client, finishedSql.replace(':count', String(count)));
          };
          const {
            seconds,
            answers,
            finished: done,
          } = await joined({ file, place, count, members, finished, ...ahead });
          const carriedOut = answers.reduce((sum, answer) => sum + Number(answer['done'] ?? 0), 0);
          if (done !== count || carriedOut !== count)
            throw new Error(`${carriedOut} carried out, ${done} finished of ${count}.`);
          const perRun = ((await numberOf(client, commits)) - looks) / count;
          return { rate: count / seconds, 'commits a run': perRun };
        }),
      ),
  };
}
