/** What somebody reads through views is found by what they see, and not by walking through what there is. */
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { freshDir, freshPostgres } from '../../../../test/setup/databases.ts';
import { realSystem } from '../system/system.ts';
import * as factories from '../testing/factories.ts';
import { openStore } from './open-store.ts';
import type { Store } from './store.ts';

const jobsOfOthers = 20;
/** More than a list looks through. */
const runsOfOthers = 17_000;

describe.each(['SQLite', 'PostgreSQL'] as const)('a person among many on %s', (database) => {
  const folder = freshDir();
  let fresh: Awaited<ReturnType<typeof freshPostgres>> | null = null;
  let store: Store;
  let seen: Store;
  const personId = 77;
  beforeAll(async () => {
    fresh = database === 'PostgreSQL' ? await freshPostgres(inject('postgresUrl')) : null;
    const url = fresh?.url ?? `sqlite:${folder.path}/many.db`;
    store = await openStore({ url, system: realSystem(), migrate: true });
    const others = Array.from({ length: jobsOfOthers }, () => factories.job({ ownerId: 5 }));
    const own = [1, 2, 3].map(() => factories.job({ ownerId: personId }));
    await store.transaction(async (tables) => {
      for (const job of [...own, ...others]) await tables.jobs.insert(job, null);
      // One's own are the oldest: a walk from the newest would meet all the others first.
      await tables.runs.insert(own.map(({ id }) => factories.newRun({ jobId: id, createdAt: 1_000, slots: null })));
      for (let from = 0; from < runsOfOthers; from += 1000)
        await tables.runs.insert(
          Array.from({ length: 1000 }, (_, at) =>
            factories.newRun({
              jobId: others[(from + at) % jobsOfOthers]?.id ?? 0,
              createdAt: 1_000_000 + from + at,
              slots: null,
            }),
          ),
        );
      for (const { id } of own) await tables.events.append([{ kind: 'job.changed', jobId: id }]);
      for (let from = 0; from < runsOfOthers; from += 1000)
        await tables.events.append(
          Array.from({ length: 1000 }, (_, at) => ({
            kind: 'run.failed',
            jobId: others[(from + at) % jobsOfOthers]?.id ?? 0,
          })),
        );
    });
    await store.maintain();
    seen = store.seenBy({ personId });
  }, 120_000);
  afterAll(async () => {
    await store?.close();
    await fresh?.drop();
    folder.remove();
  });

  test('the own runs, older than all the others, are the first page', async () => {
    const { items, next } = await seen.runs.list({}, { limit: 50 });
    expect([items.length, next]).toEqual([3, null]);
    expect((await seen.events.list({}, { limit: 50 })).items).toHaveLength(3);
  });
});
