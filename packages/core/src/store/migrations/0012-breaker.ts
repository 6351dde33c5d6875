import type { Migration } from './migration.ts';

/**
 * What is kept of a job that fails: since when, from when on its failures count, and its breaker while that is open. Runs
 * get no index by their state: on PostgreSQL the one update that completes a run would have to write every index anew.
 */
export const breaker: Migration = {
  number: 12,
  name: 'breaker',
  sqlite: `
ALTER TABLE jobs ADD COLUMN failures_from integer;
ALTER TABLE jobs ADD COLUMN failing_since integer;
ALTER TABLE jobs ADD COLUMN breaker_opened_at integer;
ALTER TABLE jobs ADD COLUMN cool_off_until integer;
ALTER TABLE jobs ADD COLUMN breaker text;
`,
  postgres: `
ALTER TABLE jobs ADD COLUMN failures_from bigint;
ALTER TABLE jobs ADD COLUMN failing_since bigint;
ALTER TABLE jobs ADD COLUMN breaker_opened_at bigint;
ALTER TABLE jobs ADD COLUMN cool_off_until bigint;
ALTER TABLE jobs ADD COLUMN breaker json;
`,
};
