import { sql } from 'kysely';
import type { Dependency, DependencyMode } from '../../model/dependency.ts';
import { draftVersion, type Job } from '../../model/job.ts';
import type { Id } from '../../model/id.ts';
import type { DependencyTable } from '../dependency-table.ts';
import type { DependencyRow } from './chain-rows.ts';
import type { Session } from './session.ts';

/** Both databases bound how many values a query may carry. */
const askedAtOnce = 1000;
/** Names the lock of edits among PostgreSQL's advisory ones. */
const editsLock = 0x6a74_7064;

function toDependency(row: DependencyRow): Dependency {
  return {
    jobId: row.job_id,
    upstreamId: row.upstream_id,
    mode: row.mode as DependencyMode,
    windowMs: row.window_ms,
  };
}

async function inParts<T>(ids: readonly Id[], ask: (some: Id[]) => Promise<readonly T[]>): Promise<readonly T[]> {
  const found: T[] = [];
  for (let at = 0; at < ids.length; at += askedAtOnce) found.push(...(await ask(ids.slice(at, at + askedAtOnce))));
  return found;
}

export function dependencyTable(session: Session): DependencyTable {
  const { build } = session;
  const lines = build.selectFrom('dependencies as d').selectAll('d');
  return {
    of: (jobIds) =>
      inParts(jobIds, async (some) =>
        (await session.rows(lines.where('d.job_id', 'in', some).orderBy('d.job_id').orderBy('d.upstream_id'))).map(
          toDependency,
        ),
      ),
    after: (jobIds) =>
      inParts(jobIds, async (some) =>
        (await session.rows(lines.where('d.upstream_id', 'in', some).orderBy('d.job_id').orderBy('d.upstream_id'))).map(
          toDependency,
        ),
      ),
    async above(jobIds) {
      if (jobIds.length === 0) return [];
      const query = build
        .withRecursive('up(id)', (on) =>
          on
            .selectFrom('jobs')
            .select('jobs.id')
            .where('jobs.id', 'in', [...jobIds])
            .union(
              on.selectFrom('dependencies as n').innerJoin('up', 'up.id', 'n.job_id').select('n.upstream_id as id'),
            ),
        )
        .selectFrom('dependencies as d')
        .innerJoin('up', 'up.id', 'd.job_id')
        .selectAll('d');
      return (await session.rows(query)).map(toDependency);
    },
    async followers(jobIds) {
      if (jobIds.length === 0) return [];
      return (await session.rows(selectFollowers(session, jobIds))).map(({ id }) => id);
    },
    async all(limit) {
      const ordered = lines.orderBy('d.job_id').orderBy('d.upstream_id').limit(limit);
      return (await session.rows(ordered)).map(toDependency);
    },
    async lockEdits() {
      if (session.kind === 'sqlite') return;
      await session.rows(build.selectNoFrom(sql`pg_advisory_xact_lock(${sql.lit(editsLock)})`.as('locked')));
    },
  };
}

/** Numbers of the jobs that follow from these. */
function selectFollowers({ build }: Session, jobIds: readonly Id[]) {
  return build
    .withRecursive('down(id)', (on) =>
      on
        .selectFrom('dependencies as f')
        .select('f.job_id as id')
        .where('f.upstream_id', 'in', [...jobIds])
        .union(
          on.selectFrom('dependencies as n').innerJoin('down', 'down.id', 'n.upstream_id').select('n.job_id as id'),
        ),
    )
    .selectFrom('down')
    .select('down.id')
    .orderBy('down.id');
}

/** A job's lines as its definition has them; none while it is deleted or a draft. */
export async function writeDependencies(session: Session, job: Job): Promise<void> {
  const { build } = session;
  await session.change(build.deleteFrom('dependencies').where('job_id', '=', job.id));
  const { dependsOn } = job.definition;
  if (dependsOn === undefined || dependsOn === null || job.deletedAt !== null || job.version === draftVersion) return;
  const rows = [...new Set(dependsOn.jobs.map(({ id }) => id))].map((upstream) => ({
    job_id: job.id,
    upstream_id: upstream,
    mode: dependsOn.mode,
    window_ms: dependsOn.windowSeconds === null ? null : dependsOn.windowSeconds * 1000,
  }));
  if (rows.length > 0) await session.change(build.insertInto('dependencies').values(rows));
}
