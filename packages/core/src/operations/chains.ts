/** How a chain of runs stands: of a run the whole of it, of a job what it waits for now. */
import type { DependencyMode } from '../model/dependency.ts';
import type { Id, Reference } from '../model/id.ts';
import type { Job } from '../model/job.ts';
import type { Run, RunState } from '../model/run.ts';
import { chainView } from '../flow/chain-view.ts';
import { prerequisitesOf } from '../flow/prerequisites.ts';
import { notStartedText } from '../flow/refused-event.ts';
import type { Prerequisite } from '../policy/dependency.ts';
import type { MemberStanding } from '../store/chain-table.ts';
import type { Tables } from '../store/store.ts';
import type { OperationContext } from './context.ts';

export interface ChainEntry {
  readonly job: Job;
  /** Where the job stands to the run that was asked about. */
  readonly relation: 'upstream' | 'this' | 'downstream' | 'beside';
  readonly run: Reference | null;
  /** Of its run; null for one that was not started. */
  readonly state: RunState | null;
  readonly notStarted: { readonly reason: string; readonly text: string; readonly cause: Reference | null } | null;
}

export interface RunChain {
  readonly chain: Reference;
  /** In the order in which they came to it. */
  readonly entries: readonly ChainEntry[];
}

interface JobPrerequisite {
  readonly job: Job;
  readonly isMet: boolean;
  readonly run: Reference | null;
  readonly state: RunState | null;
  /** The chain came to it, and refused it. */
  readonly notStarted: boolean;
}

export interface JobPrerequisites {
  readonly mode: DependencyMode;
  /** The chain that was looked at; null for a job that its schedule starts, and where there was none yet. */
  readonly chain: Reference | null;
  readonly all: readonly JobPrerequisite[];
}

export interface ChainOperations {
  /** Null for a run that is only itself. */
  ofRun(run: Pick<Run, 'id' | 'jobId'>): Promise<RunChain | null>;
  /** What is satisfied and what is awaited, in the newest chain that came near; null for a job that waits for none. */
  prerequisites(job: Job): Promise<JobPrerequisites | null>;
}

export function chainOperations({ store }: OperationContext): ChainOperations {
  return {
    async ofRun({ id, jobId }) {
      const [own] = await store.chains.ofRuns([id]);
      if (own === undefined) return null;
      const members = await store.chains.ofChain(own.chain.id);
      const causes = members.flatMap(({ notStarted }) => notStarted?.causeJobId ?? []);
      const jobs = await store.jobs.byIds([...members.map((member) => member.jobId), ...causes]);
      const up = new Set((await store.dependencies.above([jobId])).map(({ upstreamId }) => upstreamId));
      const down = new Set(await store.dependencies.followers([jobId]));
      const live = await statesOf(store, members);
      return {
        chain: own.chain,
        entries: members.flatMap((member): ChainEntry[] => {
          const job = jobs.get(member.jobId);
          if (job === undefined) return [];
          const relation = relationOf(member.jobId, { jobId, up, down });
          const state = member.state ?? (member.run === null ? null : (live.get(member.run.id) ?? null));
          return [{ job, relation, run: member.run, state, notStarted: toldOf(member, jobs) }];
        }),
      };
    },

    async prerequisites(job) {
      const { dependsOn = null } = job.definition;
      if (dependsOn === null) return null;
      const now = await store.now();
      const isScheduled = (await store.chains.scheduled([job.id])).has(job.id);
      const nearest = isScheduled
        ? null
        : await nearestChain(
            store,
            dependsOn.jobs.map(({ id }) => id),
          );
      if (nearest === null)
        return {
          mode: dependsOn.mode,
          chain: null,
          all: await named(store, (await prerequisitesOf(store, job, now)).all),
        };
      const { chain, jobId } = nearest;
      const view = await chainView(store, [{ chain, jobId, by: chain }], { now, known: new Map(), only: 'look' });
      return { mode: dependsOn.mode, chain, all: await named(store, view.prerequisites(chain, job.id)) };
    },
  };
}

function relationOf(
  id: Id,
  { jobId, up, down }: { readonly jobId: Id; readonly up: ReadonlySet<Id>; readonly down: ReadonlySet<Id> },
): ChainEntry['relation'] {
  if (id === jobId) return 'this';
  if (up.has(id)) return 'upstream';
  return down.has(id) ? 'downstream' : 'beside';
}

function toldOf({ notStarted }: MemberStanding, jobs: ReadonlyMap<Id, Job>): ChainEntry['notStarted'] {
  if (notStarted === null) return null;
  const { reason, causeJobId, cause } = notStarted;
  const upstream = causeJobId === null ? null : (jobs.get(causeJobId)?.definition.name ?? null);
  return { reason, text: notStartedText(reason, { upstream, failed: cause !== null }), cause };
}

/** States of the runs that wait or live. */
async function statesOf({ runs }: Tables, members: readonly MemberStanding[]): Promise<ReadonlyMap<Id, RunState>> {
  const open = members.flatMap(({ run, state }) => (run === null || state !== null ? [] : [run]));
  return new Map((await runs.some(open)).map(({ id, state }) => [id, state]));
}

/** The chain that came to one of these last. */
async function nearestChain({ chains }: Tables, upstreams: readonly Id[]): Promise<MemberStanding | null> {
  const newest: MemberStanding[] = [];
  for (const id of upstreams) newest.push(...(await chains.newestOf(id, 1)));
  return newest.toSorted((a, b) => b.decidedAt - a.decidedAt || b.chain.id - a.chain.id)[0] ?? null;
}

async function named({ jobs }: Tables, all: readonly Prerequisite[]): Promise<readonly JobPrerequisite[]> {
  const found = await jobs.byIds(all.map(({ jobId }) => jobId));
  return all.flatMap(({ jobId, standing }): JobPrerequisite[] => {
    const job = found.get(jobId);
    if (job === undefined) return [];
    const notStarted = standing.kind === 'not_started';
    if (standing.kind !== 'ended') return [{ job, isMet: false, run: null, state: null, notStarted }];
    return [{ job, isMet: standing.state === 'succeeded', run: standing.run, state: standing.state, notStarted }];
  });
}
