import type { Migration } from './migration.ts';

/** Who did what: a chain of rows that the database itself keeps from being changed, and its end. */
export const audit: Migration = {
  number: 19,
  name: 'audit',
  sqlite: `
CREATE TABLE audit (sequence integer NOT NULL PRIMARY KEY, at integer NOT NULL, person_id integer, name text NOT NULL, via text NOT NULL,
  address text, request_id text, key_id integer, action text NOT NULL, subject_kind text NOT NULL, subject_id text, subject_name text,
  changes text NOT NULL, hash text NOT NULL) STRICT;
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_person ON audit (person_id, sequence);
CREATE INDEX audit_name ON audit (name, sequence);
CREATE INDEX audit_action ON audit (action, sequence);
CREATE INDEX audit_subject ON audit (subject_id, sequence);
CREATE INDEX audit_subject_name ON audit (subject_name, sequence);
CREATE TABLE audit_head (one integer NOT NULL PRIMARY KEY, sequence integer NOT NULL, hash text NOT NULL) STRICT;
INSERT INTO audit_head (one, sequence, hash) VALUES (1, 0, '');
CREATE TRIGGER audit_stays_unchanged BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, 'rows of the audit stay as they are'); END;
CREATE TRIGGER audit_stays_whole BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'rows of the audit stay as they are'); END;
`,
  postgres: `
CREATE TABLE audit (sequence bigint NOT NULL PRIMARY KEY, at bigint NOT NULL, person_id bigint, name text NOT NULL, via text NOT NULL,
  address text, request_id text, key_id bigint, action text NOT NULL, subject_kind text NOT NULL, subject_id text, subject_name text,
  changes text NOT NULL, hash text NOT NULL);
CREATE INDEX audit_at ON audit (at);
CREATE INDEX audit_person ON audit (person_id, sequence);
CREATE INDEX audit_name ON audit (name, sequence);
CREATE INDEX audit_action ON audit (action, sequence);
CREATE INDEX audit_subject ON audit (subject_id, sequence);
CREATE INDEX audit_subject_name ON audit (subject_name, sequence);
CREATE TABLE audit_head (one int NOT NULL PRIMARY KEY, sequence bigint NOT NULL, hash text NOT NULL);
INSERT INTO audit_head (one, sequence, hash) VALUES (1, 0, '');
CREATE FUNCTION audit_stays() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
  RAISE EXCEPTION 'rows of the audit stay as they are';
END $body$;
CREATE TRIGGER audit_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_stays();
`,
};
