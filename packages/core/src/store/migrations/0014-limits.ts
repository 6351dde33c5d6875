import type { Migration } from './migration.ts';

/**
 * How many runs may live at once: of all, of a queue, of a named lock, of a person's jobs; and which queues are paused. A
 * line of waiting runs is told apart by what limits it, too, so that a full one is passed over as a whole.
 */
export const limits: Migration = {
  number: 14,
  name: 'limits',
  sqlite: `
CREATE TABLE limits (kind text NOT NULL, name text NOT NULL, slots integer, paused_at integer, note text, changed_at integer NOT NULL,
  changed_by text NOT NULL, PRIMARY KEY (kind, name)) STRICT, WITHOUT ROWID;
ALTER TABLE queues ADD COLUMN locks text NOT NULL DEFAULT '[]';
ALTER TABLE queues ADD COLUMN person integer NOT NULL DEFAULT 0;
ALTER TABLE queues ADD COLUMN job integer NOT NULL DEFAULT 0;
DROP INDEX queues_pair;
CREATE UNIQUE INDEX queues_line ON queues (name, labels, locks, person, job);
`,
  postgres: `
CREATE TABLE limits (kind text NOT NULL, name text NOT NULL, slots int, paused_at bigint, note text, changed_at bigint NOT NULL,
  changed_by text NOT NULL, PRIMARY KEY (kind, name));
ALTER TABLE queues ADD COLUMN locks text NOT NULL DEFAULT '[]';
ALTER TABLE queues ADD COLUMN person bigint NOT NULL DEFAULT 0;
ALTER TABLE queues ADD COLUMN job bigint NOT NULL DEFAULT 0;
DROP INDEX queues_pair;
CREATE UNIQUE INDEX queues_line ON queues (name, labels, locks, person, job);
`,
};
