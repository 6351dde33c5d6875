/** BullMQ on Redis, which keeps nothing on the disk here: "no fsync" stands beside its figures. */
import { Queue, Worker } from 'bullmq';
import { Arrived } from '../arrivals.ts';
import { meter, portions, serve, Tally, tell, ticks, told } from '../child.ts';
import { arrivalsOf, openLoop } from '../open-loop.ts';

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

async function consume(order) {
  const connection = connectionOf(order);
  const arrived = new Arrived(order.count);
  const worker = new Worker(name, async ({ data }) => arrived.saw(data), { connection, concurrency: order.slots });
  await worker.waitUntilReady();
  const answer = await arrived.wait();
  await worker.close();
  return answer;
}

async function produce(order) {
  const queue = new Queue(name, { connection: connectionOf(order) });
  await queue.waitUntilReady();
  tell('ready');
  await told('go');
  const answer = await openLoop(arrivalsOf(order), ([sent]) => queue.add(name, sent));
  await queue.close();
  return answer;
}

async function rest(order) {
  const connection = connectionOf(order);
  const queue = new Queue(name, { connection });
  for (let n = 0; n < order.schedules; n += 1) await queue.upsertJobScheduler(`work-${n}`, { pattern: '0 0 29 2 *' });
  const worker = new Worker(name, async () => undefined, { connection, concurrency: order.slots });
  await worker.waitUntilReady();
  tell('ready');
  await told('stop');
  await worker.close();
  await queue.close();
  return {};
}

await serve({ consume, drain, produce, rest });
