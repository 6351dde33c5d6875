import type { Artifact } from '../../model/artifact.ts';
import type { Id, Reference } from '../../model/id.ts';
import type { ArtifactTable } from '../artifact-table.ts';
import type { ArtifactRow } from './artifact-row.ts';
import { decodeCursor, toPage } from './cursor.ts';
import { first, type Session } from './session.ts';

/** Ids in one statement. */
const batch = 500;

const toArtifact = (row: ArtifactRow): Artifact => ({
  id: row.id,
  createdAt: row.created_at,
  runId: row.run_id,
  runCreatedAt: row.run_created_at,
  jobId: row.job_id,
  attempt: row.attempt,
  name: row.name,
  type: row.type,
  bytes: row.bytes,
  sha256: row.sha256,
  crc32: row.crc32,
  problem: row.problem,
  expiresAt: row.expires_at,
});

const toRow = (artifact: Artifact): ArtifactRow => ({
  id: artifact.id,
  created_at: artifact.createdAt,
  run_id: artifact.runId,
  run_created_at: artifact.runCreatedAt,
  job_id: artifact.jobId,
  attempt: artifact.attempt,
  name: artifact.name,
  type: artifact.type,
  bytes: artifact.bytes,
  sha256: artifact.sha256,
  crc32: artifact.crc32,
  problem: artifact.problem,
  expires_at: artifact.expiresAt,
});

interface Named {
  readonly id: number;
  readonly created_at: number;
}

/** Artifacts, on either database. */
export function artifactTable(session: Session): ArtifactTable {
  const { build } = session;
  const all = build.selectFrom('artifacts').selectAll();
  const named = build.selectFrom('artifacts').select(['id', 'created_at']);

  async function remove(rows: readonly Named[]): Promise<readonly Reference[]> {
    for (let at = 0; at < rows.length; at += batch) {
      const ids = rows.slice(at, at + batch).map(({ id }) => id);
      await session.change(build.deleteFrom('artifacts').where('id', 'in', ids));
    }
    return rows.map((row) => ({ id: row.id, createdAt: row.created_at }));
  }

  /** The lease stays until the end of the transaction. */
  async function holds(runId: Id, fence: number): Promise<boolean> {
    const lease = build.selectFrom('leases').select('run_id').where('run_id', '=', runId).where('fence', '=', fence);
    return (await first(session, session.kind === 'postgres' ? lease.forShare() : lease)) !== null;
  }

  return {
    async keep({ runId, fence }, artifacts) {
      if (!(await holds(runId, fence))) return false;
      for (let at = 0; at < artifacts.length; at += batch)
        await session.change(build.insertInto('artifacts').values(artifacts.slice(at, at + batch).map(toRow)));
      return true;
    },
    async ofRun({ id }) {
      const rows = await session.rows(all.where('run_id', '=', id).orderBy('attempt').orderBy('name').orderBy('id'));
      return rows.map(toArtifact);
    },
    async countOfRun({ id }) {
      const counted = build
        .selectFrom('artifacts')
        .select((on) => on.fn.countAll<number>().as('count'))
        .where('run_id', '=', id)
        .where('problem', 'is', null);
      return Number((await first(session, counted))?.count ?? 0);
    },
    async get(runId, id) {
      const row = await first(session, all.where('id', '=', id).where('run_id', '=', runId));
      return row === null ? null : toArtifact(row);
    },
    async versions(jobId, name, { limit, after }) {
      const key = decodeCursor(after, [0]);
      let query = all.where('job_id', '=', jobId).where('name', '=', name).where('problem', 'is', null);
      if (key !== null) query = query.where('id', '<', key[0] ?? 0);
      const rows = await session.rows(query.orderBy('id', 'desc').limit(limit + 1));
      return toPage(rows, limit, { key: (row) => [row.id], item: toArtifact });
    },
    async removeSurplus(jobId, names, keep) {
      const gone: Reference[] = [];
      for (const name of new Set(names)) {
        const newest = build
          .selectFrom('artifacts')
          .select('id')
          .where('job_id', '=', jobId)
          .where('name', '=', name)
          .where('problem', 'is', null)
          .orderBy('id', 'desc')
          .limit(keep);
        const kept = (await session.rows(newest)).at(-1);
        if (kept === undefined) continue;
        const older = named.where('job_id', '=', jobId).where('name', '=', name).where('problem', 'is', null);
        gone.push(...(await remove(await session.rows(older.where('id', '<', kept.id)))));
      }
      return gone;
    },
    async removeExpired(now, limit) {
      return remove(await session.rows(named.where('expires_at', '<=', now).orderBy('expires_at').limit(limit)));
    },
    async removeOfRuns(runs) {
      const gone: Reference[] = [];
      for (let at = 0; at < runs.length; at += batch) {
        const ids = runs.slice(at, at + batch).map(({ id }) => id);
        gone.push(...(await remove(await session.rows(named.where('run_id', 'in', ids)))));
      }
      return gone;
    },
    async removeOfJob(jobId, limit) {
      return remove(await session.rows(named.where('job_id', '=', jobId).limit(limit)));
    },
    async known(ids) {
      const found = new Set<Id>();
      for (let at = 0; at < ids.length; at += batch) {
        const some = build
          .selectFrom('artifacts')
          .select('id')
          .where('id', 'in', ids.slice(at, at + batch));
        for (const { id } of await session.rows(some)) found.add(id);
      }
      return found;
    },
  };
}
