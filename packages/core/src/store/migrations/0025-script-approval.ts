import type { Migration } from './migration.ts';

/** Scripts, their contents and what was decided of each; and who wrote a version of a job, as names may change. */
export const scriptApproval: Migration = {
  number: 25,
  name: 'script-approval',
  sqlite: `
CREATE TABLE scripts (id integer NOT NULL PRIMARY KEY, created_at integer NOT NULL, path text NOT NULL, hash text, problem text,
  seen_at integer NOT NULL) STRICT;
CREATE UNIQUE INDEX scripts_path ON scripts (path);
CREATE TABLE script_versions (script_id integer NOT NULL, number integer NOT NULL, created_at integer NOT NULL, hash text NOT NULL,
  bytes integer NOT NULL, content text NOT NULL, state text NOT NULL, decided_at integer, decided_by text, decided_by_id integer, note text,
  PRIMARY KEY (script_id, number)) STRICT;
CREATE UNIQUE INDEX script_versions_hash ON script_versions (script_id, hash);
CREATE TABLE script_notes (id integer NOT NULL PRIMARY KEY, created_at integer NOT NULL, script_id integer NOT NULL, number integer NOT NULL,
  kind text NOT NULL, line integer, text text NOT NULL, person_id integer, person_name text NOT NULL) STRICT;
CREATE INDEX script_notes_script ON script_notes (script_id);
ALTER TABLE job_versions ADD COLUMN author_id integer;
`,
  postgres: `
CREATE TABLE scripts (id bigint NOT NULL PRIMARY KEY, created_at bigint NOT NULL, path text COLLATE "C" NOT NULL, hash text, problem text,
  seen_at bigint NOT NULL);
CREATE UNIQUE INDEX scripts_path ON scripts (path);
CREATE TABLE script_versions (script_id bigint NOT NULL, number int NOT NULL, created_at bigint NOT NULL, hash text NOT NULL,
  bytes int NOT NULL, content text NOT NULL, state text NOT NULL, decided_at bigint, decided_by text, decided_by_id bigint, note text,
  PRIMARY KEY (script_id, number));
CREATE UNIQUE INDEX script_versions_hash ON script_versions (script_id, hash);
CREATE TABLE script_notes (id bigint NOT NULL PRIMARY KEY, created_at bigint NOT NULL, script_id bigint NOT NULL, number int NOT NULL,
  kind text NOT NULL, line int, text text NOT NULL, person_id bigint, person_name text NOT NULL);
CREATE INDEX script_notes_script ON script_notes (script_id);
ALTER TABLE job_versions ADD COLUMN author_id bigint;
`,
};
