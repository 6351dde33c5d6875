import type { Migration } from './migration.ts';

/** More people than the first: invitations, who approves, and keys for programs. Of tokens and keys only hashes stand here. */
export const access: Migration = {
  number: 20,
  name: 'access',
  sqlite: `
ALTER TABLE people ADD COLUMN approver integer NOT NULL DEFAULT 0;
ALTER TABLE people ADD COLUMN seen_at integer;
ALTER TABLE sign_ins ADD COLUMN epoch integer NOT NULL DEFAULT 1;
CREATE TABLE invitations (id integer NOT NULL PRIMARY KEY, created_at integer NOT NULL, email text NOT NULL, role text NOT NULL,
  approver integer NOT NULL, hash text NOT NULL, expires_at integer NOT NULL, invited_by text NOT NULL) STRICT;
CREATE UNIQUE INDEX invitations_email ON invitations (email);
CREATE UNIQUE INDEX invitations_hash ON invitations (hash);
CREATE TABLE api_keys (id integer NOT NULL PRIMARY KEY, created_at integer NOT NULL, person_id integer NOT NULL, name text NOT NULL,
  sort_name text NOT NULL, scopes text NOT NULL, addresses text NOT NULL, hash text NOT NULL, former_hash text, former_until integer,
  expires_at integer NOT NULL, used_at integer, used_from text) STRICT;
CREATE UNIQUE INDEX api_keys_name ON api_keys (person_id, sort_name);
`,
  postgres: `
ALTER TABLE people ADD COLUMN approver boolean NOT NULL DEFAULT false;
ALTER TABLE people ADD COLUMN seen_at bigint;
ALTER TABLE sign_ins ADD COLUMN epoch int NOT NULL DEFAULT 1;
CREATE TABLE invitations (id bigint NOT NULL PRIMARY KEY, created_at bigint NOT NULL, email text NOT NULL, role text NOT NULL,
  approver boolean NOT NULL, hash text NOT NULL, expires_at bigint NOT NULL, invited_by text NOT NULL);
CREATE UNIQUE INDEX invitations_email ON invitations (email);
CREATE UNIQUE INDEX invitations_hash ON invitations (hash);
CREATE TABLE api_keys (id bigint NOT NULL PRIMARY KEY, created_at bigint NOT NULL, person_id bigint NOT NULL, name text NOT NULL,
  sort_name text COLLATE "C" NOT NULL, scopes text NOT NULL, addresses text NOT NULL, hash text NOT NULL, former_hash text, former_until bigint,
  expires_at bigint NOT NULL, used_at bigint, used_from text);
CREATE UNIQUE INDEX api_keys_name ON api_keys (person_id, sort_name);
`,
};
