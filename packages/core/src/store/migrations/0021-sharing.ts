import type { Migration } from './migration.ts';

/**
 * Who sees which job: one row for each person, team or everyone (0), with the level from 1, view, to 4, the owner. Monitors
 * get an owner, within whose monitors their name is unique.
 */
export const sharing: Migration = {
  number: 21,
  name: 'sharing',
  sqlite: `
CREATE TABLE job_grants (grantee_id integer NOT NULL, job_id integer NOT NULL, kind text NOT NULL, level integer NOT NULL,
  PRIMARY KEY (grantee_id, job_id, kind)) STRICT, WITHOUT ROWID;
CREATE INDEX job_grants_job ON job_grants (job_id);
INSERT INTO job_grants (grantee_id, job_id, kind, level) SELECT owner_id, id, 'owner', 4 FROM jobs WHERE owner_id IS NOT NULL;
CREATE TABLE teams (id integer NOT NULL PRIMARY KEY, created_at integer NOT NULL, name text NOT NULL, sort_name text NOT NULL) STRICT;
CREATE UNIQUE INDEX teams_name ON teams (sort_name);
CREATE TABLE team_members (person_id integer NOT NULL, team_id integer NOT NULL, PRIMARY KEY (person_id, team_id)) STRICT, WITHOUT ROWID;
CREATE INDEX team_members_team ON team_members (team_id);
ALTER TABLE monitors ADD COLUMN owner_id integer;
DROP INDEX monitors_name;
CREATE UNIQUE INDEX monitors_name ON monitors (coalesce(owner_id, 0), sort_name);
`,
  postgres: `
CREATE TABLE job_grants (grantee_id bigint NOT NULL, job_id bigint NOT NULL, kind text NOT NULL, level int NOT NULL,
  PRIMARY KEY (grantee_id, job_id, kind));
CREATE INDEX job_grants_job ON job_grants (job_id);
INSERT INTO job_grants (grantee_id, job_id, kind, level) SELECT owner_id, id, 'owner', 4 FROM jobs WHERE owner_id IS NOT NULL;
CREATE TABLE teams (id bigint NOT NULL PRIMARY KEY, created_at bigint NOT NULL, name text NOT NULL, sort_name text COLLATE "C" NOT NULL);
CREATE UNIQUE INDEX teams_name ON teams (sort_name);
CREATE TABLE team_members (person_id bigint NOT NULL, team_id bigint NOT NULL, PRIMARY KEY (person_id, team_id));
CREATE INDEX team_members_team ON team_members (team_id);
ALTER TABLE monitors ADD COLUMN owner_id bigint;
DROP INDEX monitors_name;
CREATE UNIQUE INDEX monitors_name ON monitors (coalesce(owner_id, 0), sort_name);
`,
};
