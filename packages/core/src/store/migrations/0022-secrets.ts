import type { Migration } from './migration.ts';

/** Secrets, their values sealed, and which jobs name one; `owner_id` is 0 where a secret is everybody's. */
export const secrets: Migration = {
  number: 22,
  name: 'secrets',
  sqlite: `
CREATE TABLE secrets (id integer NOT NULL PRIMARY KEY, created_at integer NOT NULL, updated_at integer NOT NULL, name text NOT NULL,
  sort_name text NOT NULL, scope text NOT NULL, owner_id integer NOT NULL, provider text NOT NULL, sealed text, reference text,
  version integer NOT NULL, rotated_at integer NOT NULL, expires_at integer, used_at integer, created_by text) STRICT;
CREATE UNIQUE INDEX secrets_name ON secrets (sort_name, scope, owner_id);
CREATE TABLE secret_uses (job_id integer NOT NULL, sort_name text NOT NULL, PRIMARY KEY (job_id, sort_name)) STRICT;
CREATE INDEX secret_uses_name ON secret_uses (sort_name);
`,
  postgres: `
CREATE TABLE secrets (id bigint NOT NULL PRIMARY KEY, created_at bigint NOT NULL, updated_at bigint NOT NULL, name text NOT NULL,
  sort_name text COLLATE "C" NOT NULL, scope text NOT NULL, owner_id bigint NOT NULL, provider text NOT NULL, sealed text, reference text,
  version integer NOT NULL, rotated_at bigint NOT NULL, expires_at bigint, used_at bigint, created_by text);
CREATE UNIQUE INDEX secrets_name ON secrets (sort_name, scope, owner_id);
CREATE TABLE secret_uses (job_id bigint NOT NULL, sort_name text COLLATE "C" NOT NULL, PRIMARY KEY (job_id, sort_name));
CREATE INDEX secret_uses_name ON secret_uses (sort_name);
`,
};
