/** What queries run on: one transaction, or a place for free-standing statements. */
import type { Compilable, Kysely } from 'kysely';
import type { Calendar } from '../../model/calendar.ts';
import type { Id } from '../../model/id.ts';
import type { Sight } from '../../model/sight.ts';
import type { Schema } from './schema.ts';
import type { HotStatements, Parameters, Statement } from './statement.ts';

/** Fields of a row by name; undefined is NULL. */
export type RowValues = Readonly<Record<string, unknown>>;

type DatabaseKind = 'sqlite' | 'postgres';

export interface Session {
  readonly kind: DatabaseKind;
  /** Builds queries and runs none. */
  readonly build: Kysely<Schema>;
  /** The complete texts that differ between the databases. */
  readonly hot: HotStatements;
  /** Calendars as this session read them last: the same object for the same version, so that what was made of it is kept. */
  readonly calendars: Map<Id, Calendar>;
  /** Whose eyes it reads with; null sees everything. */
  readonly sight: Sight | null;
  /** Rows of a built query. */
  rows<Row>(query: Compilable<Row>): Promise<readonly Row[]>;
  /** How many rows a built insert, update or delete touched. */
  change(query: Compilable<unknown>): Promise<number>;
  /** Rows of a complete text, prepared once a connection. Parameters go by name; undefined is NULL. */
  run<Row>(statement: Statement, parameters?: Parameters): Promise<readonly Row[]>;
  /** The same for each row of a text that is written for one; absent where a batch is cheaper as one parameter. */
  readonly each?: <Row>(statement: Statement, rows: readonly RowValues[]) => Promise<readonly Row[]>;
  /**
   * Keeps a statement for the end of the transaction, where it travels with the commit: what it locks is held while the
   * server works, and not while a message travels. `send` sends it at once. Absent where there is no transaction, or a round
   * trip costs nothing.
   */
  readonly lastly?: (send: () => Promise<unknown>) => void;
  /**
   * The commit lets go of its locks before the disk has answered; the transaction resolves when it has. For rows that all
   * changes have to lock.
   */
  readonly letGoEarly?: () => void;
  /** Calls `then` after the commit; at once when no transaction is open. */
  afterCommit(then: () => void): void;
}

/** Carries out a statement for `rows`, its parameter of that name. */
export function runRows<Row>(
  session: Session,
  statement: Statement,
  rows: readonly RowValues[],
): Promise<readonly Row[]> {
  if (session.each !== undefined && statement.each !== undefined) return session.each(statement, rows);
  return session.run(statement, { rows: JSON.stringify(rows) });
}

/** The first row of a built query, or null. */
export async function first<Row>(session: Session, query: Compilable<Row>): Promise<Row | null> {
  return (await session.rows(query))[0] ?? null;
}

/** A statement that nothing in the transaction waits for. */
export async function doLast(session: Session, send: () => Promise<unknown>): Promise<void> {
  if (session.lastly === undefined) await send();
  else session.lastly(send);
}
