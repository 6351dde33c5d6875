import { sql, type RawBuilder } from 'kysely';

/** Of PostgreSQL, which takes a list of any length as one value: one text, prepared once, serves all lengths. */
export const isOneOf = (column: string, ids: readonly number[]): RawBuilder<boolean> =>
  sql<boolean>`${sql.ref(column)} = ANY(${ids}::bigint[])`;
