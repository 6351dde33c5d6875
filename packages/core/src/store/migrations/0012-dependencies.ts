import type { Migration } from './migration.ts';

/**
 * Which jobs wait for which, kept in step with the definitions, and what became of each job in a chain of runs. A chain is
 * named by the run that began it; one row a job and chain is what makes a set of prerequisites start its job once.
 */
export const dependencies: Migration = {
  number: 12,
  name: 'dependencies',
  sqlite: `
CREATE TABLE dependencies (job_id integer NOT NULL, upstream_id integer NOT NULL, mode text NOT NULL, window_ms integer,
  PRIMARY KEY (job_id, upstream_id)) STRICT, WITHOUT ROWID;
CREATE INDEX dependencies_upstream ON dependencies (upstream_id, job_id);
CREATE TABLE chain_members (chain_id integer NOT NULL, chain_created_at integer NOT NULL, job_id integer NOT NULL, run_id integer,
  run_created_at integer, reason text, cause_job_id integer, cause_run_id integer, cause_created_at integer,
  served_by text NOT NULL DEFAULT '[]', decided_at integer NOT NULL, PRIMARY KEY (chain_id, job_id)) STRICT, WITHOUT ROWID;
CREATE INDEX chain_members_run ON chain_members (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX chain_members_job ON chain_members (job_id, decided_at);
`,
  postgres: `
CREATE TABLE dependencies (job_id bigint NOT NULL, upstream_id bigint NOT NULL, mode text NOT NULL, window_ms bigint,
  PRIMARY KEY (job_id, upstream_id));
CREATE INDEX dependencies_upstream ON dependencies (upstream_id, job_id);
CREATE TABLE chain_members (chain_id bigint NOT NULL, chain_created_at bigint NOT NULL, job_id bigint NOT NULL, run_id bigint,
  run_created_at bigint, reason text, cause_job_id bigint, cause_run_id bigint, cause_created_at bigint,
  served_by json NOT NULL DEFAULT '[]', decided_at bigint NOT NULL, PRIMARY KEY (chain_id, job_id));
CREATE INDEX chain_members_run ON chain_members (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX chain_members_job ON chain_members (job_id, decided_at);
`,
};
