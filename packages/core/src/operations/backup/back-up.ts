/** Copies an installation while it works: its database, scripts, settings and key, and on request the output of runs. */
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { JobTriggerError } from '../../errors.ts';
import { formatInstant } from '../../model/instant.ts';
import { copyDatabase, databaseFile } from '../../store/copies.ts';
import type { System } from '../../system/system.ts';
import { databaseName, manifestName, type Manifest } from './manifest.ts';
import { verifyBackup } from './restore.ts';
import { TarWriter, type TarFile } from './tar.ts';

export interface BackUpOptions {
  readonly system: System;
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly scriptsDir: string;
  /** `config.yaml`, wherever it lies; null without one. */
  readonly configFile: string | null;
  readonly version: string;
  /** Also what runs wrote. */
  readonly logs: boolean;
  /** Also the files that runs left, as far as they lie in the data folder. */
  readonly artifacts: boolean;
  /** Where it goes; must not exist. */
  readonly target: string;
}

export interface Backup {
  readonly file: string;
  readonly bytes: number;
  readonly manifest: Manifest;
}

interface Source {
  readonly name: string;
  readonly path: string;
}

/** Plain files below a folder; links and others are left out. */
function filesBelow(folder: string, name: string): readonly Source[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ name: `${name}/${relative(folder, path).split(sep).join('/')}`, path }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function sourcesOf({ dataDir, scriptsDir, configFile, logs, artifacts }: BackUpOptions): readonly Source[] {
  const single = [
    { name: 'config.yaml', path: configFile },
    { name: 'secret.key', path: join(dataDir, 'secret.key') },
  ];
  return [
    ...single.flatMap(({ name, path }) => (path !== null && existsSync(path) ? [{ name, path }] : [])),
    ...filesBelow(scriptsDir, 'scripts'),
    ...(logs ? filesBelow(join(dataDir, 'logs'), 'logs') : []),
    ...(artifacts ? filesBelow(join(dataDir, 'artifacts'), 'artifacts') : []),
  ];
}

/** Its size; null when retention took it away meanwhile. */
function sizeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.size ?? null;
}

async function writeArchive(options: BackUpOptions, part: string, copy: string): Promise<Manifest> {
  const { system, databaseUrl, version } = options;
  const at = system.clock.wall();
  const facts = await copyDatabase(databaseFile(databaseUrl), copy);
  const file = await open(part, 'wx', 0o600);
  try {
    const archive = new TarWriter(file, at);
    const files: TarFile[] = [await archive.addFile(databaseName, copy, sizeOf(copy) ?? 0)];
    for (const { name, path } of sourcesOf(options)) {
      const bytes = sizeOf(path);
      if (bytes !== null) files.push(await archive.addFile(name, path, bytes));
    }
    const holds = { logs: options.logs, artifacts: options.artifacts };
    const manifest: Manifest = { format: 1, created_at: formatInstant(at), version, ...facts, files, holds };
    await archive.addText(manifestName, `${JSON.stringify(manifest, null, 2)}\n`);
    await archive.end();
    return manifest;
  } finally {
    await file.close();
  }
}

/**
 * Writes a backup and verifies it by reading it back: every checksum, every page of the database, every count. Until then
 * it has another name.
 *
 * @throws {JobTriggerError} `conflict` when the target exists or the database is no file, `database_damaged`, `no_space`
 */
export async function backUp(options: BackUpOptions): Promise<Backup> {
  const { target } = options;
  if (existsSync(target)) throw new JobTriggerError('conflict', `${target} exists. Choose another name.`);
  const part = `${target}.part`;
  const copy = `${target}.db`;
  try {
    rmSync(part, { force: true });
    rmSync(copy, { force: true });
    const manifest = await writeArchive(options, part, copy);
    await verifyBackup(part, copy);
    await rename(part, target);
    return { file: target, bytes: sizeOf(target) ?? 0, manifest };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC')
      throw new JobTriggerError('no_space', 'There is no space left for the backup.', {}, { cause: error });
    throw error;
  } finally {
    rmSync(part, { force: true });
    rmSync(copy, { force: true });
  }
}
