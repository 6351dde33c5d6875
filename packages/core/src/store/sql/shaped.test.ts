import { expect, test } from 'vitest';
import { postgresBuilder, sqliteBuilder } from './builder.ts';
import { shaped } from './shaped.ts';

const [postgres, sqlite] = [
  { kind: 'postgres', build: postgresBuilder },
  { kind: 'sqlite', build: sqliteBuilder },
] as const;

test('a query is made once for each kind of database, and asked with what is given each time', () => {
  const made: string[] = [];
  const named = shaped(({ build, kind }, { name, id }: { readonly name: string; readonly id: number }) => {
    made.push(kind);
    return build
      .selectFrom('jobs')
      .select('id')
      .where('name', '=', name)
      .where('id', 'in', [id, 7])
      .where('demo', '=', 1);
  });
  const told = (on: typeof postgres | typeof sqlite, name: string, id: number) => {
    const { sql, parameters } = named(on, { name, id }).compile();
    return [sql, ...parameters];
  };
  const text = 'select "id" from "jobs" where "name" = $1 and "id" in ($2, $3) and "demo" = $4';
  expect([told(postgres, 'a', 1), told(postgres, 'b', 2)]).toEqual([
    [text, 'a', 1, 7, 1],
    [text, 'b', 2, 7, 1],
  ]);
  expect(told(sqlite, 'c', 3)).toEqual([text.replaceAll(/\$\d/g, '?'), 'c', 3, 7, 1]);
  expect(made).toEqual(['postgres', 'sqlite']);
});
