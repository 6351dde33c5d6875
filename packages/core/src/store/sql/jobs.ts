import { sql } from 'kysely';
import { JobTriggerError } from '../../errors.ts';
import type { Id } from '../../model/id.ts';
import { draftVersion, type Job, type JobDefinition } from '../../model/job.ts';
import type { JobTable } from '../job-tables.ts';
import { decodeCursor, toPage } from './cursor.ts';
import { writeDependencies } from './dependencies.ts';
import { comingJobs, countJobs, listJobs } from './job-list.ts';
import { purgeJob } from './job-purge.ts';
import { summariesOf } from './job-summary.ts';
import { selectJobs, toJob, troubleColumns } from './job-view.ts';
import { readObject } from './json.ts';
import { isOneOf } from './one-of.ts';
import { first, type Session } from './session.ts';
import { shaped } from './shaped.ts';
import { grantOwner } from './sharing.ts';

const sortNameOf = ({ definition }: Job): string => definition.name.toLowerCase();

/** What the row of a job says beside its definition, and what lists need of that. */
function columns(job: Job) {
  return {
    updated_at: job.updatedAt,
    owner_id: job.ownerId,
    version: job.version,
    name: job.definition.name,
    sort_name: sortNameOf(job),
    type: job.definition.type,
    source: job.definition.source,
    active: job.active,
    paused_reason: job.pausedReason,
    paused_by: job.pausedBy,
    paused_at: job.pausedAt,
    paused_until: job.pausedUntil,
    on_resume: job.onResume,
    deleted_at: job.deletedAt,
    deleted_by: job.deletedBy,
    demo: job.demo,
  };
}

function alsoUnowned(names: readonly string[]): JobTriggerError {
  return new JobTriggerError(
    'name_taken',
    `Nobody would own two jobs of one name: ${names.join(', ')}. Rename one of each first.`,
  );
}

function nameTaken(job: Job): JobTriggerError {
  return new JobTriggerError('name_taken', `There is already a job named "${job.definition.name}".`, {
    fields: [{ path: 'name', message: 'is taken' }],
  });
}

interface Author {
  readonly name: string | null;
  readonly id: Id | null;
}

async function writeVersion(session: Session, job: Job, author: Author): Promise<void> {
  const { build } = session;
  const definition = JSON.stringify(job.definition);
  const written = { created_at: job.updatedAt, author: author.name, author_id: author.id, note: null };
  const row = { job_id: job.id, version: job.version, definition, ...written };
  await session.change(build.insertInto('job_versions').values(row));
  await session.change(build.deleteFrom('job_tags').where('job_id', '=', job.id));
  const tags = [...new Set(job.definition.tags)];
  if (tags.length === 0) return;
  const sortName = sortNameOf(job);
  const rows = tags.map((tag) => ({ tag, job_id: job.id, sort_name: sortName }));
  await session.change(build.insertInto('job_tags').values(rows));
}

/** Both databases bound how many values a query may carry. */
const askedAtOnce = 1000;

const oneJob = shaped((ground, { id }: { readonly id: Id }) => selectJobs(ground).where('j.id', '=', id));

/** These jobs and what hangs on them, in one order for all, so that none waits in a circle. PostgreSQL only. */
const lockAll = shaped(({ build }, { ids }: { readonly ids: readonly Id[] }) =>
  build
    .withRecursive('down(id)', (on) =>
      on
        .selectFrom('jobs')
        .select('jobs.id')
        .where(isOneOf('jobs.id', ids))
        .union(
          on.selectFrom('dependencies as n').innerJoin('down', 'down.id', 'n.upstream_id').select('n.job_id as id'),
        ),
    )
    .selectFrom('jobs')
    .select('jobs.id')
    .where('jobs.id', 'in', (on) => on.selectFrom('down').select('down.id'))
    .orderBy('jobs.id')
    .forNoKeyUpdate(),
);

const someJobs = shaped((ground, { ids }: { readonly ids: readonly Id[] }) =>
  selectJobs(ground).where(isOneOf('j.id', ids)),
);

