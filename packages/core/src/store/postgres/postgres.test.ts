import { inject } from 'vitest';
import { storeConformance, type TestBed } from '../../testing/store-conformance.ts';
import { manualClock } from '../../testing/manual-clock.ts';
import { seededRandom } from '../../testing/seeded-random.ts';
import { realSystem } from '../../system/system.ts';
import { openStore } from '../open-store.ts';
import type { Store } from '../store.ts';
import { freshPostgres } from '../../../../../test/setup/databases.ts';

async function postgresBed(): Promise<TestBed> {
  const database = await freshPostgres(inject('postgresUrl'));
  const clock = manualClock();
  const opened: Store[] = [];
  const another = async (): Promise<Store> => {
    const system = realSystem({ clock, random: seededRandom(opened.length) });
    const migrate = opened.length === 0;
    const store = await openStore({ url: database.url, system, migrate, pool: 4, databaseFollowsClock: true });
    opened.push(store);
    return store;
  };
  return {
    store: await another(),
    clock,
    another,
    async close() {
      await Promise.all(opened.map((store) => store.close()));
      await database.drop();
    },
  };
}

storeConformance('PostgreSQL', postgresBed);
