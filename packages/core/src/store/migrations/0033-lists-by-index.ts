import type { Migration } from './migration.ts';

/**
 * Two lists that are read from their indexes alone.
 *
 * Jobs of a tag are shown by name. To find the first hundred of fifty thousand, the jobs of all tags were walked by name and asked for
 * theirs one by one; now the tag knows the names, and its index has them in order. A job's tags are written anew with each of its
 * versions, and so with each name.
 *
 * How many instants of a month did not run, and which of those were missed, is counted on the first page: of each of them the row
 * was looked up.
 */
const both = `
UPDATE job_tags SET sort_name = (SELECT j.sort_name FROM jobs j WHERE j.id = job_tags.job_id)
  WHERE EXISTS (SELECT 1 FROM jobs j WHERE j.id = job_tags.job_id);
CREATE INDEX job_tags_name ON job_tags (tag, sort_name, job_id);
DROP INDEX occurrences_skipped;
CREATE INDEX occurrences_skipped ON occurrences (decided_at, reason, due_at) WHERE reason IS NOT NULL;
`;

export const listsByIndex: Migration = {
  number: 33,
  name: 'lists_by_index',
  sqlite: `ALTER TABLE job_tags ADD COLUMN sort_name text NOT NULL DEFAULT '';${both}`,
  postgres: `ALTER TABLE job_tags ADD COLUMN sort_name text COLLATE "C" NOT NULL DEFAULT '';${both}`,
};
