import type { Migration } from './migration.ts';

/**
 * Sign-in through others: whom a provider vouches for, and what is under way. And what erasing a person leaves in the audit:
 * a row may lose what names somebody, and nothing else of it changes.
 */
export const identities: Migration = {
  number: 24,
  name: 'identities',
  sqlite: `
CREATE TABLE identities (id integer NOT NULL PRIMARY KEY, created_at integer NOT NULL, person_id integer NOT NULL, issuer text NOT NULL,
  subject text NOT NULL, account text NOT NULL, used_at integer NOT NULL) STRICT;
CREATE UNIQUE INDEX identities_subject ON identities (issuer, subject);
CREATE INDEX identities_person ON identities (person_id);
CREATE TABLE oidc_flows (state_hash text NOT NULL PRIMARY KEY, browser_hash text NOT NULL, provider text NOT NULL, person_id integer,
  invitation_hash text, timezone text, expires_at integer NOT NULL) STRICT;
ALTER TABLE audit ADD COLUMN erased text;
DROP TRIGGER audit_stays_unchanged;
CREATE TRIGGER audit_stays_unchanged BEFORE UPDATE ON audit
  WHEN NOT (new.erased IS NOT NULL AND new.erased IS NOT old.erased AND new.sequence = old.sequence AND new.at = old.at
    AND new.via = old.via AND new.action = old.action AND new.subject_kind = old.subject_kind AND new.hash = old.hash)
  BEGIN SELECT RAISE(ABORT, 'rows of the audit stay as they are'); END;
`,
  postgres: `
CREATE TABLE identities (id bigint NOT NULL PRIMARY KEY, created_at bigint NOT NULL, person_id bigint NOT NULL, issuer text NOT NULL,
  subject text NOT NULL, account text NOT NULL, used_at bigint NOT NULL);
CREATE UNIQUE INDEX identities_subject ON identities (issuer, subject);
CREATE INDEX identities_person ON identities (person_id);
CREATE TABLE oidc_flows (state_hash text NOT NULL PRIMARY KEY, browser_hash text NOT NULL, provider text NOT NULL, person_id bigint,
  invitation_hash text, timezone text, expires_at bigint NOT NULL);
ALTER TABLE audit ADD COLUMN erased text;
DROP TRIGGER audit_stays ON audit;
CREATE TRIGGER audit_stays_whole BEFORE DELETE OR TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_stays();
CREATE TRIGGER audit_stays_unchanged BEFORE UPDATE ON audit FOR EACH ROW
  WHEN (NOT (new.erased IS NOT NULL AND new.erased IS DISTINCT FROM old.erased AND new.sequence = old.sequence AND new.at = old.at
    AND new.via = old.via AND new.action = old.action AND new.subject_kind = old.subject_kind AND new.hash = old.hash))
  EXECUTE FUNCTION audit_stays();
`,
};
