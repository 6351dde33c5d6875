/** SQL of the first migration on SQLite; booleans are 0 and 1, JSON is text. */
export const initialSqlite = `
CREATE TABLE counters (name text NOT NULL PRIMARY KEY, value integer NOT NULL) STRICT;
INSERT INTO counters (name, value) VALUES ('id', 0);

CREATE TABLE settings (key text NOT NULL PRIMARY KEY, value text NOT NULL) STRICT;

CREATE TABLE idempotency (scope text NOT NULL, key text NOT NULL, request_hash text NOT NULL, answer text,
  created_at integer NOT NULL, PRIMARY KEY (scope, key)) STRICT;
CREATE INDEX idempotency_age ON idempotency (created_at);

CREATE TABLE people (id integer NOT NULL PRIMARY KEY, created_at integer NOT NULL, email text NOT NULL, name text NOT NULL,
  role text NOT NULL, timezone text NOT NULL, active integer NOT NULL, password_hash text NOT NULL, epoch integer NOT NULL) STRICT;
CREATE UNIQUE INDEX people_email ON people (email);

CREATE TABLE sign_ins (hash text NOT NULL PRIMARY KEY, person_id integer NOT NULL, created_at integer NOT NULL,
  seen_at integer NOT NULL, expires_at integer NOT NULL, user_agent text, address text) STRICT;
CREATE INDEX sign_ins_person ON sign_ins (person_id);

CREATE TABLE jobs (id integer NOT NULL PRIMARY KEY, created_at integer NOT NULL, updated_at integer NOT NULL, owner_id integer,
  version integer NOT NULL, name text NOT NULL, sort_name text NOT NULL, type text NOT NULL, source text, active integer NOT NULL,
  paused_reason text, paused_by text, paused_at integer, paused_until integer, automatic_runs integer NOT NULL,
  deleted_at integer, deleted_by text, demo integer NOT NULL) STRICT;
CREATE UNIQUE INDEX jobs_name ON jobs (coalesce(owner_id, 0), name) WHERE deleted_at IS NULL;
CREATE INDEX jobs_paused_until ON jobs (paused_until) WHERE paused_until IS NOT NULL;

CREATE TABLE job_versions (job_id integer NOT NULL, version integer NOT NULL, created_at integer NOT NULL, author text, note text,
  definition text NOT NULL, PRIMARY KEY (job_id, version)) STRICT;

CREATE TABLE job_tags (tag text NOT NULL, job_id integer NOT NULL, PRIMARY KEY (tag, job_id)) STRICT;
CREATE INDEX job_tags_job ON job_tags (job_id);

CREATE TABLE schedules (id integer NOT NULL PRIMARY KEY, job_id integer NOT NULL, created_at integer NOT NULL, name text,
  active integer NOT NULL, priority integer NOT NULL, spec text NOT NULL, revision integer NOT NULL, cursor_at integer NOT NULL,
  plan_at integer, next_due_at integer, tz_version text NOT NULL) STRICT;
CREATE INDEX schedules_plan ON schedules (plan_at) WHERE plan_at IS NOT NULL;
CREATE INDEX schedules_job ON schedules (job_id);

-- Which schedules a job has or had: the ledger outlives them.
CREATE TABLE schedule_jobs (job_id integer NOT NULL, schedule_id integer NOT NULL, PRIMARY KEY (job_id, schedule_id)) STRICT;

CREATE TABLE occurrences (schedule_id integer NOT NULL, due_at integer NOT NULL, revision integer NOT NULL, run_id integer,
  run_created_at integer, reason text, cause_run_id integer, cause_created_at integer, decided_at integer NOT NULL,
  PRIMARY KEY (schedule_id, due_at), CHECK ((run_id IS NULL) <> (reason IS NULL))) STRICT, WITHOUT ROWID;
CREATE INDEX occurrences_skipped ON occurrences (decided_at) WHERE reason IS NOT NULL;

CREATE TABLE gaps (schedule_id integer NOT NULL, from_at integer NOT NULL, to_at integer NOT NULL,
  count integer NOT NULL CHECK (count > 0), reason text NOT NULL, decided_at integer NOT NULL,
  PRIMARY KEY (schedule_id, from_at)) STRICT, WITHOUT ROWID;

-- Numbers a pair of queue name and worker labels (sorted), so that the claim index starts with one integer.
CREATE TABLE queues (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, name text NOT NULL, labels text NOT NULL) STRICT;
CREATE UNIQUE INDEX queues_pair ON queues (name, labels);

-- Completed once: no index names a column that the completing update sets, so that it stays in its page.
CREATE TABLE runs (id integer NOT NULL, created_at integer NOT NULL, job_id integer NOT NULL, job_version integer NOT NULL,
  trigger text NOT NULL, schedule_id integer, due_at integer, priority integer NOT NULL, queue integer NOT NULL, parameters text NOT NULL,
  note text, requested_by text, cause_run_id integer, cause_created_at integer, cancel_requested_at integer, cancel_reason text,
  cancel_by text, state text, reason text, attempt integer, worker_id integer, exit_code integer, signal text, failure text,
  started_at integer, ended_at integer, PRIMARY KEY (id, created_at)) STRICT, WITHOUT ROWID;
CREATE INDEX runs_created ON runs (created_at, id);
CREATE INDEX runs_job ON runs (job_id, created_at, id);

CREATE TABLE attempts (run_id integer NOT NULL, run_created_at integer NOT NULL, fence integer NOT NULL, attempt integer NOT NULL,
  worker_id integer, outcome text NOT NULL, reason text, exit_code integer, signal text, failure text, started_at integer,
  ended_at integer NOT NULL, PRIMARY KEY (run_id, fence, run_created_at)) STRICT, WITHOUT ROWID;
CREATE INDEX attempts_worker ON attempts (worker_id, ended_at);

-- What a run tells about itself while it lives; decides nothing.
CREATE TABLE run_reports (run_id integer NOT NULL PRIMARY KEY, run_created_at integer NOT NULL, progress text, result text) STRICT;

CREATE TABLE queue (run_id integer NOT NULL PRIMARY KEY, run_created_at integer NOT NULL, job_id integer NOT NULL, queue integer NOT NULL,
  priority integer NOT NULL, on_lost integer NOT NULL, concurrency_key integer, slots integer, attempt integer NOT NULL, fence integer NOT NULL,
  available_at integer NOT NULL, reason text) STRICT;
CREATE INDEX queue_claim ON queue (queue, priority, available_at, run_id);
CREATE INDEX queue_job ON queue (job_id);

CREATE TABLE leases (run_id integer NOT NULL PRIMARY KEY, run_created_at integer NOT NULL, job_id integer NOT NULL, queue integer NOT NULL,
  priority integer NOT NULL, on_lost integer NOT NULL, concurrency_key integer, slots integer, attempt integer NOT NULL, fence integer NOT NULL,
  slot integer, worker_id integer NOT NULL, incarnation integer NOT NULL, phase text NOT NULL, claimed_at integer NOT NULL,
  started_at integer, CHECK ((concurrency_key IS NULL) = (slot IS NULL))) STRICT;
-- An exclusive job only ever has slot 0, so its key is unique.
CREATE UNIQUE INDEX leases_never_two ON leases (concurrency_key, slot);
CREATE INDEX leases_worker ON leases (worker_id, incarnation);

-- beat_at stands in no index: a heartbeat rewrites one narrow row in its page.
CREATE TABLE workers (id integer NOT NULL PRIMARY KEY, created_at integer NOT NULL, name text NOT NULL, host text NOT NULL,
  platform text NOT NULL, pid integer NOT NULL, version text NOT NULL, slots integer NOT NULL, queues text NOT NULL, labels text NOT NULL,
  containment text NOT NULL, incarnation integer NOT NULL, started_at integer NOT NULL, beat_at integer NOT NULL, lost_at integer,
  draining integer NOT NULL) STRICT;
CREATE UNIQUE INDEX workers_name ON workers (name);

CREATE TABLE schedulers (id integer NOT NULL PRIMARY KEY, created_at integer NOT NULL, name text NOT NULL, host text NOT NULL,
  pid integer NOT NULL, version text NOT NULL, started_at integer NOT NULL, beat_at integer NOT NULL, polled_at integer,
  stopped_at integer) STRICT;

CREATE TABLE events (id integer NOT NULL PRIMARY KEY AUTOINCREMENT, at integer NOT NULL, kind text NOT NULL, run_id integer, run_created_at integer,
  job_id integer, job_created_at integer, actor text, data text NOT NULL) STRICT;
CREATE INDEX events_kind ON events (kind, at);
CREATE INDEX events_job ON events (job_id, id);
`;
