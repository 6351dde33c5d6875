import type { Migration } from './migration.ts';

/** Settings that a page has changed, of the installation (`owner_id` 0) and of people; and whose eyes a sign-in looks with. */
export const pageSettings: Migration = {
  number: 28,
  name: 'page-settings',
  sqlite: `
CREATE TABLE page_settings (owner_id integer NOT NULL, key text NOT NULL, value text NOT NULL, PRIMARY KEY (owner_id, key)) STRICT;
ALTER TABLE sign_ins ADD COLUMN viewed_id integer;
ALTER TABLE sign_ins ADD COLUMN viewed_until integer;
`,
  postgres: `
CREATE TABLE page_settings (owner_id bigint NOT NULL, key text NOT NULL, value json NOT NULL, PRIMARY KEY (owner_id, key));
ALTER TABLE sign_ins ADD COLUMN viewed_id bigint;
ALTER TABLE sign_ins ADD COLUMN viewed_until bigint;
`,
};
