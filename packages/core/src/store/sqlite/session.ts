import type { Compilable } from 'kysely';
import type { Sight } from '../../model/sight.ts';
import { sqliteBuilder } from '../sql/builder.ts';
import type { RowValues, Session } from '../sql/session.ts';
import type { Parameters, Statement } from '../sql/statement.ts';
import { throughViews } from '../sql/views.ts';
import type { Answer, Connection } from './connection.ts';
import { sqliteStatements } from './statements.ts';

/** How a session runs a statement: at once inside a transaction, again and again while the file is locked outside. */
type Runner = (step: () => Answer) => Answer | Promise<Answer>;

/** A session on one connection. `afterCommit` says what becomes of what must wait for the commit. */
export function sqliteSession(
  connection: Connection,
  afterCommit: (then: () => void) => void,
  runner: Runner,
  sight: Sight | null = null,
): Session {
  const execute = (query: Compilable<unknown>) => {
    const { sql, parameters } = query.compile();
    const seen = sight === null ? null : throughViews('sqlite', sql);
    if (seen === null || sight === null) return runner(() => connection.run(sql, parameters));
    // The first number is taken by who looks; the others go on from there.
    const values = seen.includes(':viewer') ? [sight.personId, ...parameters] : parameters;
    return runner(() => connection.run(seen.replaceAll(':viewer', '?1'), values));
  };
  const textOf = (text: string, parameters: Parameters) => {
    const seen = sight === null ? null : throughViews('sqlite', text);
    if (seen === null || sight === null) return { text, parameters };
    return {
      text: seen,
      parameters: seen.includes(':viewer') ? { ...parameters, viewer: sight.personId } : parameters,
    };
  };
  return {
    kind: 'sqlite',
    build: sqliteBuilder,
    hot: sqliteStatements,
    calendars: new Map(),
    sight,
    async rows<Row>(query: Compilable<Row>) {
      return (await execute(query)).rows as readonly Row[];
    },
    async change(query) {
      return (await execute(query)).changes;
    },
    async run<Row>(statement: Statement, parameters = {}) {
      const asked = textOf(statement.text, parameters);
      return (await runner(() => connection.run(asked.text, asked.parameters))).rows as readonly Row[];
    },
    async each<Row>({ text, each = [] }: Statement, rows: readonly RowValues[]) {
      const lists = rows.map((row) => each.map((name) => row[name]));
      return (await runner(() => connection.runEach(text, lists))).rows as readonly Row[];
    },
    afterCommit,
  };
}
