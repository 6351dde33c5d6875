/** Ours, emptying a queue of runs whose jobs have limits: one job with half of the runs, the others with a few each. */
import { factories } from 'job-trigger-core/testing';
import { meter, portions, Tally, ticks, type Answer, type Order } from '../child.ts';
import { Keyed, keyedOf } from '../keyed.ts';
import { countHistory, openOurStore, ourEngine } from './our-engine.ts';

export async function keyed(order: Order): Promise<Answer> {
  const plan = keyedOf(order);
  const seen = new Keyed(plan);
  const tally = new Tally(plan.count);
  const store = await openOurStore(order);
  const now = await store.now();
  const ids = await store.ids(plan.keys + 1);
  for (const numbers of portions(ids.length, 500)) {
    await store.transaction(async (tables) => {
      for (const number of numbers) {
        const maxConcurrent = plan.slotsOf(number);
        const definition = { type: 'function', config: { name: 'work' }, overlap: 'allow', maxConcurrent } as const;
        const id = ids[number] ?? 0;
        await tables.jobs.insert(factories.job({ id, createdAt: now, definition }), null);
      }
    });
  }
  for (const numbers of portions(plan.count, 1000)) {
    const [runIds, at] = [await store.ids(numbers.length), await store.now()];
    const runs = numbers.map((n, index) => {
      const [key, id] = [plan.keyOf(n), runIds[index] ?? 0];
      const jobId = ids[key] ?? 0;
      const slots = plan.slotsOf(key);
      // As the product makes them: functions begin with their claim, and only a backfill leaves thousands behind one limit.
      const trigger = key === 0 ? ('backfill' as const) : ('api' as const);
      const parameters = { n };
      return factories.newRun({ id, createdAt: at, availableAt: at, jobId, slots, trigger, parameters, direct: true });
    });
    await store.transaction((tables) => tables.runs.insert(runs));
  }
  const work = ({ parameters }: { readonly parameters: Readonly<Record<string, unknown>> }): Promise<null> => {
    const n = Number(parameters['n']);
    tally.saw(n);
    return seen.run(n).then(() => null);
  };
  const functions = new Map([['work', work]]);
  const engine = await ourEngine(store, { order, functions, slots: Number(order['slots']) });
  const measured = meter();
  seen.begin();
  await engine.start();
  await tally.all;
  await engine.worker?.idle();
  const figures = measured();
  const doneAt = ticks();
  await engine.stop();
  await store.close();
  const { left, succeeded } = await countHistory(order.url);
  return { ...figures, ...tally.facts, ...seen.facts, doneAt, complete: left === 0 && succeeded === plan.count };
}
