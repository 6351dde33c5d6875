import type { Migration } from './migration.ts';

/** Ways in for other programs, each to one job. What a sender signs with stands sealed, what it shows as its hash. */
export const hooks: Migration = {
  number: 18,
  name: 'hooks',
  sqlite: `
CREATE TABLE hooks (id integer NOT NULL PRIMARY KEY, created_at integer NOT NULL, updated_at integer NOT NULL, job_id integer NOT NULL,
  name text NOT NULL, sort_name text NOT NULL, kind text NOT NULL, active integer NOT NULL, mapping text, secret text NOT NULL,
  former_secret text, former_until integer, used_at integer) STRICT;
CREATE UNIQUE INDEX hooks_name ON hooks (job_id, sort_name);
`,
  postgres: `
CREATE TABLE hooks (id bigint NOT NULL PRIMARY KEY, created_at bigint NOT NULL, updated_at bigint NOT NULL, job_id bigint NOT NULL,
  name text NOT NULL, sort_name text COLLATE "C" NOT NULL, kind text NOT NULL, active boolean NOT NULL, mapping json, secret text NOT NULL,
  former_secret text, former_until bigint, used_at bigint);
CREATE UNIQUE INDEX hooks_name ON hooks (job_id, sort_name);
`,
};
