import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { Prepared } from './prepared.ts';

test('rows have the names of their columns, in any number, and none is mixed up when the table changes', () => {
  const database = new DatabaseSync(':memory:');
  database.exec(
    `CREATE TABLE things (id integer PRIMARY KEY, name text); INSERT INTO things VALUES (1, 'one'), (2, NULL)`,
  );
  const all = new Prepared(database, 'SELECT * FROM things ORDER BY id');
  expect(all.all([])).toEqual([
    { id: 1, name: 'one' },
    { id: 2, name: null },
  ]);
  database.exec('ALTER TABLE things ADD COLUMN size integer DEFAULT 3');
  expect(all.all([])).toEqual([
    { id: 1, name: 'one', size: 3 },
    { id: 2, name: null, size: 3 },
  ]);
  database.exec('DELETE FROM things');
  expect(all.all([])).toEqual([]);
  database.close();
});

test('a name may be any text, and parameters come by place or by name', () => {
  const database = new DatabaseSync(':memory:');
  const odd = new Prepared(database, `SELECT ? AS "it's \\ ""odd""", 2 AS "__proto__"`);
  const [row] = odd.all([true]);
  expect(Object.entries(row ?? {})).toEqual([
    [`it's \\ "odd"`, 1],
    ['__proto__', 2],
  ]);
  expect(new Prepared(database, 'SELECT :a AS a').all({ a: undefined })).toEqual([{ a: null }]);
  database.close();
});
