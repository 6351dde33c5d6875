#!/usr/bin/env node
// A consistent copy of the portal's own SQLite database, with a checksum, keeping the newest copies.
//   args: [DATA_FOLDER] [BACKUP_FOLDER] [KEEP]
// The data folder is the folder above the scripts folder unless named. The copy is verified before older ones go.
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { pipeline } from 'node:stream/promises';

const dataFolder = resolve(process.argv[2] ?? join(import.meta.dirname, '..'));
const folder = resolve(process.argv[3] ?? join(dataFolder, 'backups'));
const keep = Number(process.argv[4] ?? 7);
const source = join(dataFolder, 'portal.db');
if (!existsSync(source)) {
  console.error(`No database at ${source}. An installation on PostgreSQL is backed up with pg_dump.`);
  process.exit(1);
}
if (!Number.isInteger(keep) || keep < 1) {
  console.error(`KEEP must be a whole number from 1, not '${process.argv[4]}'.`);
  process.exit(1);
}

// The copy holds what the database holds: only its owner reads it.
process.umask(0o077);
mkdirSync(folder, { recursive: true, mode: 0o700 });
const stamp = new Date().toISOString().replaceAll(':', '').replace('.', '');
const target = join(folder, `portal-${stamp}.db`);
const part = `${target}.part`;

const live = new DatabaseSync(source, { readOnly: true });
const pages = await backup(live, part);
live.close();

// One file that stands by itself: without the journal mode of the live one, no side files appear when it is opened.
const copy = new DatabaseSync(part);
copy.exec('PRAGMA journal_mode = DELETE');
const verdict = copy.prepare('PRAGMA integrity_check').get();
copy.close();
if (verdict.integrity_check !== 'ok') {
  console.error(`The copy is damaged: ${verdict.integrity_check}`);
  rmSync(part);
  process.exit(1);
}

const hash = createHash('sha256');
await pipeline(createReadStream(part), hash);
const sum = hash.digest('hex');
renameSync(part, target);
writeFileSync(`${target}.sha256`, `${sum}  ${target.slice(folder.length + 1)}\n`);
console.log(`Wrote ${target} (${pages} pages, sha256 ${sum})`);

const old = readdirSync(folder)
  .filter((name) => /^portal-.*\.db$/.test(name))
  .sort()
  .reverse()
  .slice(keep);
for (const name of old) {
  rmSync(join(folder, name));
  rmSync(join(folder, `${name}.sha256`), { force: true });
  console.log(`Removed ${name}: only the newest ${keep} are kept`);
}
if (process.env.JTP_RESULT_FILE)
  writeFileSync(process.env.JTP_RESULT_FILE, JSON.stringify({ file: target, sha256: sum, pages, removed: old.length }));
