/** Looks at a run's output again and again until nothing more can come. */
import { setTimeout as rest } from 'node:timers/promises';
import { isFinal, logPath, LogReader, type Reference, type Run, type Store } from 'job-trigger-core';

/** One look at the output of one attempt. */
export interface Look {
  readonly reader: LogReader;
  readonly attempt: number;
  /** This attempt writes nothing more: what is there now is all of it. */
  readonly over: boolean;
}

export interface WatchOptions {
  readonly store: Store;
  readonly dataDir: string;
  readonly reference: Reference;
  /** Only this attempt; null goes on with the later ones, beginning with `from`. */
  readonly attempt: number | null;
  /** The attempt to begin with; null is the present one. */
  readonly from: number | null;
  readonly signal: AbortSignal;
}

const everyMs = 200;
/** The database is asked this often for the end of a log that does not tell it: its spawner was killed, or there is none yet. */
const askEveryMs = 1000;
/** A log that tells its end comes just before the result of its run; a retry may come much later. */
const eagerMs = 2000;
/** Over hosts the last bytes may come this much after the run has ended. */
const graceMs = 1500;

function isOver(run: Run | null, attempt: number): boolean {
  if (run === null || isFinal(run.state) || run.attempt > attempt) return true;
  return run.state === 'queued' && run.attempt === attempt;
}

/** What is known of the run, and how old that is. */
class Known {
  readonly #options: WatchOptions;
  run: Run | null = null;
  #at = -Infinity;
  /** Since when no more attempts, or other ones, can write. */
  #overAt: number | null = null;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  async ask(olderThanMs: number): Promise<void> {
    if (this.#options.signal.aborted || performance.now() - this.#at < olderThanMs) return;
    this.run = await this.#options.store.runs.get(this.#options.reference);
    this.#at = performance.now();
  }

  /** How long the log of `attempt` has been over; null while it may go on. */
  overFor(attempt: number, complete: boolean): number | null {
    if (!complete && !isOver(this.run, attempt)) this.#overAt = null;
    else this.#overAt ??= performance.now();
    return this.#overAt === null ? null : performance.now() - this.#overAt;
  }

  /** No attempt comes after it. */
  isLast(attempt: number): boolean {
    return this.run === null || (isFinal(this.run.state) && this.run.attempt <= attempt);
  }

  /** A later one has begun. */
  isPast(attempt: number): boolean {
    return this.run !== null && this.run.attempt > attempt;
  }

  begin(): void {
    this.#overAt = null;
  }

  /** The attempt to look at first. */
  get first(): number {
    const { attempt, from } = this.#options;
    return attempt ?? from ?? Math.max(1, this.run?.attempt ?? 1);
  }

  /** Whether an attempt writes nothing more, and for how long that has been known; -1 while it may go on. */
  async lookAt(
    attempt: number,
    reader: LogReader | null,
  ): Promise<{ readonly over: boolean; readonly overFor: number }> {
    const complete = (await reader?.state())?.complete === true;
    const overFor = this.overFor(attempt, complete) ?? -1;
    return { over: complete || overFor >= (reader === null ? 0 : graceMs), overFor };
  }

  /** What comes after an attempt that is over. */
  async following(attempt: number, overFor: number): Promise<'nothing' | 'attempt' | 'unknown'> {
    if (this.#options.attempt !== null) return 'nothing';
    await this.ask(overFor < eagerMs ? 0 : askEveryMs);
    if (this.isLast(attempt)) return 'nothing';
    return this.isPast(attempt) ? 'attempt' : 'unknown';
  }
}

/** Null for a look that found no output yet. Ends with the run, with the named attempt, or when `signal` is aborted. */
export async function* watchLog(options: WatchOptions): AsyncGenerator<Look | null> {
  const { dataDir, reference, signal } = options;
  const known = new Known(options);
  await known.ask(0);
  let attempt = known.first;
  let reader: LogReader | null = null;
  try {
    while (!signal.aborted) {
      reader ??= await LogReader.open(logPath(dataDir, reference, attempt));
      const { over, overFor } = await known.lookAt(attempt, reader);
      yield reader === null ? null : { reader, attempt, over };
      const following = over ? await known.following(attempt, overFor) : 'unknown';
      if (following === 'nothing') return;
      if (following === 'attempt') {
        await reader?.close();
        [reader, attempt] = [null, attempt + 1];
        known.begin();
        continue;
      }
      await rest(everyMs, undefined, { signal }).catch(() => undefined);
      await known.ask(askEveryMs);
    }
  } finally {
    await reader?.close();
  }
}
