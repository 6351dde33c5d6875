import { describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../../../../test/setup/databases.ts';
import { priorities } from '../model/run.ts';
import { nextOf, nextPlanOf } from '../schedule/occurrences.ts';
import { tzVersion } from '../schedule/zone.ts';
import * as factories from '../testing/factories.ts';
import { benchOf, type Place } from './test-bench.ts';

/** Very many schedules that are due at the same instant. How long ten thousand take is measured by the bench `crowd`. */

const crowd = 2000;
const places: readonly (readonly [string, Place])[] = [
  ['SQLite', null],
  ['PostgreSQL', () => freshPostgres(inject('postgresUrl'))],
];

describe.each(places)('on %s', (_, place) => {
  const bench = benchOf(place);

  test(`${crowd} due in the same second: two schedulers give each one run, and the critical begin first (F58, P2)`, async () => {
    const now = await bench().store.now();
    const ids = await bench().store.ids(2 * crowd);
    const spec = { kind: 'interval', every: 1, unit: 'minutes', start: now, timezone: 'UTC' } as const;
    const jobs = ids
      .slice(0, crowd)
      .map((id, at) =>
        factories.job({ id, createdAt: now, definition: { priority: priorities[at % priorities.length] ?? 'medium' } }),
      );
    const schedules = jobs.map(({ id: jobId }, at) =>
      factories.schedule({
        id: ids[crowd + at] ?? 0,
        jobId,
        createdAt: now,
        spec,
        cursorAt: now,
        planAt: nextPlanOf(spec, now),
        nextDueAt: nextOf(spec, now),
        tzVersion,
      }),
    );
    await bench().store.transaction(async (tables) => {
      for (const job of jobs) await tables.jobs.insert(job, null);
      await tables.schedules.insert(schedules);
    });
    const schedulers = [bench().scheduler({ store: await bench().another() }), bench().scheduler()];
    bench().clock.advance(60_000);
    await Promise.all(schedulers.map((scheduler) => scheduler.tick()));
    await Promise.all(schedulers.map((scheduler) => scheduler.tick()));
    const runs = new Map<number, number>();
    for (const { id } of jobs) runs.set(id, (await bench().runs(id)).length);
    expect([...runs].filter(([, made]) => made !== 1)).toEqual([]);
    const { worker, stage } = await bench().worker({ slots: 100 });
    await bench().done(worker.tick());
    await bench().until(() => stage.acts.length === 100);
    expect(new Set(stage.acts.map(({ context }) => context.definition.priority))).toEqual(new Set(['critical']));
    for (const scheduler of schedulers) await scheduler.stop();
  }, 120_000);
});
