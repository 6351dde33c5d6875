import type { Migration } from './migration.ts';

/**
 * Most events tell of a success, and their kind stood in an index that compares texts and grows in its middle. Now successes
 * have one by time alone, whose next entry always is the last one; all other kinds keep theirs.
 */
const indexes = `
DROP INDEX events_kind;
CREATE INDEX events_kind ON events (kind, at) WHERE kind <> 'run.succeeded';
CREATE INDEX events_succeeded ON events (at) WHERE kind = 'run.succeeded';
`;

export const eventsByTime: Migration = { number: 31, name: 'events_by_time', sqlite: indexes, postgres: indexes };
