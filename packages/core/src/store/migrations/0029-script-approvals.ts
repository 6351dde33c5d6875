import type { Migration } from './migration.ts';

/** By how many people a content of a script is approved: more than one may be asked for. */
export const scriptApprovals: Migration = {
  number: 29,
  name: 'script-approvals',
  sqlite: `
ALTER TABLE script_versions ADD COLUMN approvals integer NOT NULL DEFAULT 0;
UPDATE script_versions SET approvals = 1 WHERE state = 'approved';
`,
  postgres: `
ALTER TABLE script_versions ADD COLUMN approvals int NOT NULL DEFAULT 0;
UPDATE script_versions SET approvals = 1 WHERE state = 'approved';
`,
};
