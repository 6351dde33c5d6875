/** What it calls for that the database is on another line of history: who waits, and what is written again. Pure. */
import type { Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { Lineage } from '../model/lineage.ts';

export interface LineFacts {
  /** What this process saw last; null before its first look. */
  readonly known: Pick<Lineage, 'number' | 'line'> | null;
  readonly newest: Lineage;
  /** What the server says; empty when it does not. */
  readonly server: string;
}

/**
 * Whether the server is on a line that nobody has noted. One that this process has left before counts as such, too: a
 * former primary that came back agrees with its own notes.
 */
export function isOtherLine({ known, newest, server }: LineFacts): boolean {
  if (server === '') return false;
  if (server !== newest.line) return true;
  return known !== null && known.line !== server && known.number >= newest.number && newest.settledAt !== null;
}

export interface HoldFacts {
  readonly now: Instant;
  readonly noticedAt: Instant;
  readonly workers: readonly { readonly id: Id; readonly name: string; readonly lostAt: Instant | null }[];
  /** Workers that have compared what they know. */
  readonly reporters: ReadonlySet<Id>;
  /** Within it a worker has renewed, and signed on anew when its registration is among what is gone. */
  readonly leastMs: Millis;
  /** A worker that is silent for so long is given up anyway. */
  readonly mostMs: Millis;
}

/** @returns the workers that nobody waits for any longer, none when all have reported; null while planning is held */
export function holdOver({ now, noticedAt, workers, reporters, ...bounds }: HoldFacts): readonly string[] | null {
  const silent = workers.filter(({ id, lostAt }) => lostAt === null && !reporters.has(id));
  const waited = now - noticedAt;
  if (waited >= bounds.mostMs) return silent.map(({ name }) => name);
  return silent.length === 0 && waited >= bounds.leastMs ? [] : null;
}

/** An attempt as its worker knows it, and where its run stands in the database. */
export interface AttemptFacts {
  readonly fence: number;
  readonly attempt: number;
  /** It is carried out right now. */
  readonly live: boolean;
  /** Job, version and trigger of the run are known: its record can be made again. */
  readonly hasOrigin: boolean;
  /** Other workers may still write what stands in the way. */
  readonly mayWait: boolean;
  readonly run: { readonly ended: boolean } | null;
  readonly queue: { readonly attempt: number; readonly fence: number } | null;
  readonly lease: { readonly fence: number; readonly phase: 'claimed' | 'starting' | 'running' } | null;
  readonly fences: readonly number[];
}

/** Why an attempt could not be written again. */
export const unreconciledReasons = {
  record_gone: 'the record of its run is gone, and what is known does not make it anew',
  planned_again: 'its instant has become another run meanwhile: it may have been started twice',
  ended_otherwise: 'its run has ended otherwise',
  claimed_again: 'its run was claimed again meanwhile: it may have been started twice',
  in_the_way: 'another run or an earlier attempt is in its place',
  nowhere: 'its run is neither waiting nor held',
} as const;
export type UnreconciledReason = keyof typeof unreconciledReasons;

export type RecoveryStep =
  /** The database knows it. */
  | { readonly kind: 'known' }
  /** Write the record and its place in the queue again. */
  | { readonly kind: 'restore' }
  /** Lease the waiting run to its worker again, under the same fence. */
  | { readonly kind: 'retake' }
  /** Its start was committed and is gone: note it again. */
  | { readonly kind: 'confirm' }
  /** Store its result. */
  | { readonly kind: 'finish' }
  | { readonly kind: 'wait' }
  | { readonly kind: 'tell'; readonly why: UnreconciledReason };

const step = (kind: Exclude<RecoveryStep['kind'], 'tell'>): RecoveryStep => ({ kind });
const tell = (why: UnreconciledReason): RecoveryStep => ({ kind: 'tell', why });

/** The next step towards a database that knows of this attempt. Asked again after each. */
export function recoveryStep(facts: AttemptFacts): RecoveryStep {
  const { fence, run, queue, lease, fences, hasOrigin } = facts;
  if (fences.includes(fence)) return step('known');
  if (run === null) return hasOrigin ? step('restore') : tell('record_gone');
  if (run.ended) return tell('ended_otherwise');
  if (lease !== null) return stepOfLease(facts, lease);
  return queue === null ? tell('nowhere') : stepOfPlace(facts, queue);
}

function stepOfPlace(
  { fence, attempt, mayWait }: AttemptFacts,
  queue: NonNullable<AttemptFacts['queue']>,
): RecoveryStep {
  if (queue.fence > fence || queue.attempt > attempt) return tell('claimed_again');
  // An earlier attempt of it was given back by the worker that had it.
  return queue.attempt < attempt && mayWait ? step('wait') : step('retake');
}

function stepOfLease({ fence, live, mayWait }: AttemptFacts, lease: NonNullable<AttemptFacts['lease']>): RecoveryStep {
  if (lease.fence > fence) return tell('claimed_again');
  if (lease.fence < fence) return mayWait ? step('wait') : tell('in_the_way');
  if (!live) return step('finish');
  return step(lease.phase === 'claimed' ? 'confirm' : 'known');
}
