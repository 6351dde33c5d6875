/** pg-boss: `fast` takes 500 at a time and fetches again at once while a batch comes back full. */
import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { meter, portions, serve, Tally, ticks, until } from '../child.ts';

const queue = 'work';

async function opened(order) {
  const boss = new PgBoss({ connectionString: order.url, max: 10 });
  boss.on('error', (error) => process.stderr.write(`${error.stack}\n`));
  await boss.start();
  await boss.createQueue(queue);
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

await serve({ drain });
