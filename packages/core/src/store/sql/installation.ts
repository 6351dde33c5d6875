/** Settings and the answers kept for repeated requests. */
import { sql } from 'kysely';
import type { IdempotencyTable, SettingTable } from '../installation-tables.ts';
import { readValue } from './json.ts';
import { first, type Session } from './session.ts';

export function settingTable(session: Session): SettingTable {
  const { build } = session;
  const get: SettingTable['get'] = async (key) => {
    const row = await first(session, build.selectFrom('settings').select('value').where('key', '=', key));
    return readValue(row?.value ?? null, 'settings.value');
  };
  const insert = (key: string, value: unknown) =>
    build.insertInto('settings').values({ key, value: JSON.stringify(value ?? null) });
  return {
    get,
    async set(key, value) {
      const written = insert(key, value).onConflict((on) =>
        on.column('key').doUpdateSet({ value: JSON.stringify(value ?? null) }),
      );
      await session.change(written);
    },
    async setOnce(key, value) {
      await session.change(insert(key, value).onConflict((on) => on.column('key').doNothing()));
      return get(key);
    },
    async remove(key) {
      await session.change(build.deleteFrom('settings').where('key', '=', key));
    },
    async startingWith(prefix) {
      const begins = sql<string>`substr(key, 1, ${sql.lit(prefix.length)})`;
      const rows = await session.rows(
        build.selectFrom('settings').selectAll().where(begins, '=', prefix).orderBy('key'),
      );
      return Object.fromEntries(rows.map(({ key, value }) => [key, readValue(value, 'settings.value')]));
    },
  };
}

export function idempotencyTable(session: Session): IdempotencyTable {
  const { build } = session;
  const find: IdempotencyTable['find'] = async (key, scope) => {
    const query = build.selectFrom('idempotency').selectAll().where('scope', '=', scope).where('key', '=', key);
    const stored = await first(session, query);
    return stored && { requestHash: stored.request_hash, answer: readValue(stored.answer, 'idempotency.answer') };
  };
  return {
    find,
    async take(key, scope, requestHash) {
      const row = { scope, key, request_hash: requestHash, answer: null, created_at: sql<number>`now_ms()` };
      const insert = build.insertInto('idempotency').values(row);
      if ((await session.change(insert.onConflict((on) => on.columns(['scope', 'key']).doNothing()))) > 0) return null;
      return find(key, scope);
    },
    async answer(key, scope, answer) {
      const update = build.updateTable('idempotency').set({ answer: JSON.stringify(answer ?? null) });
      await session.change(update.where('scope', '=', scope).where('key', '=', key));
    },
    prune: (before) => session.change(build.deleteFrom('idempotency').where('created_at', '<', before)),
  };
}
