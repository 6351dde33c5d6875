/** Takes what an attempt left in its folder into the store: as many files and bytes as its job may keep. */
import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type nodeZlib from 'node:zlib';
import { artifactExpiry, type Artifact, type ArtifactSettings } from '../model/artifact.ts';
import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { artifactType } from './artifact-type.ts';
import { leftFiles, openLeft, type LeftFile } from './left-files.ts';

export interface CollectOptions {
  readonly folder: string;
  readonly store: ArtifactStore;
  readonly ids: (count: number) => Promise<readonly Id[]>;
  readonly rules: Omit<ArtifactSettings, 's3'>;
  readonly now: Instant;
  readonly of: Pick<Artifact, 'runId' | 'runCreatedAt' | 'jobId' | 'attempt'>;
}

export interface Collected {
  /** Those with a problem have no bytes in the store. */
  readonly artifacts: readonly Artifact[];
  /** The store failed: what lies in the folder is the only copy. */
  readonly incomplete: boolean;
}

/** Loaded by the first file that is kept: most processes never keep one. */
const zlib = (): typeof nodeZlib => createRequire(import.meta.url)('node:zlib') as typeof nodeZlib;

/** Of what was left out so many are told by name, and the others by their number. */
const mostProblems = 20;

type Kept = Pick<Artifact, 'bytes' | 'sha256' | 'crc32' | 'problem'>;

const leftOut = (problem: string, bytes = 0): Kept => ({ bytes, sha256: null, crc32: null, problem });

export async function collectArtifacts(options: CollectOptions): Promise<Collected> {
  const { folder, ids, rules, now, of } = options;
  const left = await leftFiles(folder);
  const told = choose(left, rules.maxFiles);
  const drawn = await ids(told.length);
  const artifacts: Artifact[] = [];
  let room = rules.maxBytes;
  let incomplete = false;
  for (const [at, file] of told.entries()) {
    const key = { id: drawn[at] ?? 0, createdAt: now };
    const kept = 'path' in file ? await keep(file.path, room, options, key) : leftOut(file.problem);
    if (kept.sha256 !== null) room -= kept.bytes;
    incomplete ||= 'failed' in kept;
    const { bytes, sha256, crc32: sum, problem } = kept;
    artifacts.push({
      ...of,
      ...key,
      name: file.name,
      type: artifactType(file.name),
      bytes,
      sha256,
      crc32: sum,
      problem,
      expiresAt: artifactExpiry(now, rules.days),
    });
  }
  return { artifacts, incomplete };
}

/** As many files as may be kept, and a line for each of the others as far as there are few. */
function choose(left: readonly LeftFile[], maxFiles: number): readonly LeftFile[] {
  const files = left.filter((file) => 'path' in file);
  const over = files.slice(maxFiles);
  const problems = [
    ...left.filter((file) => 'problem' in file),
    ...over.map(({ name }) => ({ name, problem: `More than ${maxFiles} files were left; this one is not kept.` })),
  ];
  const more = problems.length - mostProblems;
  const last =
    more > 0 ? [{ name: `${more} more files`, problem: `They were left out, as ${mostProblems} others were.` }] : [];
  return [...files.slice(0, maxFiles), ...problems.slice(0, mostProblems), ...last];
}

async function keep(
  path: string,
  room: number,
  { store, rules }: CollectOptions,
  key: { readonly id: Id; readonly createdAt: Instant },
): Promise<Kept | (Kept & { readonly failed: true })> {
  const opened = await openLeft(path);
  if (typeof opened === 'string') return leftOut(opened);
  const { file, bytes } = opened;
  try {
    if (bytes > room) return leftOut(tooMuch(bytes, room, rules.maxBytes), bytes);
    const reading = new Reading(file, bytes);
    await store.write(key, reading.pieces());
    return { ...reading.sums(), problem: null };
  } catch (error) {
    const problem = `It could not be kept: ${(error as Error).message} It lies in the run's folder until that is removed.`;
    return { ...leftOut(problem, bytes), failed: true };
  } finally {
    await file.close();
  }
}

function tooMuch(bytes: number, room: number, maxBytes: number): string {
  if (bytes > maxBytes) return `It has ${bytes} bytes; an attempt may keep ${maxBytes}.`;
  return `It has ${bytes} bytes, and ${room} of the ${maxBytes} that an attempt may keep were left.`;
}

/** What passes is what is summed: a process that still writes can change the file, never what is said of it. */
class Reading {
  readonly #file: FileHandle;
  readonly #size: number;
  readonly #hash = createHash('sha256');
  #sum = 0;
  #bytes = 0;

  constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.#size = size;
  }

  async *pieces(): AsyncGenerator<Uint8Array> {
    if (this.#size === 0) return;
    const stream = this.#file.createReadStream({ end: this.#size - 1, autoClose: false, highWaterMark: 262_144 });
    for await (const piece of stream as AsyncIterable<Buffer>) {
      this.#hash.update(piece);
      this.#sum = zlib().crc32(piece, this.#sum);
      this.#bytes += piece.length;
      yield piece;
    }
  }

  sums(): Pick<Artifact, 'bytes' | 'sha256' | 'crc32'> {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex'), crc32: this.#sum };
  }
}
