import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { explainWaiting } from '../operations/why-waiting.ts';
import { Stage } from './test-stage.ts';
import { benchOf, type Place } from './test-bench.ts';

const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];

describe.each(places)('jobs of a plugin on %s', (_, place) => {
  const bench = benchOf(place);

  test('are taken by a worker that has the plugin, and by no other', async () => {
    const run = await bench().run({ type: 'feed-check', config: {} });
    const lacking = await bench().worker({ name: 'lacks' });
    await bench().done(lacking.worker.tick());
    expect([lacking.stage.acts.length, (await bench().read(run)).state]).toEqual([0, 'queued']);
    const why = await explainWaiting(bench().store, [run], { lostAfterMs: 60_000, drainRate: 10, ageingMs: 0 });
    expect(why.get(run.id)?.sentence).toBe('No worker serves the job type feed-check: lacks lacks its plugin.');
    const stage = new Stage();
    const handlers = new Map([['feed-check', stage.handler]]);
    const having = await bench().worker({ stage, handlers, labels: ['type:feed-check'] });
    await bench().done(having.worker.tick());
    expect(await bench().until(() => having.stage.acts.length === 1)).toBe(true);
  });
});
