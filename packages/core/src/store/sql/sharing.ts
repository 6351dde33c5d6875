import { sql } from 'kysely';
import { JobTriggerError } from '../../errors.ts';
import type { Id } from '../../model/id.ts';
import { everyoneId, jobLevels, type JobLevel, type ShareKind, type ShareLevel, type Team } from '../../model/sight.ts';
import type { GrantFound, SharingTable } from '../sharing-table.ts';
import { first, type Session } from './session.ts';

const toNumber = (level: JobLevel): number => jobLevels.indexOf(level) + 1;
const toLevel = (level: number): JobLevel => jobLevels[level - 1] ?? 'view';
const shareKinds: readonly string[] = ['everyone', 'team', 'person'];

/** The owner is one of those who see a job. */
export async function grantOwner(session: Session, jobId: Id, ownerId: Id | null): Promise<void> {
  if (ownerId === null) return;
  const { build } = session;
  const row = { grantee_id: ownerId, job_id: jobId, kind: 'owner', level: toNumber('own') };
  await session.change(build.insertInto('job_grants').values(row));
}

/** Both databases bound how many values a query may carry. */
const askedAtOnce = 1000;

export function sharingTable(session: Session): SharingTable {
  const { build } = session;
  const all = build.selectFrom('teams').selectAll();

  /** Grants of jobs to a person, with the team they come by. */
  const toPerson = (jobIds: readonly Id[], personId: Id) =>
    build
      .selectFrom('job_grants as g')
      .leftJoin('team_members as m', (on) =>
        on.onRef('m.team_id', '=', 'g.grantee_id').on('m.person_id', '=', personId),
      )
      .leftJoin('teams as t', 't.id', 'm.team_id')
      .select(['g.job_id', 'g.kind', 'g.level', 't.name as team'])
      .where('g.job_id', 'in', [...jobIds])
      .where((on) =>
        on.or([
          on('g.grantee_id', '=', personId),
          on('g.grantee_id', '=', everyoneId),
          on('m.person_id', 'is not', null),
        ]),
      );

  async function teamsOf(rows: readonly { readonly id: number; readonly created_at: number; readonly name: string }[]) {
    if (rows.length === 0) return [];
    const ids = rows.map(({ id }) => id);
    const members = build.selectFrom('team_members').selectAll().where('team_id', 'in', ids).orderBy('person_id');
    const found = Map.groupBy(await session.rows(members), ({ team_id }) => team_id);
    return rows.map(({ id, created_at, name }): Team => ({
      id,
      createdAt: created_at,
      name,
      members: (found.get(id) ?? []).map(({ person_id }) => person_id),
    }));
  }

  return {
    async shares(jobId) {
      const rows = await session.rows(
        build
          .selectFrom('job_grants as g')
          .leftJoin('people as p', (on) => on.onRef('p.id', '=', 'g.grantee_id').on('g.kind', '=', 'person'))
          .leftJoin('teams as t', (on) => on.onRef('t.id', '=', 'g.grantee_id').on('g.kind', '=', 'team'))
          .select(['g.grantee_id', 'g.kind', 'g.level', 'p.email', 'p.name as person', 't.name as team'])
          .select(sql<number | null>`coalesce(p.created_at, t.created_at)`.as('created_at'))
          .where('g.job_id', '=', jobId)
          .where('g.kind', '<>', 'owner'),
      );
      const order = (kind: string): number => shareKinds.indexOf(kind);
      return rows
        .map((row) => ({
          with: row.kind as ShareKind,
          granteeId: row.grantee_id,
          level: toLevel(row.level) as ShareLevel,
          name: row.person ?? row.team,
          email: row.email,
          granteeCreatedAt: row.created_at,
        }))
        .sort((a, b) => order(a.with) - order(b.with) || (a.name ?? '').localeCompare(b.name ?? ''));
    },
    async setShares(jobId, shares) {
      await session.change(build.deleteFrom('job_grants').where('job_id', '=', jobId).where('kind', '<>', 'owner'));
      if (shares.length === 0) return;
      const rows = shares.map(({ with: kind, granteeId, level }) => ({
        grantee_id: granteeId,
        job_id: jobId,
        kind,
        level: toNumber(level),
      }));
      await session.change(build.insertInto('job_grants').values(rows));
    },
    async setOwner(jobId, ownerId) {
      const one = build.selectFrom('jobs').select(['name', 'deleted_at']).where('id', '=', jobId);
      const job = await first(session, one);
      if (job === null) return;
      const rival = build
        .selectFrom('jobs')
        .select('id')
        .where('name', '=', job.name)
        .where(sql<number>`coalesce(owner_id, 0)`, '=', ownerId ?? 0)
        .where('deleted_at', 'is', null)
        .where('id', '<>', jobId);
      if (job.deleted_at === null && (await first(session, rival)) !== null)
        throw new JobTriggerError('name_taken', `Who is to own it has a job named "${job.name}" already.`, {
          fields: [{ path: 'owner', message: 'has a job of that name' }],
        });
      await session.change(build.updateTable('jobs').set({ owner_id: ownerId }).where('id', '=', jobId));
      await session.change(build.deleteFrom('job_grants').where('job_id', '=', jobId).where('kind', '=', 'owner'));
      await grantOwner(session, jobId, ownerId);
    },
    async grants(jobId, personId) {
      const rows = await session.rows(toPerson([jobId], personId).orderBy('g.level', 'desc').orderBy('g.kind'));
      return rows.map(({ kind, level, team }) => ({ kind: kind as GrantFound['kind'], level: toLevel(level), team }));
    },
    async levels(jobIds, personId) {
      const found = new Map<Id, JobLevel>();
      for (let from = 0; from < jobIds.length; from += askedAtOnce) {
        const some = toPerson(jobIds.slice(from, from + askedAtOnce), personId).orderBy('g.level');
        for (const { job_id, level } of await session.rows(some)) found.set(job_id, toLevel(level));
      }
      return found;
    },
    async teams() {
      return teamsOf(await session.rows(all.orderBy('sort_name')));
    },
    async team(id) {
      return (await teamsOf(await session.rows(all.where('id', '=', id))))[0] ?? null;
    },
    async teamByName(name) {
      return (await teamsOf(await session.rows(all.where('sort_name', '=', name.toLowerCase()))))[0] ?? null;
    },
    async setTeam({ id, createdAt, name, members }) {
      const sortName = name.toLowerCase();
      const rival = all.where('sort_name', '=', sortName).where('id', '<>', id);
      if ((await first(session, rival)) !== null)
        throw new JobTriggerError('name_taken', `There is already a team named "${name}".`, {
          fields: [{ path: 'name', message: 'is taken' }],
        });
      const row = { id, created_at: createdAt, name, sort_name: sortName };
      await session.change(
        build
          .insertInto('teams')
          .values(row)
          .onConflict((on) => on.column('id').doUpdateSet({ name, sort_name: sortName })),
      );
      await session.change(build.deleteFrom('team_members').where('team_id', '=', id));
      if (members.length === 0) return;
      const rows = members.map((person_id) => ({ person_id, team_id: id }));
      await session.change(build.insertInto('team_members').values(rows));
    },
    async removeTeam(id) {
      await session.change(build.deleteFrom('job_grants').where('grantee_id', '=', id).where('kind', '=', 'team'));
      await session.change(build.deleteFrom('team_members').where('team_id', '=', id));
      return (await session.change(build.deleteFrom('teams').where('id', '=', id))) > 0;
    },
  };
}
