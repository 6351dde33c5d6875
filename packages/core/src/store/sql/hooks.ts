import { JobTriggerError } from '../../errors.ts';
import type { HookKind, HookMapping, IncomingHook } from '../../model/incoming-hook.ts';
import type { HookTable } from '../hook-table.ts';
import { readObjectOrNull, writeValue } from './json.ts';
import { truth, type HookRow } from './schema.ts';
import { first, type Session } from './session.ts';

type Read<Row> = Omit<Row, 'active'> & { readonly active: boolean | 0 | 1 };

function toHook(row: Read<HookRow>): IncomingHook {
  return {
    id: row.id,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    jobId: row.job_id,
    name: row.name,
    kind: row.kind as HookKind,
    active: truth(row.active),
    mapping: readObjectOrNull<HookMapping>(row.mapping, 'hooks.mapping'),
    secret: row.secret,
    formerSecret: row.former_secret,
    formerUntil: row.former_until,
    usedAt: row.used_at,
  };
}

function columns(hook: IncomingHook) {
  return {
    updated_at: hook.updatedAt,
    name: hook.name,
    sort_name: hook.name.toLowerCase(),
    active: hook.active,
    mapping: writeValue(hook.mapping),
    secret: hook.secret,
    former_secret: hook.formerSecret,
    former_until: hook.formerUntil,
  };
}

function nameTaken(name: string): JobTriggerError {
  return new JobTriggerError('name_taken', `The job has an incoming hook named "${name}" already.`, {
    fields: [{ path: 'name', message: 'is taken' }],
  });
}

/** Incoming hooks, on either database. */
export function hookTable(session: Session): HookTable {
  const { build } = session;
  const all = build.selectFrom('hooks').selectAll();
  return {
    async insert(hook) {
      const { id, createdAt, jobId, kind, usedAt } = hook;
      const row = { id, created_at: createdAt, job_id: jobId, kind, used_at: usedAt, ...columns(hook) };
      const insert = build.insertInto('hooks').values(row);
      if ((await session.change(insert.onConflict((on) => on.doNothing()))) === 0) throw nameTaken(hook.name);
    },
    async update(hook) {
      const rival = build
        .selectFrom('hooks')
        .select('id')
        .where('job_id', '=', hook.jobId)
        .where('sort_name', '=', hook.name.toLowerCase())
        .where('id', '<>', hook.id);
      if ((await first(session, rival)) !== null) throw nameTaken(hook.name);
      return (await session.change(build.updateTable('hooks').set(columns(hook)).where('id', '=', hook.id))) > 0;
    },
    async touch(id, at) {
      await session.change(build.updateTable('hooks').set({ used_at: at }).where('id', '=', id));
    },
    async remove(id) {
      return (await session.change(build.deleteFrom('hooks').where('id', '=', id))) > 0;
    },
    async get(id, { lock } = { lock: false }) {
      const one = all.where('id', '=', id);
      const row = await first(session, lock && session.kind === 'postgres' ? one.forUpdate() : one);
      return row === null ? null : toHook(row);
    },
    async ofJob(jobId) {
      return (await session.rows(all.where('job_id', '=', jobId).orderBy('sort_name'))).map(toHook);
    },
  };
}
