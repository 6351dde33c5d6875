/** The gates of a job whose set is satisfied (`CONTRACT.md` 5, column `dependency`). */
import type { Id, Reference } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { SkipReason } from '../model/occurrence.ts';
import { decideGate, openGates } from '../policy/gate.ts';
import { liveBeside } from './live-beside.ts';
import { decideOverlap, standsInTheWay, type Blocker } from '../policy/overlap.ts';
import type { Trigger } from '../model/run.ts';
import type { Tables } from '../store/store.ts';
import { closings, type Closings } from './closed-now.ts';

export type Gate =
  | {
      readonly kind: 'open';
      /** The number of the run that may be made. */
      readonly id: Id;
      /** It queues behind a run of the job. */
      readonly waits: boolean;
      /** Who has to give way. */
      readonly room: { readonly reason: 'superseded' | 'replaced'; readonly runs: readonly Blocker[] };
    }
  | { readonly kind: 'closed'; readonly reason: SkipReason; readonly cause: Reference | null };

type Live = Blocker & { readonly trigger: Trigger };

export interface DependentGate {
  /** Reads what waits and lives of these jobs, before any of them is asked for. */
  prepare(jobs: readonly Job[]): Promise<void>;
  ask(job: Job): Promise<Gate>;
}

/** Asks for one job after the other; a run that one answer lets come counts for the next about the same job. */
export function openGate(
  tables: Tables,
  { now, nextId }: { readonly now: Instant; readonly nextId: () => Promise<Id> },
): DependentGate {
  const standing = new Map<Id, Live[]>();
  const closing = closings(tables);
  const ask = async (job: Job): Promise<Gate> => {
    const reason = await refusalOf(closing, job, now);
    if (reason !== null) return { kind: 'closed', reason, cause: null };
    const live = standing.get(job.id) ?? [];
    const { overlap, maxConcurrent } = job.definition;
    const decision = decideOverlap({ overlap, maxConcurrent, blockers: live.filter(standsInTheWay) });
    if (decision.kind === 'skip') {
      const { id, createdAt } = decision.cause;
      return { kind: 'closed', reason: 'overlap', cause: { id, createdAt } };
    }
    const id = await nextId();
    const runs = givingWay(decision);
    standing.set(job.id, [
      ...live.filter((run) => !runs.includes(run)),
      { id, createdAt: now, state: 'queued', trigger: 'dependency' },
    ]);
    const room = { reason: decision.kind === 'replace' ? 'replaced' : 'superseded', runs } as const;
    return { kind: 'open', id, waits: decision.kind !== 'dispatch', room };
  };
  return {
    async prepare(jobs) {
      const missing = jobs.filter(({ id }) => !standing.has(id));
      for (const { id } of missing) standing.set(id, []);
      for (const run of await liveBeside(tables, missing)) standing.get(run.jobId)?.push(run);
    },
    ask,
  };
}

function givingWay(decision: ReturnType<typeof decideOverlap>): readonly Blocker[] {
  if (decision.kind === 'supersede') return decision.older;
  return decision.kind === 'replace' ? decision.blockers : [];
}

async function refusalOf(closing: Closings, job: Job, now: Instant): Promise<SkipReason | null> {
  const closed = job.active ? await closing.closed(job, now) : null;
  const held = job.active && (await closing.window(job, now)) !== null;
  const decision = decideGate('dependency', {
    ...openGates,
    active: job.active,
    maintenance: held,
    blackout: closed === 'blackout',
    prerequisites: 'met',
  });
  return decision.kind === 'refuse' ? decision.reason : null;
}
