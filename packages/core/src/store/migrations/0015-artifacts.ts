import type { Migration } from './migration.ts';

/** Files that attempts left: what they are called and hold. Their bytes lie elsewhere, under the id. */
export const artifacts: Migration = {
  number: 15,
  name: 'artifacts',
  sqlite: `
CREATE TABLE artifacts (id integer NOT NULL PRIMARY KEY, created_at integer NOT NULL, run_id integer NOT NULL, run_created_at integer NOT NULL,
  job_id integer NOT NULL, attempt integer NOT NULL, name text NOT NULL, type text NOT NULL, bytes integer NOT NULL, sha256 text, crc32 integer,
  problem text, expires_at integer) STRICT;
CREATE INDEX artifacts_run ON artifacts (run_id);
CREATE INDEX artifacts_versions ON artifacts (job_id, name, id);
CREATE INDEX artifacts_expiry ON artifacts (expires_at) WHERE expires_at IS NOT NULL;
`,
  postgres: `
CREATE TABLE artifacts (id bigint NOT NULL PRIMARY KEY, created_at bigint NOT NULL, run_id bigint NOT NULL, run_created_at bigint NOT NULL,
  job_id bigint NOT NULL, attempt int NOT NULL, name text COLLATE "C" NOT NULL, type text NOT NULL, bytes bigint NOT NULL, sha256 text, crc32 bigint,
  problem text, expires_at bigint);
CREATE INDEX artifacts_run ON artifacts (run_id);
CREATE INDEX artifacts_versions ON artifacts (job_id, name, id);
CREATE INDEX artifacts_expiry ON artifacts (expires_at) WHERE expires_at IS NOT NULL;
`,
};