/** Definitions, on either database. */
export function jobTable(session: Session): JobTable {
  const { build } = session;
  const named = (name: string, ownerId: number | null) =>
    selectJobs(session)
      .where('j.name', '=', name)
      .where(sql<number>`coalesce(j.owner_id, 0)`, '=', ownerId ?? 0)
      .where('j.deleted_at', 'is', null);

  const byIds: JobTable['byIds'] = async (ids) => {
    const found = new Map<Id, Job>();
    for (let from = 0; from < ids.length; from += askedAtOnce) {
      const some = ids.slice(from, from + askedAtOnce);
      const asked =
        session.kind === 'postgres' ? someJobs(session, { ids: some }) : selectJobs(session).where('j.id', 'in', some);
      for (const row of await session.rows(asked)) found.set(row.id, toJob(row));
    }
    return found;
  };

  return {
    async insert(job, author, authorId = null) {
      const row = { id: job.id, created_at: job.createdAt, automatic_runs: job.automaticRuns, ...columns(job) };
      const inserted = await session.change(
        build
          .insertInto('jobs')
          .values(row)
          .onConflict((on) => on.doNothing()),
      );
      if (inserted === 0) throw nameTaken(job);
      await grantOwner(session, job.id, job.ownerId);
      await writeVersion(session, job, { name: author, id: authorId });
      await writeDependencies(session, job);
    },
    async update(job, expectedVersion, author, authorId = null) {
      const rival = await first(session, named(job.definition.name, job.ownerId).where('j.id', '<>', job.id));
      if (rival !== null && job.deletedAt === null) throw nameTaken(job);
      const update = build.updateTable('jobs').set(columns(job)).where('id', '=', job.id);
      const changed = await session.change(update.where('version', '=', expectedVersion));
      if (changed > 0 && job.version > expectedVersion)
        await writeVersion(session, job, { name: author, id: authorId });
      if (changed > 0) await writeDependencies(session, job);
      return changed > 0;
    },
    async get(id) {
      const row = await first(session, oneJob(session, { id }));
      return row === null ? null : toJob(row);
    },
    byIds,
    async byName(name, ownerId) {
      const row = await first(session, named(name, ownerId));
      return row === null ? null : toJob(row);
    },
    async lock(ids) {
      if (session.kind === 'sqlite' || ids.length === 0) return;
      await session.rows(lockAll(session, { ids: [...ids] }));
    },
    async summaries(ids) {
      return summariesOf(session, [...(await byIds(ids)).values()]);
    },
    async summary(id) {
      const row = await first(session, oneJob(session, { id }));
      return row === null ? null : ((await summariesOf(session, [toJob(row)]))[0] ?? null);
    },
    list: (filter, sort, descending, page) => listJobs(session, { filter, sort, descending, page }),
    coming: (limit) => comingJobs(session, limit),
    count: (filter) => countJobs(session, filter),
    async versions(id, { limit, after }) {
      const key = decodeCursor(after, [0]);
      let query = build.selectFrom('job_versions').selectAll().where('job_id', '=', id);
      if (key !== null) query = query.where('version', '<', key[0] ?? 0);
      const rows = await session.rows(query.orderBy('version', 'desc').limit(limit + 1));
      return toPage(rows, limit, {
        key: (row) => [row.version],
        item: (row) => ({
          jobId: row.job_id,
          version: row.version,
          createdAt: row.created_at,
          author: row.author,
          authorId: row.author_id,
          note: row.note,
          definition: readObject<JobDefinition>(row.definition, 'job_versions.definition'),
        }),
      });
    },
    async version(id, version) {
      const query = build.selectFrom('job_versions').select('definition');
      const row = await first(session, query.where('job_id', '=', id).where('version', '=', version));
      return row === null ? null : readObject<JobDefinition>(row.definition, 'job_versions.definition');
    },
    async pausedUntil(now) {
      const due = selectJobs(session).where('j.paused_until', '<=', now).where('j.deleted_at', 'is', null);
      return (await session.rows(due.orderBy('j.paused_until'))).map(toJob);
    },
    async countAutomaticRuns(id, by) {
      const counted = build.updateTable('jobs').set((on) => ({ automatic_runs: on('automatic_runs', '+', by) }));
      await session.change(counted.where('id', '=', id));
    },
    async writeTrouble(id, trouble) {
      await session.change(build.updateTable('jobs').set(troubleColumns(trouble)).where('id', '=', id));
    },
    async stopped() {
      const open = selectJobs(session).where('j.breaker_opened_at', 'is not', null).where('j.deleted_at', 'is', null);
      return (await session.rows(open.orderBy('j.breaker_opened_at').orderBy('j.id'))).map(toJob);
    },
    async spentDrafts(limit) {
      const drafts = build.selectFrom('jobs as j').select('j.id').where('j.version', '=', draftVersion);
      const spent = drafts.where(sql<boolean>`NOT EXISTS (SELECT 1 FROM runs r WHERE r.job_id = j.id)`);
      return (await session.rows(spent.orderBy('j.id').limit(limit))).map(({ id }) => id);
    },
    purge: (id) => purgeJob(session, id),
    async disown(personId) {
      const own = build.selectFrom('jobs as j').where('j.owner_id', '=', personId).orderBy('j.id');
      const living = own.where('j.deleted_at', 'is', null);
      const found = living.select(['j.id', 'j.created_at', 'j.name']);
      const jobs = await session.rows(session.kind === 'postgres' ? found.forNoKeyUpdate() : found);
      const unowned = build
        .selectFrom('jobs')
        .select('name')
        .where('owner_id', 'is', null)
        .where('deleted_at', 'is', null);
      const rivals = await session.rows(living.select('j.name').where('j.name', 'in', unowned).limit(20));
      if (rivals.length > 0) throw alsoUnowned(rivals.map(({ name }) => name));
      await session.change(build.updateTable('jobs').set({ owner_id: null }).where('owner_id', '=', personId));
      return jobs.map(({ id, created_at: createdAt, name }) => ({ id, createdAt, name }));
    },
  };
}
