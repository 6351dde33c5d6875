import type { Migration } from './migration.ts';

/** Windows of maintenance, kept when they are over. Those that are not settled are read with every schedule. */
export const maintenance: Migration = {
  number: 4,
  name: 'maintenance',
  sqlite: `
CREATE TABLE maintenance (id integer NOT NULL PRIMARY KEY, created_at integer NOT NULL, scope text NOT NULL, targets text NOT NULL,
  from_at integer NOT NULL, until_at integer, reason text, resume text NOT NULL, set_by text, ended_at integer, ended_by text,
  settled_at integer) STRICT;
CREATE INDEX maintenance_open ON maintenance (id) WHERE settled_at IS NULL;
`,
  postgres: `
CREATE TABLE maintenance (id bigint NOT NULL PRIMARY KEY, created_at bigint NOT NULL, scope text NOT NULL, targets json NOT NULL,
  from_at bigint NOT NULL, until_at bigint, reason text, resume text NOT NULL, set_by text, ended_at bigint, ended_by text,
  settled_at bigint);
CREATE INDEX maintenance_open ON maintenance (id) WHERE settled_at IS NULL;
`,
};
