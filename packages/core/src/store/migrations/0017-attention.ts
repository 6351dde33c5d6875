import type { Migration } from './migration.ts';

/** What a person must decide: one item a fingerprint, with the jobs and the runs of its present spell. Alerts that stand get theirs. */
export const attention: Migration = {
  number: 17,
  name: 'attention',
  sqlite: `
CREATE TABLE attention_items (id integer NOT NULL PRIMARY KEY, created_at integer NOT NULL, fingerprint text NOT NULL, kind text NOT NULL,
  severity text NOT NULL, category text, title text NOT NULL, evidence text NOT NULL, spell integer NOT NULL, since_at integer NOT NULL,
  seen_at integer NOT NULL, times integer NOT NULL, jobs integer NOT NULL, in_a_row integer NOT NULL, job_id integer, job_created_at integer,
  run_id integer, run_created_at integer, alert_id integer, owner_id integer, note text, acknowledged_at integer, acknowledged_by text,
  snoozed_until integer, resolved_at integer, ended_at integer, ended_by text, ended_how text) STRICT;
CREATE UNIQUE INDEX attention_cause ON attention_items (fingerprint);
CREATE INDEX attention_since ON attention_items (since_at, id);
CREATE INDEX attention_open ON attention_items (since_at, id) WHERE resolved_at IS NULL;
CREATE INDEX attention_alert ON attention_items (alert_id) WHERE alert_id IS NOT NULL;
CREATE TABLE attention_jobs (item_id integer NOT NULL, job_id integer NOT NULL, job_created_at integer NOT NULL, times integer NOT NULL,
  in_a_row integer NOT NULL, last_event integer NOT NULL, run_id integer, run_created_at integer, healed_at integer, PRIMARY KEY (item_id, job_id)) STRICT, WITHOUT ROWID;
CREATE INDEX attention_jobs_job ON attention_jobs (job_id);
CREATE INDEX attention_unhealed ON attention_jobs (item_id) WHERE healed_at IS NULL;
CREATE TABLE attention_runs (run_id integer NOT NULL PRIMARY KEY, run_created_at integer NOT NULL, item_id integer NOT NULL,
  spell integer NOT NULL, job_id integer NOT NULL, event_id integer NOT NULL, ended_at integer NOT NULL, retry_id integer,
  retry_created_at integer) STRICT;
CREATE INDEX attention_runs_item ON attention_runs (item_id, spell, run_id);
CREATE INDEX attention_runs_job ON attention_runs (job_id);
INSERT INTO attention_items (id, created_at, fingerprint, kind, severity, title, evidence, spell, since_at, seen_at, times, jobs, in_a_row,
  job_id, job_created_at, run_id, run_created_at, alert_id, acknowledged_at, acknowledged_by)
SELECT id, created_at, fingerprint, kind, severity, title, text, 1, created_at, updated_at, count, CASE WHEN job_id IS NULL THEN 0 ELSE 1 END, 0,
  job_id, job_created_at, run_id, run_created_at, id, acknowledged_at, acknowledged_by FROM alerts WHERE resolved_at IS NULL;
`,
  postgres: `
CREATE TABLE attention_items (id bigint NOT NULL PRIMARY KEY, created_at bigint NOT NULL, fingerprint text COLLATE "C" NOT NULL, kind text NOT NULL,
  severity text NOT NULL, category text, title text NOT NULL, evidence text NOT NULL, spell bigint NOT NULL, since_at bigint NOT NULL,
  seen_at bigint NOT NULL, times bigint NOT NULL, jobs bigint NOT NULL, in_a_row bigint NOT NULL, job_id bigint, job_created_at bigint,
  run_id bigint, run_created_at bigint, alert_id bigint, owner_id bigint, note text, acknowledged_at bigint, acknowledged_by text,
  snoozed_until bigint, resolved_at bigint, ended_at bigint, ended_by text, ended_how text);
CREATE UNIQUE INDEX attention_cause ON attention_items (fingerprint);
CREATE INDEX attention_since ON attention_items (since_at, id);
CREATE INDEX attention_open ON attention_items (since_at, id) WHERE resolved_at IS NULL;
CREATE INDEX attention_alert ON attention_items (alert_id) WHERE alert_id IS NOT NULL;
CREATE TABLE attention_jobs (item_id bigint NOT NULL, job_id bigint NOT NULL, job_created_at bigint NOT NULL, times bigint NOT NULL,
  in_a_row bigint NOT NULL, last_event bigint NOT NULL, run_id bigint, run_created_at bigint, healed_at bigint, PRIMARY KEY (item_id, job_id));
CREATE INDEX attention_jobs_job ON attention_jobs (job_id);
CREATE INDEX attention_unhealed ON attention_jobs (item_id) WHERE healed_at IS NULL;
CREATE TABLE attention_runs (run_id bigint NOT NULL PRIMARY KEY, run_created_at bigint NOT NULL, item_id bigint NOT NULL,
  spell bigint NOT NULL, job_id bigint NOT NULL, event_id bigint NOT NULL, ended_at bigint NOT NULL, retry_id bigint,
  retry_created_at bigint);
CREATE INDEX attention_runs_item ON attention_runs (item_id, spell, run_id);
CREATE INDEX attention_runs_job ON attention_runs (job_id);
INSERT INTO attention_items (id, created_at, fingerprint, kind, severity, title, evidence, spell, since_at, seen_at, times, jobs, in_a_row,
  job_id, job_created_at, run_id, run_created_at, alert_id, acknowledged_at, acknowledged_by)
SELECT id, created_at, fingerprint, kind, severity, title, text, 1, created_at, updated_at, count, CASE WHEN job_id IS NULL THEN 0 ELSE 1 END, 0,
  job_id, job_created_at, run_id, run_created_at, id, acknowledged_at, acknowledged_by FROM alerts WHERE resolved_at IS NULL;
`,
};
