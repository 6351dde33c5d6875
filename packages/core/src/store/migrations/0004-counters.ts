import type { Migration } from './migration.ts';

/**
 * What schedulers and workers have done, counted with the fact: each counts in rows of its own, so that none waits for
 * another. Owner 0 keeps what those who are gone have counted. Beside it, how far each one's clock is off.
 */
export const counters: Migration = {
  number: 4,
  name: 'counters',
  sqlite: `
CREATE TABLE tallies (owner_id integer NOT NULL, name text NOT NULL, value integer NOT NULL, PRIMARY KEY (owner_id, name)) STRICT,
  WITHOUT ROWID;
ALTER TABLE workers ADD COLUMN clock_offset_ms integer NOT NULL DEFAULT 0;
ALTER TABLE schedulers ADD COLUMN clock_offset_ms integer NOT NULL DEFAULT 0;
`,
  postgres: `
CREATE TABLE tallies (owner_id bigint NOT NULL, name text NOT NULL, value bigint NOT NULL, PRIMARY KEY (owner_id, name));
ALTER TABLE workers ADD COLUMN clock_offset_ms bigint NOT NULL DEFAULT 0;
ALTER TABLE schedulers ADD COLUMN clock_offset_ms bigint NOT NULL DEFAULT 0;
`,
};
