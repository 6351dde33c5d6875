/** pg-boss: `fast` takes 500 at a time and fetches again at once while a batch comes back full. */
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { Arrived } from '../arrivals.ts';
import { meter, portions, serve, Tally, tell, ticks, told, until } from '../child.ts';
import { arrivalsOf, closedLoop, openLoop } from '../open-loop.ts';

const queue = 'work';

async function opened(order) {
  const max = Math.max(10, order.producers ?? 0);
  const boss = new PgBoss({ connectionString: order.url, max, useListenNotify: order.notify === true });
  boss.on('error', (error) => process.stderr.write(`${error.stack}\n`));
  await boss.start();
  await boss.createQueue(queue, { notify: order.notify === true });
  return boss;
}

async function drain(order) {
  const tally = new Tally(order.count);
  const boss = await opened(order);
  for (const numbers of portions(order.count, 1000))
    await boss.insert(
      queue,
      numbers.map((n) => ({ data: { n } })),
    );
  const client = new pg.Client({ connectionString: order.url });
  await client.connect();
  const isDone = async () => {
    const { rows } = await client.query(
      `SELECT EXISTS (SELECT FROM pgboss.job WHERE name = $1 AND state < 'completed') AS more`,
      [queue],
    );
    return !rows[0].more;
  };
  const how = order.fast
    ? { batchSize: 500, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 }
    : { pollingIntervalSeconds: 0.5, localConcurrency: order.slots };
  const measured = meter();
  await boss.work(queue, how, async (jobs) => {
    for (const { data } of jobs) tally.saw(data.n);
  });
  await tally.all;
  await until(isDone);
  const figures = measured();
  const doneAt = ticks();
  const { rows } = await client.query(
    `SELECT count(*) AS done FROM pgboss.job WHERE name = $1 AND state = 'completed'`,
    [queue],
  );
  await client.end();
  await boss.stop({ graceful: false });
  return { ...figures, ...tally.facts, doneAt, complete: Number(rows[0].done) === order.count };
}

async function consume(order) {
  const arrived = new Arrived(order.count);
  const boss = await opened(order);
  const how = order.fast
    ? { batchSize: 500, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 }
    : { localConcurrency: order.slots, pollingIntervalSeconds: 0.5 };
  await boss.work(queue, how, async (jobs) => {
    for (const { data } of jobs) arrived.saw(data);
  });
  const answer = await arrived.wait();
  await boss.stop({ graceful: true, timeout: 5000 });
  return answer;
}

async function produce(order) {
  const boss = await opened(order);
  tell('ready');
  await told('go');
  const arrivals = arrivalsOf(order);
  const one = (sent) => boss.send(queue, sent);
  const together = (sent) =>
    boss.insert(
      queue,
      sent.map((data) => ({ data })),
    );
  const answer =
    order.producers > 0
      ? await closedLoop({ count: arrivals.count, producers: order.producers }, one)
      : await openLoop(arrivals, arrivals.batch > 1 ? together : ([sent]) => one(sent));
  await boss.stop({ graceful: false });
  return answer;
}

async function rest(order) {
  const boss = await opened(order);
  for (let n = 0; n < order.schedules; n += 1) await boss.schedule(queue, '0 0 29 2 *', null, { key: `work-${n}` });
  await boss.work(queue, { localConcurrency: order.slots }, async () => undefined);
  tell('ready');
  await told('stop');
  await boss.stop({ graceful: false });
  return {};
}

await serve({ consume, drain, produce, rest });
