/** Ours with runs that last until their worker is told to let them end: what a crash meets. */
import { tell, told, type Answer, type Order } from '../child.ts';
import { fill } from './our-drain.ts';
import { makeWorkJob, openOurStore, ourEngine } from './our-engine.ts';

export async function hold(order: Order): Promise<Answer> {
  const count = Number(order['count']);
  const store = await openOurStore({ ...order, pool: 5 });
  if (order['fills'] !== false) await fill(store, await makeWorkJob(store), count);
  const stopped = Promise.withResolvers<null>();
  const functions = new Map([['work', () => (order['ends'] === true ? null : stopped.promise)]]);
  const engine = await ourEngine(store, {
    order,
    functions,
    slots: count,
    roles: { scheduler: true, worker: true },
    name: String(order['name']),
  });
  tell('ready');
  await told('go');
  await engine.start();
  await told('stop');
  stopped.resolve(null);
  await engine.stop();
  await store.close();
  return {};
}
