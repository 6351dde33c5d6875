import type { Migration } from './migration.ts';

/**
 * What schedulers and workers have done, counted with the fact: each counts in rows of its own, so that none waits for
 * another. Owner 0 keeps what those who are gone have counted.
 */
export const counters: Migration = {
  number: 9,
  name: 'counters',
  sqlite: `
CREATE TABLE tallies (owner_id integer NOT NULL, name text NOT NULL, value integer NOT NULL, PRIMARY KEY (owner_id, name)) STRICT,
  WITHOUT ROWID;
`,
  postgres: `
CREATE TABLE tallies (owner_id bigint NOT NULL, name text NOT NULL, value bigint NOT NULL, PRIMARY KEY (owner_id, name));
`,
};
