import type { Migration } from './migration.ts';

/**
 * What a long past and a long backlog are read by. Most events tell of a success, and their kind stood in an index that
 * compares texts and grows in its middle: now successes have one by time alone, whose next entry always is the last one; all
 * other kinds keep theirs. Versions of jobs whose runs must have begun by a deadline are found without a look at any other,
 * and so are schedules that were planned with other rules of time zones.
 * On SQLite the index that claims walk says what limits a run, so that nothing is read of what waits behind a full limit.
 */
const indexes = `
DROP INDEX events_kind;
CREATE INDEX events_kind ON events (kind, at) WHERE kind <> 'run.succeeded';
CREATE INDEX events_succeeded ON events (at) WHERE kind = 'run.succeeded';
CREATE INDEX schedules_zones ON schedules (tz_version, id);
CREATE INDEX job_versions_deadline ON job_versions (job_id, version) WHERE (definition ->> 'startDeadlineSeconds') IS NOT NULL;
`;

const claims = `
DROP INDEX queue_claim;
CREATE INDEX queue_claim ON queue (queue, priority, available_at, run_id, concurrency_key, slots);
`;

export const longPast: Migration = { number: 31, name: 'long_past', sqlite: indexes + claims, postgres: indexes };
