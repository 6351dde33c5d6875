/** How chains stand for the jobs that wait for something in them: everything one round of decisions asks for. */
import type { ChainMember, Dependency, DependencyMode } from '../model/dependency.ts';
import type { Id, Reference } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { Trigger } from '../model/run.ts';
import { standingOutside, type EndedRun, type Prerequisite, type Standing } from '../policy/dependency.ts';
import type { MemberStanding } from '../store/chain-table.ts';
import type { Tables } from '../store/store.ts';

/** A job that has ended, or will not start, in a chain. */
export interface Step {
  readonly chain: Reference;
  readonly jobId: Id;
  /** The run whose end is behind it. */
  readonly by: Reference;
}

export const keyOf = (chain: Pick<Reference, 'id'>, jobId: Id): string => `${chain.id} ${jobId}`;

export interface ChainView {
  /** Jobs that wait for one of these and are undecided in its chain, each once a chain. */
  candidates(steps: readonly Step[]): readonly Step[];
  /** A living job that a chain may start. */
  job(id: Id): Job | undefined;
  mode(jobId: Id): DependencyMode;
  prerequisites(chain: Reference, jobId: Id): readonly Prerequisite[];
}

interface ViewFacts {
  readonly now: Instant;
  /** Decided, and not written yet. */
  readonly known: ReadonlyMap<string, ChainMember>;
  /** Nothing is decided: the jobs stay unlocked. Default false. */
  readonly only?: 'look';
}

const unique = (ids: readonly Id[]): Id[] => [...new Set(ids)].toSorted((a, b) => a - b);

/** Triggers of a chain that somebody asked for: it may use again what has served before. */
const asked: readonly Trigger[] = ['manual', 'api', 'retry'];

export async function chainView(
  tables: Tables,
  steps: readonly Step[],
  { now, known, only }: ViewFacts,
): Promise<ChainView> {
  const { chains, dependencies, jobs } = tables;
  const after = await dependencies.after(unique(steps.map(({ jobId }) => jobId)));
  const dependents = unique(after.map(({ jobId }) => jobId));
  // A line drawn since the runs began to end leads to a job that is not locked yet.
  if (only !== 'look') await jobs.lock(dependents);
  const found = await jobs.byIds(dependents);
  const scheduled = await chains.scheduled(dependents);
  const lines = Map.groupBy(await dependencies.of(dependents), ({ jobId }) => jobId);
  const upstreams = unique([...lines.values()].flat().map(({ upstreamId }) => upstreamId));
  const chainIds = unique(steps.map(({ chain }) => chain.id));
  const rows = await chains.members(chainIds, unique([...dependents, ...upstreams]));
  const members = new Map(rows.map((row) => [keyOf(row.chain, row.jobId), row]));
  const begun = new Map(rows.filter(({ run, chain }) => run?.id === chain.id).map((row) => [row.chain.id, row]));

  const isMissing = (chainId: Id, jobId: Id): boolean =>
    !members.has(`${chainId} ${jobId}`) && !known.has(`${chainId} ${jobId}`);
  const someMissing = chainIds.some((chainId) => upstreams.some((jobId) => isMissing(chainId, jobId)));
  const reach = await chains.reach(someMissing ? unique([...begun.values()].map(({ jobId }) => jobId)) : []);
  const outside = someMissing ? await outsideOf(tables, { upstreams, dependents, chainIds }) : nothingOutside;

  function standingOf(chain: Reference, { jobId, upstreamId, windowMs }: Dependency): Standing {
    const key = keyOf(chain, upstreamId);
    const fresh = known.get(key);
    if (fresh !== undefined) return standingOfMember({ ...fresh, state: null });
    const member = members.get(key);
    if (member !== undefined) return standingOfMember(member);
    const beginner = begun.get(chain.id);
    if (beginner !== undefined && reach.get(beginner.jobId)?.has(upstreamId) === true) return { kind: 'open' };
    const usedUntil = outside.asked.has(chain.id) ? null : (outside.lastStarted.get(jobId) ?? null);
    return standingOutside(outside.newest.get(upstreamId), { now, windowMs, usedUntil });
  }

  return {
    candidates(from) {
      const seen = new Set<string>();
      const byUpstream = Map.groupBy(after, ({ upstreamId }) => upstreamId);
      return from.flatMap(({ chain, jobId, by }) =>
        (byUpstream.get(jobId) ?? []).flatMap((line): Step[] => {
          const key = keyOf(chain, line.jobId);
          if (seen.has(key) || members.has(key) || known.has(key)) return [];
          seen.add(key);
          return [{ chain, jobId: line.jobId, by }];
        }),
      );
    },
    job(id) {
      const job = found.get(id);
      return job === undefined || job.deletedAt !== null || scheduled.has(id) ? undefined : job;
    },
    mode: (jobId) => lines.get(jobId)?.[0]?.mode ?? 'all_success',
    prerequisites: (chain, jobId) =>
      (lines.get(jobId) ?? []).map((line) => ({ jobId: line.upstreamId, standing: standingOf(chain, line) })),
  };
}

function standingOfMember({ jobId, run, state, notStarted }: MemberStanding): Standing {
  if (notStarted !== null) {
    const { causeJobId, cause, reason } = notStarted;
    // What stood in the way of a job's own start is no failure of it: the job is named, and no run.
    if (reason !== 'dependency' || causeJobId === null) return { kind: 'not_started', causeJobId: jobId, cause: null };
    return { kind: 'not_started', causeJobId, cause };
  }
  return run === null || state === null ? { kind: 'open' } : { kind: 'ended', state, run };
}

interface Outside {
  readonly newest: ReadonlyMap<Id, EndedRun>;
  readonly lastStarted: ReadonlyMap<Id, Instant>;
  /** Chains that somebody asked for. */
  readonly asked: ReadonlySet<Id>;
}

const nothingOutside: Outside = { newest: new Map(), lastStarted: new Map(), asked: new Set() };

async function outsideOf(
  { chains }: Tables,
  { upstreams, dependents, chainIds }: Record<'upstreams' | 'dependents' | 'chainIds', readonly Id[]>,
): Promise<Outside> {
  const newest = await chains.newestEnded(upstreams);
  const beginners = await chains.ended(chainIds);
  return {
    newest: new Map(newest.map((run) => [run.jobId, run])),
    lastStarted: await chains.lastStarted(dependents),
    asked: new Set(beginners.filter(({ trigger }) => asked.includes(trigger)).map(({ id }) => id)),
  };
}
