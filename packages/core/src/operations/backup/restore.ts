/** Puts a backup into a folder that holds no installation, after it was found whole. */
import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, mkdirSync, rmSync } from 'node:fs';
import { open, rename, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { JobTriggerError } from '../../errors.ts';
import { parseInstant } from '../../model/instant.ts';
import { checkCopy, databaseFile, renewCopy } from '../../store/copies.ts';
import { schemaVersion } from '../../store/migrations/index.ts';
import { databaseMarker } from '../../store/sqlite/marker-path.ts';
import type { System } from '../../system/system.ts';
import { databaseName, manifestName, readManifest, type Manifest } from './manifest.ts';
import { readTar, type TarEntry } from './tar.ts';

const broken = (what: string): JobTriggerError => new JobTriggerError('invalid', `The backup is damaged: ${what}.`);

async function textAt(file: FileHandle, { bytes, offset }: TarEntry): Promise<string> {
  const text = Buffer.alloc(bytes);
  await file.read(text, 0, bytes, offset);
  return text.toString('utf8');
}

/** Reads one entry, to a file or to nowhere. @returns its SHA-256 */
async function extract(archive: string, { bytes, offset }: TarEntry, to: string | null): Promise<string> {
  const hash = createHash('sha256');
  if (to !== null) mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  const target = to === null ? null : createWriteStream(to, { mode: 0o600, flush: true });
  if (bytes === 0) target?.end();
  else {
    const pieces = createReadStream(archive, { start: offset, end: offset + bytes - 1 });
    const tee = async function* (source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
      for await (const piece of source) {
        hash.update(piece);
        yield piece;
      }
    };
    if (target === null) for await (const piece of tee(pieces)) void piece;
    else await pipeline(pieces, tee, target);
  }
  return hash.digest('hex');
}

interface Opened {
  readonly manifest: Manifest;
  readonly entries: ReadonlyMap<string, TarEntry>;
}

async function openBackup(path: string): Promise<Opened> {
  const file = await open(path, 'r').catch((cause: unknown) => {
    throw new JobTriggerError('not_found', `${path} cannot be read.`, {}, { cause });
  });
  try {
    const entries = new Map((await readTar(file)).map((entry) => [entry.name, entry]));
    const last = entries.get(manifestName);
    if (last === undefined) throw new JobTriggerError('invalid', 'The file is no backup of a portal, or is cut off.');
    const manifest = readManifest(await textAt(file, last));
    if (!manifest.files.some(({ path: name }) => name === databaseName)) throw broken('it has no database');
    if (manifest.schema > schemaVersion)
      throw new JobTriggerError(
        'database_too_new',
        `The backup has schema ${manifest.schema}; this program knows ${schemaVersion}. Restore it with the newer program.`,
      );
    return { manifest, entries };
  } finally {
    await file.close();
  }
}

/** Reads every file of a backup; `place` says where one goes, null for nowhere. @throws `invalid` for the first that differs */
async function readAll(
  path: string,
  { manifest, entries }: Opened,
  place: (name: string) => string | null,
): Promise<void> {
  for (const { path: name, sha256, bytes } of manifest.files) {
    const entry = entries.get(name);
    if (entry === undefined || entry.bytes !== bytes) throw broken(`${name} is missing or has another size`);
    if ((await extract(path, entry, place(name))) !== sha256) throw broken(`${name} has another content`);
  }
}

function compare({ counts }: Manifest, found: Readonly<Record<string, number>>): void {
  for (const [table, count] of Object.entries(counts))
    if (found[table] !== count) throw broken(`${table} has ${found[table] ?? 0} rows, not ${count}`);
}

/**
 * Reads a backup to its end. `scratch` is a path for the database while it is looked at; nothing is left there.
 *
 * @throws {JobTriggerError} `invalid`, `database_damaged`, `database_too_new`
 */
export async function verifyBackup(path: string, scratch: string): Promise<Manifest> {
  const opened = await openBackup(path);
  try {
    rmSync(scratch, { force: true });
    await readAll(path, opened, (name) => (name === databaseName ? scratch : null));
    compare(opened.manifest, (await checkCopy(scratch)).counts);
    return opened.manifest;
  } finally {
    rmSync(scratch, { force: true });
  }
}

export interface RestoreOptions {
  readonly system: System;
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly scriptsDir: string;
  /** The backup. */
  readonly file: string;
  /** Looks, and writes nothing that stays. */
  readonly dryRun: boolean;
}

export interface Restored {
  readonly manifest: Manifest;
  /** What was written, or would be. */
  readonly written: readonly string[];
}

/** @throws {JobTriggerError} `conflict` where an installation is, or has been */
function refuseLive(database: string, dataDir: string): void {
  const found = [database, databaseMarker(database), join(dataDir, 'secret.key')].find((path) => existsSync(path));
  if (found === undefined) return;
  throw new JobTriggerError(
    'conflict',
    `${found} is there: a restore never writes over an installation. Name another folder with --data-dir, or move this one aside.`,
  );
}

/**
 * Restores into a folder without an installation. The database comes last, under its name only when all else is there: what
 * is interrupted can be done again. See `renewSqlite` for what makes it a new life.
 *
 * @throws {JobTriggerError} `conflict`, and as {@link verifyBackup}
 */
export async function restore(options: RestoreOptions): Promise<Restored> {
  const { system, databaseUrl, dataDir, scriptsDir, file, dryRun } = options;
  const database = databaseFile(databaseUrl);
  refuseLive(database, dataDir);
  const fresh = !existsSync(dataDir);
  let done = false;
  const scratch = `${database}.restoring`;
  mkdirSync(dirname(scratch), { recursive: true, mode: 0o700 });
  try {
    const manifest = await verifyBackup(file, scratch);
    const placed = new Map(
      manifest.files.map(({ path }) => [path, placeOf(path, { database: scratch, dataDir, scriptsDir })]),
    );
    const written = [...placed.values()].map((path) => (path === scratch ? database : path));
    if (dryRun) return { manifest, written };
    await readAll(file, await openBackup(file), (name) => placed.get(name) ?? null);
    await renewCopy(scratch, system, parseInstant(manifest.created_at) ?? 0);
    await rename(scratch, database);
    done = true;
    return { manifest, written };
  } finally {
    rmSync(scratch, { force: true });
    if (fresh && !done) rmSync(dataDir, { recursive: true, force: true });
  }
}

/** Settings go beside their place: they may name the folders of the old one, and a person decides. */
function placeOf(
  name: string,
  {
    database,
    dataDir,
    scriptsDir,
  }: { readonly database: string; readonly dataDir: string; readonly scriptsDir: string },
): string {
  if (name === databaseName) return database;
  if (name === 'config.yaml') return join(dataDir, 'config.yaml.restored');
  if (name.startsWith('scripts/')) return join(scriptsDir, name.slice('scripts/'.length));
  return join(dataDir, name);
}
