/** The control of S15: bare processes that share a SQLite file, each claiming and deleting one row a transaction. */
import { DatabaseSync } from 'node:sqlite';
import { serve, tell, ticks, told, type Answer, type Order } from '../child.ts';

const open = ({ url }: Order): DatabaseSync => {
  const database = new DatabaseSync(url.slice('sqlite:'.length), { timeout: 10_000 });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  return database;
};

function fill(order: Order): Promise<Answer> {
  const database = open(order);
  database.exec('CREATE TABLE line (id integer PRIMARY KEY) STRICT');
  database
    .prepare(
      'WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ? - 1) INSERT INTO line SELECT i FROM n',
    )
    .run(Number(order['count']));
  database.close();
  return Promise.resolve({});
}

async function join(order: Order): Promise<Answer> {
  const database = open(order);
  const take = database.prepare('DELETE FROM line WHERE id = (SELECT id FROM line ORDER BY id LIMIT 1)');
  tell('ready');
  await told('go');
  let [over, done, longestMs] = [false, 0, 0];
  void told('stop').then(() => (over = true));
  while (!over) {
    const from = ticks();
    done += Number(take.run().changes);
    longestMs = Math.max(longestMs, ticks() - from);
    await new Promise((resolve) => setImmediate(resolve));
  }
  database.close();
  return { done, longestMs };
}

await serve({ fill, join });
