import type { Migration } from './migration.ts';

/**
 * One-time codes, passkeys, and what has to be answered within minutes. Keys of codes are sealed, of recovery codes and tokens
 * only hashes stand here, of passkeys the public part.
 */
export const signInMethods: Migration = {
  number: 23,
  name: 'sign-in-methods',
  sqlite: `
ALTER TABLE sign_ins ADD COLUMN proven_at integer NOT NULL DEFAULT 0;
UPDATE sign_ins SET proven_at = created_at;
CREATE TABLE one_time_keys (person_id integer NOT NULL PRIMARY KEY, created_at integer NOT NULL, secret text NOT NULL,
  confirmed_at integer, last_step integer NOT NULL, wrong integer NOT NULL, wrong_since integer NOT NULL) STRICT;
CREATE TABLE recovery_codes (person_id integer NOT NULL, hash text NOT NULL, PRIMARY KEY (person_id, hash)) STRICT;
CREATE TABLE passkeys (id integer NOT NULL PRIMARY KEY, created_at integer NOT NULL, person_id integer NOT NULL, name text NOT NULL,
  credential_id text NOT NULL, public_key text NOT NULL, counter integer NOT NULL, transports text NOT NULL, used_at integer) STRICT;
CREATE UNIQUE INDEX passkeys_credential ON passkeys (credential_id);
CREATE INDEX passkeys_person ON passkeys (person_id);
CREATE TABLE sign_in_challenges (hash text NOT NULL PRIMARY KEY, purpose text NOT NULL, created_at integer NOT NULL,
  expires_at integer NOT NULL, person_id integer, epoch integer NOT NULL, sign_in text, challenge text, tries integer NOT NULL) STRICT;
`,
  postgres: `
ALTER TABLE sign_ins ADD COLUMN proven_at bigint NOT NULL DEFAULT 0;
UPDATE sign_ins SET proven_at = created_at;
CREATE TABLE one_time_keys (person_id bigint NOT NULL PRIMARY KEY, created_at bigint NOT NULL, secret text NOT NULL,
  confirmed_at bigint, last_step bigint NOT NULL, wrong int NOT NULL, wrong_since bigint NOT NULL);
CREATE TABLE recovery_codes (person_id bigint NOT NULL, hash text NOT NULL, PRIMARY KEY (person_id, hash));
CREATE TABLE passkeys (id bigint NOT NULL PRIMARY KEY, created_at bigint NOT NULL, person_id bigint NOT NULL, name text NOT NULL,
  credential_id text NOT NULL, public_key text NOT NULL, counter bigint NOT NULL, transports text NOT NULL, used_at bigint);
CREATE UNIQUE INDEX passkeys_credential ON passkeys (credential_id);
CREATE INDEX passkeys_person ON passkeys (person_id);
CREATE TABLE sign_in_challenges (hash text NOT NULL PRIMARY KEY, purpose text NOT NULL, created_at bigint NOT NULL,
  expires_at bigint NOT NULL, person_id bigint, epoch int NOT NULL, sign_in text, challenge text, tries int NOT NULL);
`,
};
