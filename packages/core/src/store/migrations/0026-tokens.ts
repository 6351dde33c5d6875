import type { Migration } from './migration.ts';

/** Keys that sign access tokens, each sealed, and refresh tokens, of which only hashes stand here. */
export const tokens: Migration = {
  number: 26,
  name: 'tokens',
  sqlite: `
CREATE TABLE token_keys (id integer NOT NULL PRIMARY KEY, created_at integer NOT NULL, sealed text NOT NULL) STRICT;
CREATE TABLE refresh_tokens (hash text NOT NULL PRIMARY KEY, created_at integer NOT NULL, sign_in text NOT NULL, used_at integer) STRICT;
CREATE INDEX refresh_tokens_sign_in ON refresh_tokens (sign_in);
`,
  postgres: `
CREATE TABLE token_keys (id bigint NOT NULL PRIMARY KEY, created_at bigint NOT NULL, sealed text NOT NULL);
CREATE TABLE refresh_tokens (hash text NOT NULL PRIMARY KEY, created_at bigint NOT NULL, sign_in text NOT NULL, used_at bigint);
CREATE INDEX refresh_tokens_sign_in ON refresh_tokens (sign_in);
`,
};
