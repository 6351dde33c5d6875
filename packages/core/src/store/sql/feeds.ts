import type { CalendarFeed, FeedTable } from '../feed-table.ts';
import type { FeedRow } from './schema.ts';
import { first, type Session } from './session.ts';

function toFeed(row: FeedRow): CalendarFeed {
  return {
    id: row.id,
    createdAt: row.created_at,
    personId: row.person_id,
    name: row.name,
    hash: row.hash,
    jobId: row.job_id,
    tag: row.tag,
    search: row.search,
  };
}

/** Calendar feeds, on either database. */
export function feedTable(session: Session): FeedTable {
  const { build } = session;
  const all = build.selectFrom('calendar_feeds').selectAll();
  return {
    async insert(feed) {
      const row: FeedRow = {
        id: feed.id,
        created_at: feed.createdAt,
        person_id: feed.personId,
        name: feed.name,
        hash: feed.hash,
        job_id: feed.jobId,
        tag: feed.tag,
        search: feed.search,
      };
      await session.change(build.insertInto('calendar_feeds').values(row));
    },
    async byHash(hash) {
      const row = await first(session, all.where('hash', '=', hash));
      return row === null ? null : toFeed(row);
    },
    async list() {
      return (await session.rows(all.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(500))).map(toFeed);
    },
    async remove(id) {
      return (await session.change(build.deleteFrom('calendar_feeds').where('id', '=', id))) > 0;
    },
  };
}
