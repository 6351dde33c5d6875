/** Ours: schedules in the database, planned, claimed and carried out by one engine. */
import { nextOf, type Store } from 'job-trigger-core';
import { factories } from 'job-trigger-core/testing';
import { nextPlanOf } from '../../packages/core/src/schedule/occurrences.ts';
import { tzVersion } from '../../packages/core/src/schedule/zone.ts';
import type { Answer, Order } from '../child.ts';
import { Fired, firingOf } from '../firing.ts';
import { makeWorkJob, openOurStore, ourEngine } from './our-engine.ts';

/** Jobs that are written at a time. */
const together = 500;

/** Jobs with a schedule each, in one transaction. */
export async function makeScheduled(store: Store, count: number, expression: string, name = 'fire'): Promise<void> {
  const now = await store.now();
  const spec = { kind: 'cron', expression, timezone: 'UTC' } as const;
  const ids = await store.ids(2 * count);
  const definition = { type: 'function', config: { name } } as const;
  const facts = { spec, cursorAt: now, planAt: nextPlanOf(spec, now), nextDueAt: nextOf(spec, now), tzVersion };
  await store.transaction(async (tables) => {
    for (let from = 0; from < count; from += together) {
      const places = Array.from({ length: Math.min(together, count - from) }, (_each, place) => from + place);
      const idAt = (place: number): number => ids[place] ?? 0;
      const jobs = places.map((place) => factories.job({ id: idAt(place), createdAt: now, definition }));
      await Promise.all(jobs.map((job) => tables.jobs.insert(job, null)));
      const schedules = places.map((place) => ({
        id: idAt(count + place),
        jobId: idAt(place),
        createdAt: now,
        ...facts,
      }));
      await tables.schedules.insert(schedules.map((schedule) => factories.schedule(schedule)));
    }
  });
}

export async function fire(order: Order): Promise<Answer> {
  const firing = firingOf(order);
  const fired = new Fired(firing);
  const store = await openOurStore(order);
  const numbers = new Map<string, number>();
  const functions = new Map([
    [
      'fire',
      ({ jobId }: { readonly jobId: string }) => {
        const number = numbers.get(jobId) ?? numbers.size;
        numbers.set(jobId, number);
        fired.fired(number);
        return null;
      },
    ],
    [
      'work',
      () => {
        fired.background();
        return null;
      },
    ],
  ]);
  const roles = { scheduler: true, worker: true };
  await makeScheduled(store, firing.schedules, `*/${firing.everySeconds} * * * * *`);
  const jobId = await makeWorkJob(store);
  const engine = await ourEngine(store, { order, functions: functions as never, slots: 100, roles });
  await engine.start();
  const startOne = async (): Promise<void> => {
    const [[id = 0], at] = [await store.ids(1), await store.now()];
    const run = factories.newRun({ id, createdAt: at, availableAt: at, jobId });
    await store.transaction((tables) => tables.runs.insert([run]));
    store.bell.ring('queue');
  };
  const answer = await fired.watch(
    () => void startOne().catch((error: unknown) => process.stderr.write(`${String(error)}\n`)),
  );
  await engine.stop({ now: true });
  await store.close();
  return answer;
}
