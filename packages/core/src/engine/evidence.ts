/** What a worker knows of attempts that were started, whatever the database says: in its memory, and in its journal. */
import { fromUuid, type Reference } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import { provenanceOf, type Provenance } from '../model/run.ts';
import type { JournalEntry } from '../spawner/journal.ts';
import type { Claim, Finished, Work } from '../store/dispatch-table.ts';
import type { Attempt } from './attempt.ts';
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
  readonly run: Work['run'] | null;
  /** Its result, where this process has it; the journal's otherwise. */
  readonly finished: Finished | null;
}

/** Results are kept after they were stored, as their commit may be lost: those of jobs without a process stand nowhere else. */
const mostKept = 2000;

/** Their evidence is made when it is asked for, as nearly none ever is. */
export class RecentEndings {
  readonly #kept: (Ending & { readonly run: Work['run'] })[] = [];
  #next = 0;

  add({ claim, finished }: Ending, run: Work['run'] | null): void {
    if (run === null) return;
    this.#kept[this.#next] = { claim, finished, run };
    this.#next = (this.#next + 1) % mostKept;
  }

  values(): readonly Evidence[] {
    return this.#kept.map(({ claim, finished, run }) => ({ ...evidenceOf(claim, run), live: false, finished }));
  }
}

function evidenceOf({ runId, attempt, fence }: Claim, run: Work['run']): Omit<Evidence, 'live' | 'finished'> {
  const { createdAt } = run;
  return { id: runId, createdAt, runId, attempt, fence, at: createdAt, origin: provenanceOf(run), run };
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
    found.set(keyOf(claim), { ...evidenceOf(claim, run), live: true, finished: null });
  }
  return [...found.values()].toSorted((a, b) => a.createdAt - b.createdAt || a.id - b.id || a.fence - b.fence);
}
