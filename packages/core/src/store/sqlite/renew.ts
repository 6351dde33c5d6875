import { DatabaseSync } from 'node:sqlite';
import type { Instant } from '../../model/instant.ts';
import type { System } from '../../system/system.ts';

/** Further than any installation comes between a backup and its restore. */
const leap = 1_000_000_000;

/**
 * Begins a new life of a copied file, before anybody opens it. What went on after the copy was made may have drawn ids and
 * fences that the file knows nothing of: both leap ahead, so that none is given twice, and those of then are refused. The
 * workers of then are gone, and their leases are settled by whoever looks first. Nobody is signed in, as who signed out since
 * would be again.
 */
export function renewSqlite(path: string, { clock }: System, copiedAt: Instant): void {
  const database = new DatabaseSync(path);
  const now = clock.wall();
  try {
    database.exec('PRAGMA synchronous = FULL; BEGIN IMMEDIATE');
    database.prepare(`UPDATE counters SET value = value + ? WHERE name = 'id'`).run(leap);
    database.prepare('UPDATE queue SET fence = fence + ?').run(leap);
    database.prepare('UPDATE leases SET fence = fence + ?').run(leap);
    database.prepare('UPDATE workers SET lost_at = ? WHERE lost_at IS NULL').run(now);
    database.prepare('UPDATE schedulers SET stopped_at = ? WHERE stopped_at IS NULL').run(now);
    database.exec('DELETE FROM sign_ins');
    database
      .prepare(`INSERT INTO events (at, kind, data) VALUES (?, 'installation.restored', ?)`)
      .run(now, JSON.stringify({ copied_at: copiedAt }));
    database.exec('COMMIT');
  } finally {
    database.close();
  }
}
