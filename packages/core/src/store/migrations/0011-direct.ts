import type { Migration } from './migration.ts';

/**
 * Which runs begin in the worker itself, in the tick that claims them: their claim is their intent. Slots of jobs without
 * a limit are no keys, and stand in no index.
 */
export const direct: Migration = {
  number: 11,
  name: 'direct',
  sqlite: `
ALTER TABLE queue ADD COLUMN direct integer NOT NULL DEFAULT 0;
ALTER TABLE leases ADD COLUMN direct integer NOT NULL DEFAULT 0;
DROP INDEX leases_never_two;
CREATE UNIQUE INDEX leases_never_two ON leases (concurrency_key, slot) WHERE concurrency_key IS NOT NULL;
`,
  postgres: `
ALTER TABLE queue ADD COLUMN direct boolean NOT NULL DEFAULT false;
ALTER TABLE leases ADD COLUMN direct boolean NOT NULL DEFAULT false;
DROP INDEX leases_never_two;
CREATE UNIQUE INDEX leases_never_two ON leases (concurrency_key, slot) WHERE concurrency_key IS NOT NULL;
`,
};
