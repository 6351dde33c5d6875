/** graphile-worker: `fast` is its local queue of 500 with completions in batches, else it works as it comes. */
import pg from 'pg';
import { makeWorkerUtils, parseCrontab, run } from 'graphile-worker';
import { Arrived } from '../arrivals.ts';
import { meter, portions, serve, Tally, tell, ticks, told, until } from '../child.ts';
import { Keyed, keyedOf } from '../keyed.ts';
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

/** Its queues have one slot each; there are no others, so that the key with a hundred goes without. */
async function keyed(order) {
  const plan = keyedOf(order);
  const seen = new Keyed(plan);
  const tally = new Tally(plan.count);
  const utils = await makeWorkerUtils({ connectionString: order.url, logger: quiet });
  await utils.migrate();
  for (const numbers of portions(plan.count, 1000)) {
    const specOf = (n) => (plan.keyOf(n) === 0 ? {} : { queueName: `key-${plan.keyOf(n)}` });
    await utils.addJobs(numbers.map((n) => ({ identifier: 'work', payload: { n }, ...specOf(n) })));
  }
  const work = ({ n }) => {
    tally.saw(n);
    return seen.run(n);
  };
  const measured = meter();
  seen.begin();
  const runner = await start(order, { work });
  await tally.all;
  const { rows } = await utils.withPgClient(async (client) => {
    const more = () => client.query('SELECT count(*)::int AS more FROM graphile_worker._private_jobs');
    await until(async () => (await more()).rows[0].more === 0);
    return more();
  });
  const figures = measured();
  const doneAt = ticks();
  await runner.stop();
  await utils.release();
  return { ...figures, ...tally.facts, ...seen.facts, doneAt, complete: rows[0].more === 0 };
}

/** Fills the queue for those who join. */
async function fill(order) {
  const utils = await makeWorkerUtils({ connectionString: order.url, logger: quiet });
  await utils.migrate();
  const dueAt = Math.ceil((Date.now() + (order.aheadMs ?? 0)) / 1000) * 1000;
  const when = order.aheadMs === undefined ? {} : { runAt: new Date(dueAt) };
  for (const numbers of portions(order.count, 1000))
    await utils.addJobs(numbers.map((n) => ({ identifier: 'work', payload: { n }, ...when })));
  await utils.release();
  return order.aheadMs === undefined ? {} : { dueAt };
}

/** Works beside others until told to stop. */
async function join(order) {
  let done = 0;
  tell('ready');
  await told('go');
  const runner = await start(order, { work: () => void (done += 1) });
  await told('stop');
  await runner.stop();
  return { done };
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

async function rest(order) {
  const parsedCronItems = parseCrontab(
    Array.from({ length: order.schedules }, (_, n) => `0 0 29 2 * work ?id=work-${n}`).join('\n'),
  );
  const taskList = { work: () => undefined };
  const runner = await run({
    preset: presetOf(order),
    taskList,
    parsedCronItems,
    noHandleSignals: true,
    logger: quiet,
  });
  tell('ready');
  await told('stop');
  await runner.stop();
  return {};
}

await serve({ consume, drain, fill, join, keyed, produce, rest });
