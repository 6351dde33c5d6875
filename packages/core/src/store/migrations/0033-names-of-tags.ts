import type { Migration } from './migration.ts';

/**
 * Jobs of a tag are shown by name. To find the first hundred of fifty thousand, the jobs of all tags were walked by name and asked for
 * theirs one by one; now the tag knows the names, and its index has them in order. A job's tags are written anew with each of its
 * versions, and so with each name.
 */
const fill = `
UPDATE job_tags SET sort_name = (SELECT j.sort_name FROM jobs j WHERE j.id = job_tags.job_id)
  WHERE EXISTS (SELECT 1 FROM jobs j WHERE j.id = job_tags.job_id);
CREATE INDEX job_tags_name ON job_tags (tag, sort_name, job_id);
`;

export const namesOfTags: Migration = {
  number: 33,
  name: 'names_of_tags',
  sqlite: `ALTER TABLE job_tags ADD COLUMN sort_name text NOT NULL DEFAULT '';${fill}`,
  postgres: `ALTER TABLE job_tags ADD COLUMN sort_name text COLLATE "C" NOT NULL DEFAULT '';${fill}`,
};
