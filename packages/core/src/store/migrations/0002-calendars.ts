import type { Migration } from './migration.ts';

/** Named calendars, and which schedules attach them. A blackout for all jobs, tags or jobs has its scope in a column of its own. */
export const calendars: Migration = {
  number: 2,
  name: 'calendars',
  sqlite: `
CREATE TABLE calendars (id integer NOT NULL PRIMARY KEY, created_at integer NOT NULL, updated_at integer NOT NULL, version integer NOT NULL,
  name text NOT NULL, sort_name text NOT NULL, description text, kind text NOT NULL, scope text NOT NULL, content text NOT NULL,
  source text) STRICT;
CREATE UNIQUE INDEX calendars_name ON calendars (sort_name);

CREATE TABLE schedule_calendars (calendar_id integer NOT NULL, schedule_id integer NOT NULL, PRIMARY KEY (calendar_id, schedule_id)) STRICT;
CREATE INDEX schedule_calendars_schedule ON schedule_calendars (schedule_id);
`,
  postgres: `
CREATE TABLE calendars (id bigint NOT NULL PRIMARY KEY, created_at bigint NOT NULL, updated_at bigint NOT NULL, version int NOT NULL,
  name text NOT NULL, sort_name text COLLATE "C" NOT NULL, description text, kind text NOT NULL, scope text NOT NULL, content json NOT NULL,
  source json);
CREATE UNIQUE INDEX calendars_name ON calendars (sort_name);

CREATE TABLE schedule_calendars (calendar_id bigint NOT NULL, schedule_id bigint NOT NULL, PRIMARY KEY (calendar_id, schedule_id));
CREATE INDEX schedule_calendars_schedule ON schedule_calendars (schedule_id);
`,
};
