/** What becomes of the leases of a worker that is no more: true results from its journal, the rest by `on_lost`. */
import { toUuid } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { JobDefinition } from '../model/job.ts';
import { defaultBreaker, type BreakerSettings } from '../model/trouble.ts';
import { categorise } from '../handlers/failure.ts';
import { failed, notStarted, stopped, succeeded, type HandlerOutcome } from '../handlers/handler.ts';
import { lossReason } from '../policy/lost.ts';
import type { JournalEntry } from '../spawner/journal.ts';
import type { Finished, Holder, Lease, Work } from '../store/dispatch-table.ts';
import type { Tables } from '../store/store.ts';
import { setAsideEvents } from './set-aside.ts';
import { finishCounted } from './finish-counted.ts';
import { noHistory, toFinished, type History } from './outcome.ts';

export interface SettleFacts {
  readonly cause: 'worker_died' | 'host_gone';
  readonly maxLost: number;
  readonly now: Instant;
  /** What the worker's spawner wrote down; empty when nobody can read it. */
  readonly journal: readonly JournalEntry[];
  /** Default: `defaultBreaker`. */
  readonly breaker?: BreakerSettings;
}

export interface SettledLeases {
  /** Never started, so waiting again as if nothing had been. */
  readonly givenBack: number;
  readonly finished: readonly Finished[];
}

/** Settles every lease of a holder, inside a transaction that has ended it. */
export async function settleHolder(tables: Tables, holder: Holder, facts: SettleFacts): Promise<SettledLeases> {
  const givenBack = await tables.dispatch.release(holder);
  const leases = await tables.dispatch.leasesOf(holder);
  const finished = await settleLeases(tables, holder, leases, facts);
  return { givenBack: givenBack.length, finished };
}

/** Ends these leases, inside a transaction: by the journal where it knows more than that they were begun. */
export async function settleLeases(
  tables: Tables,
  { workerId }: Pick<Holder, 'workerId'>,
  leases: readonly Lease[],
  facts: SettleFacts,
): Promise<readonly Finished[]> {
  if (leases.length === 0) return [];
  const references = leases.map(({ runId: id, runCreatedAt: createdAt }) => ({ id, createdAt }));
  const loaded = new Map(
    (await tables.dispatch.load(references)).map(({ run, definition }) => [run.id, { run, definition }]),
  );
  const ended: { readonly claim: Lease; readonly finished: Finished }[] = [];
  for (const lease of leases) {
    const known = loaded.get(lease.runId);
    const history = known === undefined ? noHistory : await historyOf(tables, lease, known.definition);
    const outcome = outcomeOf(lease, facts);
    ended.push({
      claim: lease,
      finished: toFinished({
        claim: lease,
        definition: known?.definition ?? ({ retry: null } as JobDefinition),
        outcome,
        history,
        startedAt: lease.startedAt ?? facts.now,
        now: facts.now,
        maxLost: facts.maxLost,
        cancelReason: cancelReasonOf(outcome, known),
        troubled: isTroubled(known),
      }),
    });
  }
  const finished = ended.map((each) => each.finished);
  await finishCounted(tables, { workerId, breaker: facts.breaker ?? defaultBreaker }, finished);
  await tables.events.append(setAsideEvents(ended));
  return finished;
}

const cancelReasonOf = ({ outcome }: HandlerOutcome, known: Pick<Work, 'run'> | undefined): string | null =>
  outcome === 'cancelled' && known !== undefined ? known.run.cancelReason : null;
const isTroubled = (known: Pick<Work, 'run'> | undefined): boolean => known !== undefined && known.run.troubled;

/** Reads earlier attempts only where a policy asks about them. */
export async function historyOf(
  tables: Pick<Tables, 'runs'>,
  { runId: id, runCreatedAt: createdAt, attempt, onLost }: Pick<Lease, 'runId' | 'runCreatedAt' | 'attempt' | 'onLost'>,
  { retry }: Pick<JobDefinition, 'retry'>,
): Promise<History> {
  if (attempt <= 1 || (retry === null && onLost === 'fail')) return noHistory;
  const earlier = (await tables.runs.attempts({ id, createdAt })).filter((each) => each.attempt < attempt);
  return {
    failures: earlier.filter(({ outcome }) => outcome === 'failed' || outcome === 'timed_out').length,
    losses: earlier.filter(({ outcome }) => outcome === 'lost').length,
    firstStartedAt: earlier.find(({ startedAt }) => startedAt !== null)?.startedAt ?? null,
  };
}

/** The last that the journal knows of this very claim. */
function lastEntry(lease: Lease, journal: SettleFacts['journal']): JournalEntry | undefined {
  const runUuid = toUuid({ id: lease.runId, createdAt: lease.runCreatedAt });
  return journal.findLast(
    ({ runId, attempt, fence }) => runId === runUuid && attempt === lease.attempt && fence === lease.fence,
  );
}

function outcomeOf(lease: Lease, { cause, journal }: SettleFacts): HandlerOutcome {
  const last = lastEntry(lease, journal);
  if (last === undefined || last.phase === 'started') {
    const phase = last === undefined ? lease.phase : 'running';
    return { ...stopped('worker_gone'), reason: lossReason(phase, cause) };
  }
  if (last.phase === 'not_started') return notStarted('start_failed', last.message, { retryable: last.retryable });
  return outcomeOfEnd(last);
}

function outcomeOfEnd(last: Extract<JournalEntry, { phase: 'ended' }>): HandlerOutcome {
  const { exitCode, signal, stopped: why } = last;
  if (last.timedOut) return stopped('timed_out', { exitCode, signal });
  // A spawner that lost its worker ends the trees: that is the worker's end, not the job's own.
  if (why === 'worker_gone' || why === 'fenced')
    return { ...stopped('worker_gone', { exitCode, signal }), reason: 'worker_died' };
  if (why !== null) return stopped(why, { exitCode, signal });
  if (exitCode === 0) return succeeded({ exitCode, signal });
  const detail = last.stderrTail.trim() === '' ? null : last.stderrTail.trimEnd();
  const message = signal === null ? `Exit ${exitCode}` : `Ended by ${signal}`;
  return failed({ category: categorise({ exitCode, signal, text: detail }), message, detail }, { exitCode, signal });
}
