import type { Migration } from './migration.ts';

/**
 * Which line of history the database is on, as its server tells it: system identifier and timeline. A promoted standby
 * and a server restored to a point in time are on another one, and may lack what was acknowledged before. The newest row
 * is in force; until it is settled nothing is planned or claimed. A file of SQLite has one line for ever.
 *
 * The timeline is that of the write-ahead log's next byte: the control file tells the new one only after a checkpoint.
 */
export const timeline: Migration = {
  number: 10,
  name: 'timeline',
  sqlite: `
CREATE TABLE lineages (number integer NOT NULL PRIMARY KEY, line text NOT NULL, noticed_at integer NOT NULL, settled_at integer) STRICT;
CREATE TABLE lineage_reports (number integer NOT NULL, worker_id integer NOT NULL, reported_at integer NOT NULL,
  PRIMARY KEY (number, worker_id)) STRICT, WITHOUT ROWID;
INSERT INTO lineages (number, line, noticed_at, settled_at) VALUES (1, '', now_ms(), now_ms());
`,
  postgres: `
CREATE FUNCTION database_line() RETURNS text LANGUAGE plpgsql AS $body$
BEGIN
  RETURN (SELECT system_identifier FROM pg_control_system()) || '/' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8);
EXCEPTION WHEN insufficient_privilege OR undefined_function OR feature_not_supported OR object_not_in_prerequisite_state THEN
  RETURN '';
END $body$;
CREATE TABLE lineages (number bigint NOT NULL PRIMARY KEY, line text NOT NULL, noticed_at bigint NOT NULL, settled_at bigint);
CREATE TABLE lineage_reports (number bigint NOT NULL, worker_id bigint NOT NULL, reported_at bigint NOT NULL,
  PRIMARY KEY (number, worker_id));
INSERT INTO lineages (number, line, noticed_at, settled_at) VALUES (1, database_line(), now_ms(), now_ms());
`,
};
