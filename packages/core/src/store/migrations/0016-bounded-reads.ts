import type { Migration } from './migration.ts';

/**
 * What lists are read by, so that none costs more than what it shows. `unsuccessful` has the runs that ended otherwise than
 * well: the record itself has no index by state, as its completing update would have to change it. A run that succeeds
 * costs nothing of this.
 *
 * Ended runs are counted from their events, by whoever keeps house: by the hour of their end, and by that of their
 * creation: of all jobs (0) by the hour, of each by the day, where -1 has all there ever were. The counter `tallied` is the last event that was counted.
 */
export const boundedReads: Migration = {
  number: 16,
  name: 'bounded_reads',
  sqlite: `
CREATE TABLE unsuccessful (state text NOT NULL, run_created_at integer NOT NULL, run_id integer NOT NULL, job_id integer NOT NULL,
  PRIMARY KEY (state, run_created_at, run_id)) STRICT, WITHOUT ROWID;
CREATE INDEX unsuccessful_job ON unsuccessful (job_id, state, run_created_at, run_id);
INSERT INTO unsuccessful (state, run_created_at, run_id, job_id)
  SELECT state, created_at, id, job_id FROM runs WHERE state IN ('failed', 'timed_out', 'cancelled', 'lost');
CREATE INDEX jobs_created ON jobs (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX jobs_sorted ON jobs (sort_name, id) WHERE deleted_at IS NULL;
CREATE INDEX jobs_updated ON jobs (updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX jobs_deleted ON jobs (created_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX jobs_demo ON jobs (id) WHERE demo;
CREATE INDEX jobs_drafts ON jobs (id) WHERE version = 0;
CREATE INDEX schedules_next ON schedules (next_due_at, job_id) WHERE next_due_at IS NOT NULL;
CREATE INDEX occurrences_not_run ON occurrences (schedule_id, due_at) WHERE reason IS NOT NULL;
CREATE INDEX occurrences_skips ON occurrences (due_at, schedule_id) WHERE reason IS NOT NULL;
CREATE INDEX gaps_ended ON gaps (to_at, schedule_id);
CREATE UNIQUE INDEX schedule_jobs_schedule ON schedule_jobs (schedule_id, job_id);
CREATE TABLE run_tallies (job_id integer NOT NULL, begin_at integer NOT NULL, state text NOT NULL, count integer NOT NULL,
  PRIMARY KEY (job_id, begin_at, state)) STRICT, WITHOUT ROWID;
CREATE TABLE end_tallies (hour_at integer NOT NULL, state text NOT NULL, count integer NOT NULL, PRIMARY KEY (hour_at, state)) STRICT, WITHOUT ROWID;
CREATE INDEX events_told ON events (kind, id) WHERE kind <> 'run.succeeded';
CREATE INDEX run_tallies_begin ON run_tallies (begin_at);
INSERT INTO counters (name, value) VALUES ('tallied', 0);
`,
  postgres: `
CREATE TABLE unsuccessful (state text NOT NULL, run_created_at bigint NOT NULL, run_id bigint NOT NULL, job_id bigint NOT NULL,
  PRIMARY KEY (state, run_created_at, run_id));
CREATE INDEX unsuccessful_job ON unsuccessful (job_id, state, run_created_at, run_id);
INSERT INTO unsuccessful (state, run_created_at, run_id, job_id)
  SELECT state, created_at, id, job_id FROM runs WHERE state IN ('failed', 'timed_out', 'cancelled', 'lost');
CREATE INDEX jobs_created ON jobs (created_at, id) WHERE deleted_at IS NULL;
CREATE INDEX jobs_sorted ON jobs (sort_name, id) WHERE deleted_at IS NULL;
CREATE INDEX jobs_updated ON jobs (updated_at, id) WHERE deleted_at IS NULL;
CREATE INDEX jobs_deleted ON jobs (created_at, id) WHERE deleted_at IS NOT NULL;
CREATE INDEX jobs_demo ON jobs (id) WHERE demo;
CREATE INDEX jobs_drafts ON jobs (id) WHERE version = 0;
CREATE INDEX schedules_next ON schedules (next_due_at, job_id) WHERE next_due_at IS NOT NULL;
CREATE INDEX occurrences_not_run ON occurrences (schedule_id, due_at) WHERE reason IS NOT NULL;
CREATE INDEX occurrences_skips ON occurrences (due_at, schedule_id) WHERE reason IS NOT NULL;
CREATE INDEX gaps_ended ON gaps (to_at, schedule_id);
CREATE UNIQUE INDEX schedule_jobs_schedule ON schedule_jobs (schedule_id, job_id);
CREATE TABLE run_tallies (job_id bigint NOT NULL, begin_at bigint NOT NULL, state text NOT NULL, count bigint NOT NULL,
  PRIMARY KEY (job_id, begin_at, state));
CREATE TABLE end_tallies (hour_at bigint NOT NULL, state text NOT NULL, count bigint NOT NULL, PRIMARY KEY (hour_at, state));
CREATE INDEX events_told ON events (kind, id) WHERE kind <> 'run.succeeded';
CREATE INDEX run_tallies_begin ON run_tallies (begin_at);
INSERT INTO counters (name, value) VALUES ('tallied', 0);
`,
};
