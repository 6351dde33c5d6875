/** Ours as one of several processes on one database: somebody fills the queue, and each works until told to stop. */
import { ticks, tell, told, type Answer, type Order } from '../child.ts';
import { fill as fillQueue } from './our-drain.ts';
import { makeScheduled } from './our-firing.ts';
import { makeWorkJob, openOurStore, ourEngine } from './our-engine.ts';

/** What those who join will work off: runs, or with `aheadMs` schedules that are all due in one second. @returns when */
export async function fill(order: Order): Promise<Answer> {
  const store = await openOurStore(order);
  const [count, aheadMs] = [Number(order['count']), order['aheadMs']];
  if (aheadMs === undefined) await fillQueue(store, await makeWorkJob(store), count);
  const due = new Date(Math.ceil((Date.now() + Number(aheadMs ?? 0)) / 1000) * 1000);
  const parts = [due.getUTCSeconds(), due.getUTCMinutes(), due.getUTCHours(), due.getUTCDate(), due.getUTCMonth() + 1];
  if (aheadMs !== undefined) await makeScheduled(store, count, `${parts.join(' ')} *`, 'work');
  await store.close();
  return aheadMs === undefined ? {} : { dueAt: due.getTime() };
}

export async function join(order: Order): Promise<Answer> {
  let done = 0;
  let [last, longestMs] = [0, 0];
  const work = (): null => {
    const now = ticks();
    if (last > 0) longestMs = Math.max(longestMs, now - last);
    last = now;
    done += 1;
    return null;
  };
  const store = await openOurStore({ ...order, pool: 5 });
  const { scheduler = false, worker = true, name } = order as { scheduler?: boolean; worker?: boolean; name?: string };
  const functions = new Map([['work', work]]);
  const engine = await ourEngine(store, {
    order,
    functions,
    slots: Number(order['slots']),
    roles: { scheduler, worker },
    name: name ?? 'bench',
  });
  tell('ready');
  await told('go');
  await engine.start();
  await told('stop');
  await engine.stop();
  await store.close();
  return { done, longestMs };
}
