import { sql } from 'kysely';
import { JobTriggerError } from '../../errors.ts';
import type { Secret, SecretProvider, SecretScope } from '../../model/secret.ts';
import type { SecretTable } from '../secret-table.ts';
import type { SecretRow } from './secret-schema.ts';
import { sealedValues } from './sealed.ts';
import { first, type Session } from './session.ts';

const everybodys = 0;

function toSecret(row: SecretRow): Secret {
  return {
    id: row.id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    name: row.name,
    scope: row.scope as SecretScope,
    ownerId: row.owner_id === everybodys ? null : row.owner_id,
    provider: row.provider as SecretProvider,
    sealed: row.sealed,
    reference: row.reference,
    version: row.version,
    rotatedAt: row.rotated_at,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
    createdBy: row.created_by,
  };
}

function columns(secret: Secret) {
  return {
    updated_at: secret.updatedAt,
    provider: secret.provider,
    sealed: secret.sealed,
    reference: secret.reference,
    version: secret.version,
    rotated_at: secret.rotatedAt,
    expires_at: secret.expiresAt,
  };
}

const sorted = (names: readonly string[]): readonly string[] => [...new Set(names.map((name) => name.toLowerCase()))];

/** Secrets, and who names them, on either database. */
export function secretTable(session: Session): SecretTable {
  const { build } = session;
  const all = build.selectFrom('secrets').selectAll();
  return {
    ...sealedValues(session),
    async insert(secret) {
      const row: SecretRow = {
        id: secret.id,
        created_at: secret.createdAt,
        name: secret.name,
        sort_name: secret.name.toLowerCase(),
        scope: secret.scope,
        owner_id: secret.ownerId ?? everybodys,
        used_at: secret.usedAt,
        created_by: secret.createdBy,
        ...columns(secret),
      };
      const insert = build.insertInto('secrets').values(row);
      if ((await session.change(insert.onConflict((on) => on.doNothing()))) > 0) return;
      throw new JobTriggerError('name_taken', `There is a secret named "${secret.name}" already.`, {
        fields: [{ path: 'name', message: 'is taken' }],
      });
    },
    async update(secret) {
      return (await session.change(build.updateTable('secrets').set(columns(secret)).where('id', '=', secret.id))) > 0;
    },
    async remove(id) {
      return (await session.change(build.deleteFrom('secrets').where('id', '=', id))) > 0;
    },
    async get(id, { lock } = { lock: false }) {
      const one = all.where('id', '=', id);
      const row = await first(session, lock && session.kind === 'postgres' ? one.forUpdate() : one);
      return row === null ? null : toSecret(row);
    },
    async list() {
      return (await session.rows(all.orderBy('sort_name').orderBy('scope').orderBy('id'))).map(toSecret);
    },
    async named(names) {
      if (names.length === 0) return [];
      return (await session.rows(all.where('sort_name', 'in', sorted(names)))).map(toSecret);
    },
    async touch(ids, at) {
      if (ids.length === 0) return;
      await session.change(build.updateTable('secrets').set({ used_at: at }).where('id', 'in', ids));
    },
    async setUses(jobId, names) {
      await session.change(build.deleteFrom('secret_uses').where('job_id', '=', jobId));
      const rows = sorted(names).map((name) => ({ job_id: jobId, sort_name: name }));
      if (rows.length > 0) await session.change(build.insertInto('secret_uses').values(rows));
    },
    async uses(names) {
      if (names?.length === 0) return [];
      // Whose secrets one does not see are looked through too, or theirs would seem to be everybody's.
      const every = sql.table(session.sight === null ? 'secrets' : 'every_secret');
      const has = (scope: SecretScope, owner: string) =>
        sql`EXISTS (SELECT 1 FROM ${every} e WHERE e.sort_name = u.sort_name AND e.scope = ${sql.lit(scope)} AND e.owner_id = ${sql.ref(owner)})`;
      const living = build
        .selectFrom('secret_uses as u')
        .innerJoin('jobs as j', 'j.id', 'u.job_id')
        .select(['u.sort_name', 'j.id', 'j.created_at', 'j.owner_id', 'j.name'])
        .select(
          sql<number | null>`(SELECT min(s.next_due_at) FROM schedules s WHERE s.job_id = j.id AND s.active AND j.active
            AND j.breaker_opened_at IS NULL)`.as('next_due_at'),
        )
        .select(
          sql<SecretScope>`CASE WHEN ${has('job', 'j.id')} THEN 'job' WHEN ${has('person', 'j.owner_id')} THEN 'person'
            ELSE 'installation' END`.as('takes'),
        )
        .where('j.deleted_at', 'is', null)
        .orderBy('j.sort_name')
        .orderBy('j.id');
      const rows = await session.rows(names === undefined ? living : living.where('u.sort_name', 'in', sorted(names)));
      return rows.map((row) => ({
        id: row.id,
        createdAt: row.created_at,
        ownerId: row.owner_id,
        jobName: row.name,
        sortName: row.sort_name,
        takes: row.takes,
        nextDueAt: row.next_due_at,
      }));
    },
  };
}
