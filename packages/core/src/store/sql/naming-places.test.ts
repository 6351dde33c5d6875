import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { freshDir } from '../../../../../test/setup/databases.ts';
import { realSystem } from '../../system/system.ts';
import { migrate } from '../migrate.ts';
import { namingPlaces } from './naming-places.ts';

/** Columns that are called as one for a person would be, and why they are no place of that list. */
const others: Readonly<Record<string, string>> = {
  'chain_members.served_by': 'A run.',
  'audit.person_id': 'Rows of the audit are taken by themselves.',
  'invitations.approver': 'A right, not a person.',
  'people.approver': 'A right, not a person.',
  'people.email': 'Goes with its row.',
  'queues.person': 'A number of a line, which is exchanged by itself.',
  'tallies.owner_id': 'Of what is counted.',
};

const personal = /(?:^|_)(?:by|author|actor|owner|person|user|email|approver|reviewer|member)(?:_id|_name)?$/;

test('every column that is called as one for a person is known to erasure, or is none (R-186)', async () => {
  const folder = freshDir();
  const path = join(folder.path, 'jtp.db');
  await migrate({ url: `sqlite:${path}`, system: realSystem() });
  const database = new DatabaseSync(path, { readOnly: true });
  const columns = database
    .prepare(
      `SELECT t.name AS "table", c.name AS "column" FROM sqlite_schema AS t JOIN pragma_table_info(t.name) AS c WHERE t.type = 'table'`,
    )
    .all()
    .map(({ table, column }) => `${String(table)}.${String(column)}`);
  database.close();
  folder.remove();
  const known = namingPlaces.flatMap(({ table, ids = [], names = [], emails = [], texts = [], secrets = [] }) =>
    [...ids, ...names, ...emails, ...texts, ...secrets].map((column) => `${table}.${column}`),
  );
  expect(
    known.filter((place) => !columns.includes(place)),
    'places that are no columns',
  ).toEqual([]);
  const unknown = columns.filter((place) => personal.test(place.split('.')[1] ?? '') && !known.includes(place));
  expect(
    unknown.filter((place) => others[place] === undefined),
    'columns that erasure does not know',
  ).toEqual([]);
  expect(
    Object.keys(others).filter((place) => !unknown.includes(place)),
    'excuses that nothing needs',
  ).toEqual([]);
});
