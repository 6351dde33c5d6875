/** The control of latency on PostgreSQL: one INSERT with NOTIFY, and whoever hears it claims by DELETE. No engine at all. */
import pg from 'pg';
import { Arrived } from '../arrivals.ts';
import { serve, tell, told, until, type Answer, type Order } from '../child.ts';
import { arrivalsOf, closedLoop, openLoop, type Sent } from '../open-loop.ts';

const table = 'CREATE TABLE IF NOT EXISTS line (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, n int, at float8)';

async function consume(order: Order): Promise<Answer> {
  const arrived = new Arrived(Number(order['count']));
  const [listener, client] = [new pg.Client(order.url), new pg.Client(order.url)];
  await Promise.all([listener.connect(), client.connect()]);
  await client.query(table);
  let [asked, busy] = [false, false];
  const claim = async (): Promise<void> => {
    asked = true;
    if (busy) return;
    busy = true;
    while (asked) {
      asked = false;
      const { rows } = await client.query<Sent>({
        name: 'claim',
        text: 'DELETE FROM line WHERE id IN (SELECT id FROM line ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED) RETURNING n, at',
      });
      for (const row of rows) arrived.saw(row);
    }
    busy = false;
  };
  listener.on('notification', () => void claim());
  await listener.query('LISTEN line');
  const answer = await arrived.wait();
  await listener.end();
  await until(() => Promise.resolve(!busy));
  await client.end();
  return answer;
}

async function produce(order: Order): Promise<Answer> {
  const producers = Number(order['producers'] ?? 0);
  const pool = new pg.Pool({ connectionString: order.url, max: Math.max(10, producers) });
  await pool.query(table);
  const text =
    order['silent'] === true
      ? 'INSERT INTO line (n, at) VALUES ($1, $2)'
      : `WITH put AS (INSERT INTO line (n, at) VALUES ($1, $2)) SELECT pg_notify('line', '')`;
  const send = ({ n, at }: Sent): Promise<unknown> => pool.query({ name: 'send', text, values: [n, at] });
  tell('ready');
  await told('go');
  const arrivals = arrivalsOf(order);
  const answer =
    producers > 0
      ? await closedLoop({ count: arrivals.count, producers }, send)
      : await openLoop(arrivals, ([sent]) => send(sent ?? { n: 0, at: 0 }));
  await pool.end();
  return answer;
}

await serve({ consume, produce });
