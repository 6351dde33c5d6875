import type { RefreshToken, TokenKey, TokenTable } from '../token-table.ts';
import type { RefreshTokenRow, TokenKeyRow } from './people-schema.ts';
import { first, type Session } from './session.ts';

function toKey({ id, created_at: createdAt, sealed }: TokenKeyRow): TokenKey {
  return { id, createdAt, sealed };
}

function toRefresh({ hash, created_at: createdAt, sign_in: signIn, used_at: usedAt }: RefreshTokenRow): RefreshToken {
  return { hash, createdAt, signIn, usedAt };
}

/** What signs access tokens, and what they are renewed with, on either database. */
export function tokenTable(session: Session): TokenTable {
  const { build } = session;
  return {
    async keys() {
      const all = build.selectFrom('token_keys').selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc');
      return (await session.rows(all)).map(toKey);
    },
    async addKey({ id, createdAt, sealed }) {
      await session.change(build.insertInto('token_keys').values({ id, created_at: createdAt, sealed }));
    },
    pruneKeys: (before) => session.change(build.deleteFrom('token_keys').where('created_at', '<', before)),
    async addRefresh({ hash, createdAt, signIn, usedAt }) {
      const row: RefreshTokenRow = { hash, created_at: createdAt, sign_in: signIn, used_at: usedAt };
      await session.change(build.insertInto('refresh_tokens').values(row));
    },
    async refresh(hash) {
      const row = await first(session, build.selectFrom('refresh_tokens').selectAll().where('hash', '=', hash));
      return row === null ? null : toRefresh(row);
    },
    async useRefresh(hash, usedAt) {
      const unused = build.updateTable('refresh_tokens').set({ used_at: usedAt }).where('hash', '=', hash);
      return (await session.change(unused.where('used_at', 'is', null))) > 0;
    },
    pruneRefresh() {
      const living = build.selectFrom('sign_ins').select('hash');
      return session.change(build.deleteFrom('refresh_tokens').where('sign_in', 'not in', living));
    },
  };
}
