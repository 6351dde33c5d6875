import type { Compilable } from 'kysely';
import { sqliteBuilder } from '../sql/builder.ts';
import type { RowValues, Session } from '../sql/session.ts';
import type { Statement } from '../sql/statement.ts';
import type { Answer, Connection } from './connection.ts';
import { sqliteStatements } from './statements.ts';

/** How a session runs a statement: at once inside a transaction, again and again while the file is locked outside. */
type Runner = (step: () => Answer) => Answer | Promise<Answer>;

/** A session on one connection. `afterCommit` says what becomes of what must wait for the commit. */
export function sqliteSession(
  connection: Connection,
  afterCommit: (then: () => void) => void,
  runner: Runner,
): Session {
  const execute = (query: Compilable<unknown>) => {
    const { sql, parameters } = query.compile();
    return runner(() => connection.run(sql, parameters));
  };
  return {
    kind: 'sqlite',
    build: sqliteBuilder,
    hot: sqliteStatements,
    calendars: new Map(),
    async rows<Row>(query: Compilable<Row>) {
      return (await execute(query)).rows as readonly Row[];
    },
    async change(query) {
      return (await execute(query)).changes;
    },
    async run<Row>(statement: Statement, parameters = {}) {
      return (await runner(() => connection.run(statement.text, parameters))).rows as readonly Row[];
    },
    async each<Row>({ text, each = [] }: Statement, rows: readonly RowValues[]) {
      const lists = rows.map((row) => each.map((name) => row[name]));
      return (await runner(() => connection.runEach(text, lists))).rows as readonly Row[];
    },
    afterCommit,
  };
}
