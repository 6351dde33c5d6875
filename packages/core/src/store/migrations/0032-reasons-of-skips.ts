import type { Migration } from './migration.ts';

/**
 * The index of what of a schedule did not run says why as well. So it answers alone which rows are meant: PostgreSQL reads none of the
 * others, and SQLite takes it at all, which it does with no index that it would have to leave for each row. By the key of the
 * ledger it read a schedule from end to end that skips one instant in a hundred thousand.
 */
const index = `
DROP INDEX occurrences_not_run;
CREATE INDEX occurrences_not_run ON occurrences (schedule_id, due_at, reason) WHERE reason IS NOT NULL;
`;

export const reasonsOfSkips: Migration = { number: 32, name: 'reasons_of_skips', sqlite: index, postgres: index };
