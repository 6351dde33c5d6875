/**
 * What a worker's spawner knows of its processes, on disk: one JSON line a fact, synced, kept for 48 hours.
 *
 * A worker that died between the end of a process and its report finds the true result here (`CONTRACT.md` C10).
 */
import { closeSync, fdatasync, mkdirSync, openSync, readFileSync, renameSync, write, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { Instant, Millis } from '../model/instant.ts';
import type { Provenance, Survivor } from '../model/run.ts';
import type { StopReason } from './protocol.ts';

const append = promisify(write);
const sync = promisify(fdatasync);
const keptMs: Millis = 48 * 3600 * 1000;

interface EntryOf {
  readonly runId: string;
  readonly attempt: number;
  readonly fence: number;
  readonly at: Instant;
  /** Absent in entries of earlier versions. */
  readonly origin?: Provenance;
}

export type JournalEntry =
  | (EntryOf & { readonly phase: 'started'; readonly pid: number })
  | (EntryOf & {
      readonly phase: 'ended';
      readonly exitCode: number | null;
      readonly signal: string | null;
      readonly timedOut: boolean;
      readonly stopped: StopReason | null;
      readonly processes: number;
      readonly survivors: readonly Survivor[];
      readonly stderrTail: string;
    })
  | (EntryOf & {
      readonly phase: 'not_started';
      readonly code: string;
      readonly message: string;
      readonly retryable: boolean;
    });

/** The entries in the order they were written; none without a file. A line that a crash tore is left out. */
export function readJournal(path: string): JournalEntry[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return text.split('\n').flatMap((line) => {
    const entry = parse(line);
    return entry === null ? [] : [entry];
  });
}

function parse(line: string): JournalEntry | null {
  if (!line.startsWith('{') || !line.endsWith('}')) return null;
  try {
    const entry = JSON.parse(line) as JournalEntry;
    return typeof entry.runId === 'string' && typeof entry.phase === 'string' ? entry : null;
  } catch {
    return null;
  }
}

export class Journal {
  readonly #file: number;
  readonly #onFailure: (error: unknown) => void;
  #waiting: string[] = [];
  #writing: Promise<void> | null = null;

  private constructor(file: number, onFailure: (error: unknown) => void) {
    this.#file = file;
    this.#onFailure = onFailure;
  }

  /** Opens the journal for writing and forgets what is older than 48 hours. */
  static open({ path, now, onFailure }: { path: string; now: Instant; onFailure: (error: unknown) => void }): Journal {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const kept = readJournal(path).filter((entry) => entry.at > now - keptMs);
    writeFileSync(`${path}.new`, kept.map((entry) => `${JSON.stringify(entry)}\n`).join(''), { mode: 0o600 });
    renameSync(`${path}.new`, path);
    return new Journal(openSync(path, 'a', 0o600), onFailure);
  }

  /** Queues an entry; those that wait together share one sync. */
  append(entry: JournalEntry): void {
    this.#waiting.push(`${JSON.stringify(entry)}\n`);
    this.#writing ??= this.#write();
  }

  /** Resolves when everything appended so far is on disk, or was refused by it. */
  async flush(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  async close(): Promise<void> {
    await this.flush();
    closeSync(this.#file);
  }

  async #write(): Promise<void> {
    try {
      // What the same turn of the loop appends goes along.
      await Promise.resolve();
      while (this.#waiting.length > 0) {
        const text = this.#waiting.join('');
        this.#waiting = [];
        await append(this.#file, text);
        await sync(this.#file);
      }
    } catch (error) {
      this.#waiting = [];
      this.#onFailure(error);
    } finally {
      this.#writing = null;
    }
  }
}
