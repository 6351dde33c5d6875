/** Ours with schedules of which none is due: what it costs to wait. */
import { tell, told, type Answer, type Order } from '../child.ts';
import { makeScheduled } from './our-firing.ts';
import { openOurStore, ourEngine } from './our-engine.ts';

export async function rest(order: Order): Promise<Answer> {
  const store = await openOurStore({ ...order, pool: 5 });
  await makeScheduled(store, Number(order['schedules']), '0 0 29 2 *');
  const engine = await ourEngine(store, { order, slots: 10, roles: { scheduler: true, worker: true } });
  await engine.start();
  tell('ready');
  await told('stop');
  await engine.stop({ now: true });
  await store.close();
  return {};
}
