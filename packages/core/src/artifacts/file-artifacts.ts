/** Artifacts as files below the data folder, which hosts share by a mount. */
import { createReadStream, createWriteStream, mkdirSync } from 'node:fs';
import { open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Reference } from '../model/id.ts';
import { artifactKey, artifactOf, type ArtifactStore, type ByteSpan, type Stored } from './artifact-store.ts';

const dayName = /^\d{4}-\d{2}-\d{2}$/;
const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

export class FileArtifacts implements ArtifactStore {
  readonly #folder: string;

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'artifacts');
  }

  async write(of: Reference, source: AsyncIterable<Uint8Array>): Promise<void> {
    const path = join(this.#folder, artifactKey(of));
    const part = `${path}.part`;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    try {
      await pipeline(source, createWriteStream(part, { flags: 'wx', mode: 0o600, flush: true }));
      await rename(part, path);
      await syncFolder(dirname(path));
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    }
  }

  async read(of: Reference, span: ByteSpan): Promise<AsyncIterable<Uint8Array> | null> {
    const path = join(this.#folder, artifactKey(of));
    const facts = await stat(path).catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
    return facts === null ? null : piecesOf(path, span);
  }

  async remove(key: string): Promise<void> {
    const path = join(this.#folder, key);
    await rm(path, { force: true });
    // The folder of the day goes with its last file.
    await rmdir(dirname(path)).catch(() => undefined);
  }

  async *list(): AsyncIterable<Stored> {
    for (const day of await namesIn(this.#folder)) {
      if (!dayName.test(day)) continue;
      for (const name of await namesIn(join(this.#folder, day))) {
        const key = `${day}/${name}`;
        const facts = await stat(join(this.#folder, key)).catch(() => null);
        if (facts?.isFile() === true) yield { key, of: artifactOf(key), writtenAt: Math.floor(facts.mtimeMs) };
      }
    }
  }
}

/** Opened only when somebody reads: a caller that has gone by then leaves nothing open. */
async function* piecesOf(path: string, { from, to }: ByteSpan): AsyncGenerator<Uint8Array> {
  if (from < to) yield* createReadStream(path, { start: from, end: to - 1, highWaterMark: 262_144 });
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return readdir(folder).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
}

/** A renamed file is there after a power loss only when its folder is. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
