/** Whether a job starts in a chain, as its prerequisites stand (`docs/explanation/flows.md`). Pure. */
import type { DependencyMode, ServedBy } from '../model/dependency.ts';
import type { Id, Reference } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { FinalState, Trigger } from '../model/run.ts';

/** How a prerequisite stands. */
export type Standing =
  /** Its run has ended, in the chain or outside within the window. */
  | { readonly kind: 'ended'; readonly state: FinalState; readonly run: Reference }
  /** It was not started in the chain; what had failed, if that is known. */
  | { readonly kind: 'not_started'; readonly causeJobId: Id; readonly cause: Reference | null }
  /** The chain will come to it, or has. */
  | { readonly kind: 'open' }
  /** The chain cannot come to it, and no run of it counts. */
  | { readonly kind: 'outside' };

export interface Prerequisite {
  readonly jobId: Id;
  readonly standing: Standing;
}

export type DependencyDecision =
  | { readonly kind: 'start'; readonly servedBy: readonly ServedBy[] }
  | { readonly kind: 'refuse'; readonly causeJobId: Id; readonly cause: Reference | null }
  | { readonly kind: 'wait' };

function isSuccess({ standing }: Prerequisite): boolean {
  return standing.kind === 'ended' && standing.state === 'succeeded';
}

/** Over, and not successfully. */
function hasFailed({ standing }: Prerequisite): boolean {
  return standing.kind === 'not_started' || (standing.kind === 'ended' && standing.state !== 'succeeded');
}

function start(prerequisites: readonly Prerequisite[]): DependencyDecision {
  return {
    kind: 'start',
    servedBy: prerequisites.flatMap(({ jobId, standing }) =>
      standing.kind === 'ended' ? [{ jobId, ...standing.run }] : [],
    ),
  };
}

function refuse({ jobId, standing }: Prerequisite): DependencyDecision {
  if (standing.kind === 'not_started')
    return { kind: 'refuse', causeJobId: standing.causeJobId, cause: standing.cause };
  return { kind: 'refuse', causeJobId: jobId, cause: standing.kind === 'ended' ? standing.run : null };
}

export function decideDependent(mode: DependencyMode, prerequisites: readonly Prerequisite[]): DependencyDecision {
  const failed = prerequisites.find(hasFailed);
  switch (mode) {
    case 'all_success':
      if (failed !== undefined) return refuse(failed);
      return prerequisites.every(isSuccess) ? start(prerequisites) : { kind: 'wait' };
    case 'any_success': {
      if (prerequisites.some(isSuccess)) return start(prerequisites);
      const mayStill = prerequisites.some(({ standing }) => standing.kind === 'open');
      return mayStill || failed === undefined ? { kind: 'wait' } : refuse(failed);
    }
    case 'all_complete':
      return prerequisites.every((each) => isSuccess(each) || hasFailed(each))
        ? start(prerequisites)
        : { kind: 'wait' };
  }
}

/** Used where a job names no window. */
const usualWindowMs: Millis = 86_400_000;

/** The newest run of a job that has ended. */
export interface EndedRun extends Reference {
  readonly jobId: Id;
  readonly state: FinalState;
  readonly endedAt: Instant;
}

/** Of a prerequisite outside: its newest ended run, if that counts. @param usedUntil what ended by then has served already */
export function standingOutside(
  run: EndedRun | undefined,
  {
    now,
    windowMs,
    usedUntil,
  }: { readonly now: Instant; readonly windowMs: Millis | null; readonly usedUntil: Instant | null },
): Standing {
  if (run === undefined || run.endedAt < now - (windowMs ?? usualWindowMs)) return { kind: 'outside' };
  if (usedUntil !== null && run.endedAt <= usedUntil) return { kind: 'outside' };
  return { kind: 'ended', state: run.state, run: { id: run.id, createdAt: run.createdAt } };
}

const beginners: readonly Trigger[] = ['schedule', 'catch_up', 'webhook'];

/** Whether a run of this trigger begins a chain unasked. */
export function beginsChain(trigger: Trigger): boolean {
  return beginners.includes(trigger);
}
