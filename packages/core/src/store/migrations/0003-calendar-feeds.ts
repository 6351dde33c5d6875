import type { Migration } from './migration.ts';

/** Addresses that hand out coming runs as a calendar; the token is known by its hash alone. */
export const calendarFeeds: Migration = {
  number: 3,
  name: 'calendar-feeds',
  sqlite: `
CREATE TABLE calendar_feeds (id integer NOT NULL PRIMARY KEY, created_at integer NOT NULL, person_id integer, name text NOT NULL,
  hash text NOT NULL, job_id integer, tag text, search text) STRICT;
CREATE UNIQUE INDEX calendar_feeds_hash ON calendar_feeds (hash);
`,
  postgres: `
CREATE TABLE calendar_feeds (id bigint NOT NULL PRIMARY KEY, created_at bigint NOT NULL, person_id bigint, name text NOT NULL,
  hash text NOT NULL, job_id bigint, tag text, search text);
CREATE UNIQUE INDEX calendar_feeds_hash ON calendar_feeds (hash);
`,
};
