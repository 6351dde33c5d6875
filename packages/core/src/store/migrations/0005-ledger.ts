import type { Migration } from './migration.ts';

/** What a paused job does with the instants of its pause once it is resumed; null while it is not paused. */
export const ledger: Migration = {
  number: 5,
  name: 'ledger',
  sqlite: `ALTER TABLE jobs ADD COLUMN on_resume text;`,
  postgres: `ALTER TABLE jobs ADD COLUMN on_resume text;`,
};
