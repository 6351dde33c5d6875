import { sql } from 'kysely';
import type { LineageTable } from '../lineage-table.ts';
import { first, type Session } from './session.ts';

const now = sql<number>`now_ms()`;
/** More ids than the commits that a database loses ever drew; there is room for two million failovers. */
const idsPerLineage = 2 ** 32;

/** A file has one line of history, which has no name. */
const serverLine = ({ kind }: Session) => (kind === 'postgres' ? sql<string>`database_line()` : sql<string>`''`);

export function lineageTable(session: Session): LineageTable {
  const { build } = session;
  const newest = build.selectFrom('lineages').orderBy('number', 'desc').limit(1);
  const look: LineageTable['look'] = async () => {
    const row = await first(session, newest.selectAll().select(serverLine(session).as('server')));
    if (row === null) throw new Error('The line of history is missing.');
    return {
      number: row.number,
      line: row.line,
      noticedAt: row.noticed_at,
      settledAt: row.settled_at,
      server: row.server,
    };
  };
  return {
    look,
    async notice(after) {
      const row = { number: after + 1, line: serverLine(session), noticed_at: now, settled_at: null };
      const insert = build.insertInto('lineages').values(row);
      if ((await session.change(insert.onConflict((on) => on.column('number').doNothing()))) === 0) return false;
      const ids = build.updateTable('counters').where('name', '=', 'id');
      await session.change(ids.set({ value: sql<number>`value + ${idsPerLineage}` }));
      return true;
    },
    async settle(number) {
      const open = build.updateTable('lineages').set({ settled_at: now }).where('number', '=', number);
      return (await session.change(open.where('settled_at', 'is', null))) > 0;
    },
    async report(number, workerId) {
      const row = { number, worker_id: workerId, reported_at: now };
      const insert = build.insertInto('lineage_reports').values(row);
      await session.change(insert.onConflict((on) => on.columns(['number', 'worker_id']).doNothing()));
    },
    async reporters(number) {
      const query = build.selectFrom('lineage_reports').select('worker_id').where('number', '=', number);
      return (await session.rows(query)).map((row) => row.worker_id);
    },
    async isOpen() {
      if (session.kind === 'sqlite') return true;
      const { line, server, settledAt } = await look();
      return settledAt !== null && (server === '' || server === line);
    },
  };
}
