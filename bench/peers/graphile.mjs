/** graphile-worker: `fast` is its local queue of 500 with completions in batches, else it works as it comes. */
import pg from 'pg';
import { makeWorkerUtils, run } from 'graphile-worker';
import { Arrived } from '../arrivals.ts';
import { meter, portions, serve, Tally, tell, ticks, told, until } from '../child.ts';
import { arrivalsOf, closedLoop, openLoop } from '../open-loop.ts';

const quiet = { scope: () => quiet, error() {}, warn() {}, info() {}, debug() {} };

function presetOf({ url, fast, slots }) {
  const batched = { localQueue: { size: 500 }, completeJobBatchDelay: 0, failJobBatchDelay: 0 };
  return { worker: { connectionString: url, concurrentJobs: slots, maxPoolSize: 10, ...(fast ? batched : {}) } };
}

async function start(order, taskList) {
  return run({ preset: presetOf(order), taskList, noHandleSignals: true, logger: quiet });
}

async function drain(order) {
  const tally = new Tally(order.count);
  const utils = await makeWorkerUtils({ connectionString: order.url, logger: quiet });
  await utils.migrate();
  for (const numbers of portions(order.count, 1000))
    await utils.addJobs(numbers.map((n) => ({ identifier: 'work', payload: { n } })));
  const client = new pg.Client({ connectionString: order.url });
  await client.connect();
  const isEmpty = async () => {
    const { rows } = await client.query('SELECT EXISTS (SELECT FROM graphile_worker._private_jobs) AS more');
    return !rows[0].more;
  };
  const measured = meter();
  const runner = await start(order, { work: ({ n }) => tally.saw(n) });
  await tally.all;
  await until(isEmpty);
  const figures = measured();
  const doneAt = ticks();
  await runner.stop();
  const complete = await isEmpty();
  await client.end();
  await utils.release();
  return { ...figures, ...tally.facts, doneAt, complete };
}

async function consume(order) {
  const arrived = new Arrived(order.count);
  const runner = await start(order, { work: (sent) => arrived.saw(sent) });
  const answer = await arrived.wait();
  await runner.stop();
  return answer;
}

async function produce(order) {
  const pgPool = new pg.Pool({ connectionString: order.url, max: Math.max(10, order.producers ?? 0) });
  const utils = await makeWorkerUtils({ pgPool, logger: quiet });
  await utils.migrate();
  tell('ready');
  await told('go');
  const arrivals = arrivalsOf(order);
  const one = (sent) => utils.addJob('work', sent);
  const together = (sent) => utils.addJobs(sent.map((payload) => ({ identifier: 'work', payload })));
  const answer =
    order.producers > 0
      ? await closedLoop({ count: arrivals.count, producers: order.producers }, one)
      : await openLoop(arrivals, arrivals.batch > 1 ? together : ([sent]) => one(sent));
  await utils.release();
  await pgPool.end();
  return answer;
}

await serve({ consume, drain, produce });
