/**
 * The control on PostgreSQL: what the database alone allows for claiming a hundred rows and deleting them, two commits a
 * hundred. No history, no fence, no worker.
 */
import pg from 'pg';
import { meter, serve, Tally, ticks, type Answer, type Order } from '../child.ts';

/** Enough for commits to share an fsync. */
const clients = 4;

async function drain(order: Order): Promise<Answer> {
  const count = Number(order['count']);
  const tally = new Tally(count);
  const pool = new pg.Pool({ connectionString: order.url, max: clients });
  await pool.query('CREATE TABLE line (id bigint PRIMARY KEY, taken_at timestamptz) WITH (fillfactor = 80)');
  await pool.query('INSERT INTO line (id) SELECT * FROM generate_series(0, $1::bigint - 1)', [count]);
  await pool.query('ANALYZE line');
  const one = async (): Promise<void> => {
    for (;;) {
      const { rows } = await pool.query<{ id: string }>({
        name: 'claim',
        text: `WITH picked AS MATERIALIZED (SELECT id FROM line WHERE taken_at IS NULL ORDER BY id LIMIT 100 FOR UPDATE SKIP LOCKED)
          UPDATE line SET taken_at = now() FROM picked WHERE line.id = picked.id RETURNING line.id`,
      });
      if (rows.length === 0) return;
      for (const { id } of rows) tally.saw(Number(id));
      const ids = rows.map(({ id }) => id);
      await pool.query({ name: 'done', text: 'DELETE FROM line WHERE id = ANY($1::bigint[])', values: [ids] });
    }
  };
  const measured = meter();
  await Promise.all(Array.from({ length: clients }, one));
  const figures = measured();
  const doneAt = ticks();
  const { rows } = await pool.query<{ left: string }>('SELECT count(*) AS left FROM line');
  await pool.end();
  return { ...figures, ...tally.facts, doneAt, complete: Number(rows[0]?.left) === 0 };
}

await serve({ drain });
