import type { Migration } from './migration.ts';

/** Alerts: one open a fingerprint. Gaps are found by the time of their decision, as skipped occurrences are. */
export const alerts: Migration = {
  number: 6,
  name: 'alerts',
  sqlite: `
CREATE TABLE alerts (id integer NOT NULL PRIMARY KEY, created_at integer NOT NULL, updated_at integer NOT NULL, kind text NOT NULL,
  severity text NOT NULL, fingerprint text NOT NULL, job_id integer, job_created_at integer, run_id integer, run_created_at integer,
  title text NOT NULL, text text NOT NULL, count integer NOT NULL, from_at integer, to_at integer, seen integer, resolved_at integer,
  resolution text, acknowledged_at integer, acknowledged_by text) STRICT;
CREATE UNIQUE INDEX alerts_open ON alerts (fingerprint) WHERE resolved_at IS NULL;
CREATE INDEX alerts_cause ON alerts (fingerprint, created_at);
CREATE INDEX alerts_created ON alerts (created_at, id);
CREATE INDEX alerts_job ON alerts (job_id, created_at);
CREATE INDEX gaps_decided ON gaps (decided_at);
`,
  postgres: `
CREATE TABLE alerts (id bigint NOT NULL PRIMARY KEY, created_at bigint NOT NULL, updated_at bigint NOT NULL, kind text NOT NULL,
  severity text NOT NULL, fingerprint text COLLATE "C" NOT NULL, job_id bigint, job_created_at bigint, run_id bigint, run_created_at bigint,
  title text NOT NULL, text text NOT NULL, count bigint NOT NULL, from_at bigint, to_at bigint, seen bigint, resolved_at bigint,
  resolution text, acknowledged_at bigint, acknowledged_by text);
CREATE UNIQUE INDEX alerts_open ON alerts (fingerprint) WHERE resolved_at IS NULL;
CREATE INDEX alerts_cause ON alerts (fingerprint, created_at);
CREATE INDEX alerts_created ON alerts (created_at, id);
CREATE INDEX alerts_job ON alerts (job_id, created_at);
CREATE INDEX gaps_decided ON gaps (decided_at);
`,
};
