/** The control on SQLite: one connection, one transaction a hundred, which deletes the former and claims the next. */
import { DatabaseSync } from 'node:sqlite';
import { meter, serve, Tally, ticks, type Answer, type Order } from '../child.ts';

const batch = 100;

function drain(order: Order): Promise<Answer> {
  const count = Number(order['count']);
  const tally = new Tally(count);
  const database = new DatabaseSync(order.url.slice('sqlite:'.length));
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${order['loose'] === true ? 'NORMAL' : 'FULL'};
    CREATE TABLE line (id integer PRIMARY KEY) STRICT; CREATE TABLE taken (id integer PRIMARY KEY) STRICT`);
  database
    .prepare(
      'WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ? - 1) INSERT INTO line SELECT i FROM n',
    )
    .run(count);
  const take = database.prepare('INSERT INTO taken SELECT id FROM line ORDER BY id LIMIT ? RETURNING id');
  const leave = database.prepare('DELETE FROM line WHERE id IN (SELECT value FROM json_each(?))');
  const done = database.prepare('DELETE FROM taken WHERE id IN (SELECT value FROM json_each(?))');
  const [begin, commit] = [database.prepare('BEGIN IMMEDIATE'), database.prepare('COMMIT')];
  const measured = meter();
  for (let held = '[]'; ;) {
    begin.run();
    done.run(held);
    const rows = take.all(batch) as { id: number }[];
    held = JSON.stringify(rows.map(({ id }) => id));
    leave.run(held);
    commit.run();
    if (rows.length === 0) break;
    for (const { id } of rows) tally.saw(id);
  }
  const figures = measured();
  const left = database.prepare('SELECT (SELECT count(*) FROM line) + (SELECT count(*) FROM taken) AS "left"').get();
  database.close();
  return Promise.resolve({ ...figures, ...tally.facts, doneAt: ticks(), complete: left?.['left'] === 0 });
}

await serve({ drain });
