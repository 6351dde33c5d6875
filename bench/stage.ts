/** What the systems of a scenario stand on: one PostgreSQL, one Redis, a folder; each turn gets a fresh place in them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freshDir, freshPostgres } from '../test/setup/databases.ts';
import { startDurablePostgres, type OwnPostgres } from '../test/setup/postgres.ts';
import { isInstalled } from './program.ts';
import { startRedis, type RunningRedis } from './redis.ts';
import type { Bench } from './scenario.ts';

export interface Place {
  readonly url: string;
  /** For data that is no database. */
  readonly folder: string;
}

export interface Stage {
  readonly serverUrl: string;
  /** Null where there is no Redis. */
  readonly redisUrl: string | null;
  /** A database that nobody has used, for the length of the work. */
  readonly onPostgres: Ground;
  readonly onSqlite: Ground;
  readonly onRedis: Ground;
}

/** Gives a place, and takes it away after the work. */
export type Ground = <T>(work: (place: Place) => Promise<T>) => Promise<T>;

/** Whether a peer may take part; notes its version, or that it is left out. */
export function present(bench: Bench, name: string): boolean {
  if (!isInstalled(name)) {
    bench.note(`${name} is left out: it is not installed (npm run bench:peers).`);
    return false;
  }
  const path = join(import.meta.dirname, 'peers', 'node_modules', name, 'package.json');
  const { version } = JSON.parse(readFileSync(path, 'utf8')) as { version: string };
  bench.note(`${name} ${version}`);
  return true;
}

export interface Needs {
  /** Settings of the server beyond the usual; absent for no PostgreSQL. */
  readonly postgres?: readonly string[];
  readonly redis?: boolean;
}

async function redisFor(bench: Bench, needed: boolean): Promise<RunningRedis | null> {
  if (!needed) return null;
  const redis = await startRedis();
  if (redis === null) bench.note('BullMQ is left out: there is no redis-server in the path.');
  else bench.note(`Redis ${redis.version}, no fsync.`);
  return redis;
}

async function serverFor(bench: Bench, settings: readonly string[] | undefined): Promise<OwnPostgres | null> {
  if (settings === undefined) return null;
  bench.note('PostgreSQL with fsync and synchronous_commit on.');
  return startDurablePostgres(settings);
}

/** Starts everything, and ends it after `work`. */
export async function withStage<T>(bench: Bench, needs: Needs, work: (stage: Stage) => Promise<T>): Promise<T> {
  const server = await serverFor(bench, needs.postgres);
  const redis = await redisFor(bench, needs.redis === true);
  const folder = freshDir('jtp-bench');
  const [serverUrl, redisUrl] = [server?.url ?? '', redis?.url ?? null];
  let made = 0;
  const place = (): string => join(folder.path, String((made += 1)));
  try {
    return await work({
      serverUrl,
      redisUrl,
      onPostgres: async (inside) => {
        const fresh = await freshPostgres(serverUrl);
        try {
          return await inside({ url: fresh.url, folder: place() });
        } finally {
          await fresh.drop();
        }
      },
      onSqlite: (inside) => {
        const own = place();
        return inside({ url: `sqlite:${own}.db`, folder: own });
      },
      onRedis: (inside) => {
        redis?.flush();
        return inside({ url: redisUrl ?? '', folder: place() });
      },
    });
  } finally {
    await redis?.stop();
    await server?.stop();
    folder.remove();
  }
}
