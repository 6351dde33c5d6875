import { JobTriggerError } from '../../errors.ts';
import type { ApiKey, KeyScope } from '../../model/api-key.ts';
import type { KeyTable } from '../key-table.ts';
import type { ApiKeyRow } from './people-schema.ts';
import { first, type Session } from './session.ts';

const words = (text: string): readonly string[] => (text === '' ? [] : text.split(' '));

function toKey(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    createdAt: row.created_at,
    personId: row.person_id,
    name: row.name,
    scopes: words(row.scopes) as readonly KeyScope[],
    addresses: words(row.addresses),
    hash: row.hash,
    formerHash: row.former_hash,
    formerUntil: row.former_until,
    expiresAt: row.expires_at,
    usedAt: row.used_at,
    usedFrom: row.used_from,
  };
}

/** Keys of programs, on either database. */
export function keyTable(session: Session): KeyTable {
  const { build } = session;
  const all = build.selectFrom('api_keys').selectAll();
  return {
    async insert(key) {
      const row: ApiKeyRow = {
        id: key.id,
        created_at: key.createdAt,
        person_id: key.personId,
        name: key.name,
        sort_name: key.name.toLowerCase(),
        scopes: key.scopes.join(' '),
        addresses: key.addresses.join(' '),
        hash: key.hash,
        former_hash: key.formerHash,
        former_until: key.formerUntil,
        expires_at: key.expiresAt,
        used_at: key.usedAt,
        used_from: key.usedFrom,
      };
      const insert = build.insertInto('api_keys').values(row);
      if ((await session.change(insert.onConflict((on) => on.doNothing()))) > 0) return;
      const fields = [{ path: 'name', message: 'is taken' }];
      throw new JobTriggerError('name_taken', `There is a key named "${key.name}" already.`, { fields });
    },
    async renew({ id, hash, formerHash, formerUntil, expiresAt }) {
      const set = { hash, former_hash: formerHash, former_until: formerUntil, expires_at: expiresAt };
      return (await session.change(build.updateTable('api_keys').set(set).where('id', '=', id))) > 0;
    },
    async touch(id, { at, from }) {
      await session.change(build.updateTable('api_keys').set({ used_at: at, used_from: from }).where('id', '=', id));
    },
    async remove(id) {
      return (await session.change(build.deleteFrom('api_keys').where('id', '=', id))) > 0;
    },
    prune: (before) => session.change(build.deleteFrom('api_keys').where('expires_at', '<', before)),
    async get(id, { lock } = { lock: false }) {
      const one = all.where('id', '=', id);
      const row = await first(session, lock && session.kind === 'postgres' ? one.forUpdate() : one);
      return row === null ? null : toKey(row);
    },
    async list(personId) {
      const some = personId === null ? all : all.where('person_id', '=', personId);
      return (await session.rows(some.orderBy('sort_name').orderBy('id'))).map(toKey);
    },
  };
}
