/** Nothing that comes by again and again reads all that waits of a job: there may be a hundred thousand. */
import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { benchOf, type Place } from './test-bench.ts';
import { Watch } from './watch.ts';

const second = 1000;
const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];

describe.each(places)('the backlog of a job on %s', (_, place) => {
  const bench = benchOf(place);

  /** The store, where no one may ask for all that waits. */
  function unread() {
    const { store } = bench();
    const readAll = (): Promise<never> => Promise.reject(new Error('all that waits was read'));
    return { ...store, runs: { ...store.runs, live: readAll } };
  }

  test('is not read by the watch, which tells that it is late', async () => {
    const { store, system, settings, folder } = bench();
    const watch = new Watch({ store: unread(), system, settings, dataDir: folder });
    const { job } = await bench().job({ overlap: 'skip' }, [
      { kind: 'interval', every: 1, unit: 'minutes', timezone: 'UTC' },
    ]);
    const scheduler = bench().scheduler();
    await bench().pass(180 * second, 10 * second, async () => {
      await scheduler.tick();
      await watch.tick();
    });
    expect((await store.alerts.list({ jobId: job.id }, { limit: 5 })).items).toMatchObject([{ kind: 'late' }]);
  });
});
