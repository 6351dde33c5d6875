/** Since when a run has written nothing, by looking at the size of its output now and then. */
import { stat } from 'node:fs/promises';
import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Run } from '../model/run.ts';
import { logPath } from '../spawner/log-path.ts';

/** What was seen of the output of a run. */
export interface Seen {
  readonly quietSince: Instant;
  /** When it had grown since the look before; null as long as it has not. */
  readonly wroteAt: Instant | null;
}

/** Bytes of output so far; null where this process cannot see it. */
export type OutputSize = (run: Run) => Promise<number | null>;

export function outputSizeIn(dataDir: string): OutputSize {
  return async (run) => {
    const file = await stat(logPath(dataDir, run, Math.max(1, run.attempt))).catch(() => null);
    return file?.size ?? null;
  };
}

export class Quiet {
  readonly #sizeOf: OutputSize;
  #seen = new Map<Id, Seen & { readonly size: number }>();

  constructor(sizeOf: OutputSize) {
    this.#sizeOf = sizeOf;
  }

  /** @returns null where the output cannot be seen: then nothing can be said of it */
  async look(run: Run, now: Instant): Promise<Seen | null> {
    const size = await this.#sizeOf(run);
    if (size === null) return null;
    const before = this.#seen.get(run.id);
    if (before?.size === size) return before;
    const quietSince = size === 0 ? (run.startedAt ?? now) : now;
    const seen = { size, quietSince, wroteAt: before === undefined ? null : now };
    this.#seen.set(run.id, seen);
    return seen;
  }

  /** Forgets all runs but these. */
  keep(ids: ReadonlySet<Id>): void {
    this.#seen = new Map([...this.#seen].filter(([id]) => ids.has(id)));
  }
}
