import type { Migration } from './migration.ts';

/** What proves a worker dead, what halts one, and how far the clocks of workers and schedulers are from the database's. */
export const workerLife: Migration = {
  number: 8,
  name: 'worker-life',
  sqlite: `
ALTER TABLE workers ADD COLUMN machine_id text;
ALTER TABLE workers ADD COLUMN boot_id text;
ALTER TABLE workers ADD COLUMN pid_space text;
ALTER TABLE workers ADD COLUMN process_started integer;
ALTER TABLE workers ADD COLUMN folder_id text;
ALTER TABLE workers ADD COLUMN paused_at integer;
ALTER TABLE workers ADD COLUMN clock_offset integer;
ALTER TABLE schedulers ADD COLUMN clock_offset integer;
ALTER TABLE schedulers ADD COLUMN held_from integer;
ALTER TABLE schedulers ADD COLUMN held_to integer;
ALTER TABLE schedulers ADD COLUMN confirmed_at integer;
`,
  postgres: `
ALTER TABLE workers ADD COLUMN machine_id text, ADD COLUMN boot_id text, ADD COLUMN pid_space text,
  ADD COLUMN process_started bigint, ADD COLUMN folder_id text, ADD COLUMN paused_at bigint, ADD COLUMN clock_offset bigint;
ALTER TABLE schedulers ADD COLUMN clock_offset bigint, ADD COLUMN held_from bigint, ADD COLUMN held_to bigint,
  ADD COLUMN confirmed_at bigint;
`,
};
