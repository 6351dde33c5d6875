import pg from 'pg';
import { expect, inject, test } from 'vitest';
import { freshPostgres } from './databases.ts';

test('a fresh database answers, and is gone when dropped', async () => {
  const database = await freshPostgres(inject('postgresUrl'));
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const answer = await client.query('select 1 as one');
  await client.end();
  expect(answer.rows).toEqual([{ one: 1 }]);
  await database.drop();
  const again = new pg.Client({ connectionString: database.url });
  await expect(again.connect()).rejects.toMatchObject({ code: '3D000' });
});
