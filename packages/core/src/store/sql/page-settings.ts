import type { Id } from '../../model/id.ts';
import type { PageSettingTable } from '../page-setting-table.ts';
import { readValue } from './json.ts';
import type { Session } from './session.ts';

/** A primary key holds no null, and no person has this number. */
const installation = 0;
const ownerOf = (ownerId: Id | null): number => ownerId ?? installation;

export function pageSettingTable(session: Session): PageSettingTable {
  const { build } = session;
  return {
    async all() {
      const rows = await session.rows(build.selectFrom('page_settings').selectAll().orderBy('owner_id').orderBy('key'));
      return rows.map(({ owner_id, key, value }) => ({
        ownerId: owner_id === installation ? null : owner_id,
        key,
        value: readValue(value, 'page_settings.value'),
      }));
    },
    async set({ ownerId, key, value }) {
      const text = JSON.stringify(value ?? null);
      const row = { owner_id: ownerOf(ownerId), key, value: text };
      const insert = build.insertInto('page_settings').values(row);
      await session.change(insert.onConflict((on) => on.columns(['owner_id', 'key']).doUpdateSet({ value: text })));
    },
    async remove(ownerId, key) {
      const mine = build.deleteFrom('page_settings').where('owner_id', '=', ownerOf(ownerId));
      return (await session.change(mine.where('key', '=', key))) > 0;
    },
  };
}
