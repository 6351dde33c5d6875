/** Which copies follow the server, and what a commit waits for. */
import type { Standbys } from '../../model/lineage.ts';
import type { Session } from '../sql/session.ts';
import type { Statement } from '../sql/statement.ts';

/** Without the right to see them the server answers the rows and leaves their columns empty. */
const followers: Statement = {
  name: 'followers',
  text: `SELECT count(*) FILTER (WHERE sync_state IN ('sync', 'quorum')) AS synchronous,
  count(*) FILTER (WHERE sync_state IN ('async', 'potential')) AS asynchronous,
  count(*) FILTER (WHERE sync_state IS NULL) AS hidden,
  current_setting('synchronous_commit') AS commits FROM pg_stat_replication`,
};

interface Row {
  readonly synchronous: number;
  readonly asynchronous: number;
  readonly hidden: number;
  readonly commits: string;
}

export async function standbysOf(session: Session): Promise<Standbys> {
  const [row] = await session.run<Row>(followers);
  if (row === undefined) return { visible: false, synchronous: 0, asynchronous: 0, commits: '' };
  const { hidden, ...standbys } = row;
  return { visible: hidden === 0, ...standbys };
}
