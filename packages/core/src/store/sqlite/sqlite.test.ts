import { storeConformance, type TestBed } from '../../testing/store-conformance.ts';
import { manualClock } from '../../testing/manual-clock.ts';
import { seededRandom } from '../../testing/seeded-random.ts';
import { realSystem } from '../../system/system.ts';
import { openStore } from '../open-store.ts';
import type { Store } from '../store.ts';
import { freshDir } from '../../../../../test/setup/databases.ts';

async function sqliteBed(): Promise<TestBed> {
  const folder = freshDir();
  const clock = manualClock();
  const url = `sqlite:${folder.path}/jtp.db`;
  const opened: Store[] = [];
  const another = async (): Promise<Store> => {
    const system = realSystem({ clock, random: seededRandom(opened.length) });
    const store = await openStore({ url, system, migrate: opened.length === 0 });
    opened.push(store);
    return store;
  };
  return {
    store: await another(),
    clock,
    another,
    async close() {
      await Promise.all(opened.map((store) => store.close()));
      folder.remove();
    },
  };
}

storeConformance('SQLite', sqliteBed);
