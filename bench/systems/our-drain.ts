/** Ours, emptying a full queue of functions that do nothing, with the whole history written. */
import { factories } from 'job-trigger-core/testing';
import type { Store } from 'job-trigger-core';
import { meter, portions, Tally, ticks, type Answer, type Order } from '../child.ts';
import { countHistory, makeWorkJob, openOurStore, ourEngine } from './our-engine.ts';

export async function fill(store: Store, jobId: number, count: number): Promise<void> {
  for (const numbers of portions(count, 1000)) {
    const [ids, at] = [await store.ids(numbers.length), await store.now()];
    const runs = numbers.map((n, index) =>
      factories.newRun({ id: ids[index] ?? 0, createdAt: at, availableAt: at, jobId, parameters: { n }, direct: true }),
    );
    await store.transaction((tables) => tables.runs.insert(runs));
  }
}

export async function drain(order: Order): Promise<Answer> {
  const count = Number(order['count']);
  const tally = new Tally(count);
  const store = await openOurStore(order);
  const before = await countHistory(order.url);
  await fill(store, await makeWorkJob(store), count);
  const functions = new Map([
    [
      'work',
      ({ parameters }: { readonly parameters: Readonly<Record<string, unknown>> }) => {
        tally.saw(Number(parameters['n']));
        return null;
      },
    ],
  ]);
  const engine = await ourEngine(store, { order, functions, slots: Number(order['slots']) });
  const measured = meter();
  await engine.start();
  await tally.all;
  await engine.worker?.idle();
  const figures = measured();
  const doneAt = ticks();
  await engine.stop();
  await store.close();
  const history = await countHistory(order.url);
  const more = (what: 'succeeded' | 'attempts' | 'events' | 'left'): number => history[what] - before[what];
  const complete =
    more('left') === 0 && (['succeeded', 'attempts', 'events'] as const).every((what) => more(what) === count);
  return { ...figures, ...tally.facts, doneAt, complete, history };
}
