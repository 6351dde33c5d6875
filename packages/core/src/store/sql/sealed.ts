/** Every column in which something stands sealed: what a new key of the installation is put around. */
import { sql } from 'kysely';
import {
  auditKeyPlace,
  auditKeySetting,
  canaryPlace,
  canarySetting,
  hookPlace,
  monitorPlace,
  oneTimePlace,
  tokenKeyPlace,
  secretPlace,
  webhookPlace,
} from '../../model/sealed-place.ts';
import type { SecretScope } from '../../model/secret.ts';
import type { SealedValue, SecretTable } from '../secret-table.ts';
import { readValue } from './json.ts';
import type { Session } from './session.ts';

interface SealedRow {
  readonly id: number;
  readonly sealed: string;
  readonly scope: string;
  readonly owner_id: number;
  readonly version: number;
}

interface SealedColumn {
  readonly table: string;
  readonly column: string;
  /** Where it is not `id`. */
  readonly key?: string;
  readonly place: (row: SealedRow) => string;
}

const columns: readonly SealedColumn[] = [
  {
    table: 'secrets',
    column: 'sealed',
    place: ({ id, scope, owner_id: ownerId, version }) =>
      secretPlace({ id, version, scope: scope as SecretScope, ownerId: ownerId === 0 ? null : ownerId }),
  },
  { table: 'webhooks', column: 'secret', place: ({ id }) => webhookPlace(id) },
  { table: 'webhooks', column: 'former_secret', place: ({ id }) => webhookPlace(id) },
  { table: 'hooks', column: 'secret', place: ({ id }) => hookPlace(id) },
  { table: 'hooks', column: 'former_secret', place: ({ id }) => hookPlace(id) },
  { table: 'monitors', column: 'token', place: ({ id }) => monitorPlace(id) },
  { table: 'token_keys', column: 'sealed', place: ({ id }) => tokenKeyPlace(id) },
  { table: 'one_time_keys', column: 'secret', key: 'person_id', place: ({ id }) => oneTimePlace(id) },
];

/** Of a setting, whose value is a JSON text; null for one that holds nothing sealed. */
function placeOfSetting(key: string): string | null {
  if (key === canarySetting) return canaryPlace;
  return key.startsWith(auditKeySetting) ? auditKeyPlace(key.slice(auditKeySetting.length)) : null;
}

export function sealedValues(session: Session): Pick<SecretTable, 'sealedWithOther' | 'reseal'> {
  async function ofColumn(
    { table, column, key = 'id', place }: SealedColumn,
    keyId: string,
    limit: number,
  ): Promise<SealedValue[]> {
    const value = sql.ref(column);
    const more = table === 'secrets' ? sql`, scope, owner_id, version` : sql``;
    const query = sql<SealedRow>`SELECT ${sql.ref(key)} AS id, ${value} AS sealed${more} FROM ${sql.table(table)}
      WHERE ${value} LIKE 'jtp1.%' AND ${value} NOT LIKE ${`jtp1.${keyId}.%`} ORDER BY 1 LIMIT ${limit}`;
    const rows = await session.rows({ compile: () => query.compile(session.build) });
    return rows.map((row) => ({ table, column, id: row.id, sealed: row.sealed, place: place(row) }));
  }

  /** There are few settings: all are looked at. */
  async function ofSettings(keyId: string): Promise<SealedValue[]> {
    const rows = await session.rows(session.build.selectFrom('settings').selectAll().orderBy('key'));
    return rows.flatMap(({ key, value }) => {
      const place = placeOfSetting(key);
      const sealed = place === null ? null : readValue(value, 'settings.value');
      if (place === null || typeof sealed !== 'string' || sealed.startsWith(`jtp1.${keyId}.`)) return [];
      return [{ table: 'settings', column: key, id: 0, sealed, place }];
    });
  }

  return {
    async sealedWithOther(keyId, limit) {
      const found: SealedValue[] = await ofSettings(keyId);
      for (const column of columns) {
        if (found.length >= limit) break;
        found.push(...(await ofColumn(column, keyId, limit - found.length)));
      }
      return found;
    },
    async reseal({ table, column, id, sealed: before }, sealed) {
      if (table === 'settings') {
        const update = session.build
          .updateTable('settings')
          .set({ value: JSON.stringify(sealed) })
          .where('key', '=', column);
        return (await session.change(update)) > 0;
      }
      const value = sql.ref(column);
      const key = sql.ref(columns.find((one) => one.table === table)?.key ?? 'id');
      const update = sql`UPDATE ${sql.table(table)} SET ${value} = ${sealed} WHERE ${key} = ${id} AND ${value} = ${before}`;
      return (await session.change({ compile: () => update.compile(session.build) })) > 0;
    },
  };
}
