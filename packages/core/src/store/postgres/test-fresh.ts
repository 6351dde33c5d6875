/** For tests: a store on a fresh database, a connection of one's own beside it, and a session that keeps what it sends. */
import pg from 'pg';
import { inject } from 'vitest';
import { freshPostgres } from '../../../../../test/setup/databases.ts';
import type { Clock } from '../../system/clock.ts';
import { realSystem } from '../../system/system.ts';
import { openStore } from '../open-store.ts';
import type { Store } from '../store.ts';
import type { Session } from '../sql/session.ts';
import { configOf } from './connections.ts';
import { postgresSession } from './session.ts';

export interface Fresh {
  readonly database: Awaited<ReturnType<typeof freshPostgres>>;
  readonly store: Store;
  readonly client: pg.Client;
  readonly close: () => Promise<void>;
}

/** @param clock by which the store rests and remembers; the database's time is the server's. Default: the machine's */
export async function openFresh(clock?: Clock): Promise<Fresh> {
  const database = await freshPostgres(inject('postgresUrl'));
  const system = realSystem();
  const own = clock === undefined ? system : { ...system, clock };
  const store = await openStore({ url: database.url, system: own, migrate: true, pool: 2 });
  const client = new pg.Client(configOf(pg, { url: database.url, role: 'test' }));
  await client.connect();
  const close = async (): Promise<void> => {
    await client.end();
    await store.close();
    await database.drop();
  };
  return { database, store, client, close };
}

/** A session on `client`, and what it has sent so far. */
export function hearing(client: pg.Client): { readonly session: Session; readonly asked: readonly pg.QueryConfig[] } {
  const asked: pg.QueryConfig[] = [];
  const session = postgresSession(
    (config) => {
      asked.push(config);
      return client.query(config);
    },
    () => undefined,
  );
  return { session, asked };
}
