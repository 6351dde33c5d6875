/** What a worker knows of attempts that were started, whatever the database says: in its memory, and in its journal. */
import { fromUuid, type Reference } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Run, Provenance } from '../model/run.ts';
import type { JournalEntry } from '../spawner/journal.ts';
import type { Finished } from '../store/dispatch-table.ts';
import type { Attempt } from './attempt.ts';
import { originOf } from './attempt.ts';
import type { Ending } from './finisher.ts';

export interface Evidence extends Reference {
  readonly runId: number;
  readonly attempt: number;
  readonly fence: number;
  readonly at: Instant;
  /** In this process's hands. */
  readonly live: boolean;
  /** Null in a journal of an earlier version. */
  readonly origin: Provenance | null;
  /** What only memory keeps: parameters, note, cause. */
  readonly run: Run | null;
  /** Its result, where this process has it; the journal's otherwise. */
  readonly finished: Finished | null;
}

/** Results are kept after they were stored, as their commit may be lost: those of jobs without a process stand nowhere else. */
const mostKept = 2000;

export class RecentEndings {
  readonly #kept = new Map<string, Evidence>();

  add({ claim, finished }: Ending, run: Run | null): void {
    if (run === null) return;
    const { runId, attempt, fence } = claim;
    const of = { id: runId, createdAt: run.createdAt, runId, attempt, fence, at: run.createdAt };
    this.#kept.set(keyOf(of), { ...of, live: false, origin: originOf(run), run, finished });
    for (const key of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) return;
      this.#kept.delete(key);
    }
  }

  values(): Iterable<Evidence> {
    return this.#kept.values();
  }
}

const keyOf = ({ runId, fence }: { readonly runId: number; readonly fence: number }): string => `${runId} ${fence}`;

export interface Sources {
  readonly attempts: Iterable<Attempt>;
  readonly endings: RecentEndings;
  readonly journal: readonly JournalEntry[];
}

/** One a claim, in the order of the claims. Memory knows more than the journal, and what lives has not ended. */
export function gatherEvidence({ attempts, endings, journal }: Sources): readonly Evidence[] {
  const found = new Map<string, Evidence>();
  for (const entry of journal) {
    const reference = fromUuid(entry.runId);
    if (reference === null) continue;
    const { attempt, fence, at, origin } = entry;
    const of = { ...reference, runId: reference.id, attempt, fence, at };
    const before = found.get(keyOf(of));
    found.set(keyOf(of), { ...of, live: false, origin: origin ?? before?.origin ?? null, run: null, finished: null });
  }
  for (const ending of endings.values()) found.set(keyOf(ending), ending);
  for (const { claim, run } of attempts) {
    if (run === null) continue;
    const { runId, attempt, fence } = claim;
    const of = { id: runId, createdAt: run.createdAt, runId, attempt, fence, at: run.createdAt };
    found.set(keyOf(of), { ...of, live: true, origin: originOf(run), run, finished: null });
  }
  return [...found.values()].toSorted((a, b) => a.createdAt - b.createdAt || a.id - b.id || a.fence - b.fence);
}
