/** BullMQ on Redis, which keeps nothing on the disk here: "no fsync" stands beside its figures. */
import { Queue, Worker } from 'bullmq';
import { meter, portions, serve, Tally, ticks } from '../child.ts';

const name = 'work';

function connectionOf({ url }) {
  const { hostname: host, port } = new URL(url);
  return { host, port: Number(port), maxRetriesPerRequest: null };
}

async function drain(order) {
  const connection = connectionOf(order);
  const tally = new Tally(order.count);
  const queue = new Queue(name, { connection });
  for (const numbers of portions(order.count, 1000)) await queue.addBulk(numbers.map((n) => ({ name, data: { n } })));
  const done = Promise.withResolvers();
  let completed = 0;
  const measured = meter();
  const worker = new Worker(name, async ({ data }) => tally.saw(data.n), { connection, concurrency: order.slots });
  worker.on('completed', () => {
    completed += 1;
    if (completed === order.count) done.resolve();
  });
  await done.promise;
  const figures = measured();
  const doneAt = ticks();
  const complete = (await queue.getCompletedCount()) === order.count;
  await worker.close();
  await queue.close();
  return { ...figures, ...tally.facts, doneAt, complete };
}

await serve({ drain });
