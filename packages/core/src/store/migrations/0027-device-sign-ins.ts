import type { Migration } from './migration.ts';

/** Command lines that wait for somebody to let them in. Of what they ask with, and of the codes, only hashes stand here. */
export const deviceSignIns: Migration = {
  number: 27,
  name: 'device-sign-ins',
  sqlite: `
CREATE TABLE device_sign_ins (hash text NOT NULL PRIMARY KEY, code_hash text NOT NULL, created_at integer NOT NULL,
  expires_at integer NOT NULL, client text NOT NULL, host text NOT NULL, address text, next_ask_at integer NOT NULL,
  interval_seconds integer NOT NULL, decision text, person_id integer, epoch integer NOT NULL) STRICT;
CREATE UNIQUE INDEX device_sign_ins_code ON device_sign_ins (code_hash);
`,
  postgres: `
CREATE TABLE device_sign_ins (hash text NOT NULL PRIMARY KEY, code_hash text NOT NULL, created_at bigint NOT NULL,
  expires_at bigint NOT NULL, client text NOT NULL, host text NOT NULL, address text, next_ask_at bigint NOT NULL,
  interval_seconds bigint NOT NULL, decision text, person_id bigint, epoch bigint NOT NULL);
CREATE UNIQUE INDEX device_sign_ins_code ON device_sign_ins (code_hash);
`,
};
