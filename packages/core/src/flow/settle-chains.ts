/** What hangs on runs that have ended: which jobs start now, and which will not (`docs/explanation/flows.md`). */
import type { ChainMember } from '../model/dependency.ts';
import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import { beginsChain, decideDependent } from '../policy/dependency.ts';
import type { Ended } from '../store/chain-table.ts';
import type { Tables } from '../store/store.ts';
import { openGate, type Gate } from './dependent-gate.ts';
import { chainView, keyOf, type Step } from './chain-view.ts';
import { refusedEvent } from './refused-event.ts';
import { newRunOf } from './new-run.ts';
import { outcomeOf, type Outcome } from './outcome.ts';
import { slotsOf } from '../policy/overlap.ts';

const idsAtOnce = 8;

interface Started extends Extract<Outcome, { notStarted: null }> {
  readonly step: Step;
  readonly job: Job;
}

interface Refused {
  readonly job: Job;
  readonly member: ChainMember;
}

/**
 * Decides for every job that waits for one of these runs' jobs, in the run's chain, and onwards from those that will not
 * start.
 *
 * @returns whether runs were made
 */
export async function settleChains(tables: Tables, endedIds: readonly Id[]): Promise<boolean> {
  const ended = await tables.chains.ended(endedIds);
  const now = await tables.now();
  let edge = await firstSteps(tables, ended, now);
  const started: Started[] = [];
  const refused: Refused[] = [];
  const gate = openGate(tables, { now, nextId: idsOf(tables) });
  const known = new Map<string, ChainMember>();
  while (edge.length > 0) {
    const view = await chainView(tables, edge, { now, known });
    const next: Step[] = [];
    const candidates = view.candidates(edge);
    await gate.prepare([...new Set(candidates.flatMap(({ jobId }) => view.job(jobId) ?? []))]);
    for (const step of candidates) {
      const job = view.job(step.jobId);
      if (job === undefined) continue;
      const decision = decideDependent(view.mode(step.jobId), view.prerequisites(step.chain, step.jobId));
      if (decision.kind === 'wait') continue;
      const outcome = await outcomeOf(tables, job, { decision, gate });
      const { servedBy, notStarted } = outcome;
      const member = { chain: step.chain, jobId: job.id, run: null, notStarted, servedBy, decidedAt: now };
      known.set(keyOf(step.chain, step.jobId), member);
      if (outcome.notStarted === null) {
        started.push({ step, job, ...outcome });
        continue;
      }
      refused.push({ job, member });
      next.push(step);
    }
    edge = next;
  }
  await tellRefused(tables, refused);
  return start(tables, started, now);
}

/** Drawn a few at a time; what is left over is lost, which is no harm. */
function idsOf({ chains }: Tables): () => Promise<Id> {
  const drawn: Id[] = [];
  return async () => {
    if (drawn.length === 0) drawn.push(...(await chains.drawIds(idsAtOnce)));
    return drawn.shift() ?? 0;
  };
}

/** The ended runs that stand in a chain or began one. Those that began one are written down with it. */
async function firstSteps({ chains }: Tables, ended: readonly Ended[], now: Instant): Promise<readonly Step[]> {
  if (ended.length === 0) return [];
  const members = new Map((await chains.ofRuns(ended.map(({ id }) => id))).map((member) => [member.run?.id, member]));
  const fresh: ChainMember[] = [];
  const steps = ended.flatMap(({ id, createdAt, jobId, trigger }): Step[] => {
    const by = { id, createdAt };
    const member = members.get(id);
    if (member !== undefined) return [{ chain: member.chain, jobId, by }];
    if (!beginsChain(trigger)) return [];
    fresh.push({ chain: by, jobId, run: by, notStarted: null, servedBy: [], decidedAt: now });
    return [{ chain: by, jobId, by }];
  });
  await chains.insert(fresh);
  return steps;
}

async function tellRefused(tables: Tables, refused: readonly Refused[]): Promise<void> {
  if (refused.length === 0) return;
  const fresh = new Set(
    (await tables.chains.insert(refused.map(({ member }) => member))).map(({ chain, jobId }) => keyOf(chain, jobId)),
  );
  const told = refused.filter(({ member }) => fresh.has(keyOf(member.chain, member.jobId)));
  const causes = await tables.jobs.byIds(told.flatMap(({ member }) => member.notStarted?.causeJobId ?? []));
  await tables.events.append(told.map(({ job, member }) => refusedEvent(job, member, causes)));
}

/** Makes the runs. A job that stands in the chain already was started by somebody else. */
async function start(tables: Tables, started: readonly Started[], now: Instant): Promise<boolean> {
  if (started.length === 0) return false;
  const runs = started.map(({ step, job, servedBy, gate, parameters }) => ({
    member: {
      chain: step.chain,
      jobId: job.id,
      run: { id: gate.id, createdAt: now },
      notStarted: null,
      servedBy,
      decidedAt: now,
    } satisfies ChainMember,
    run: newRunOf(job, {
      id: gate.id,
      now,
      trigger: 'dependency',
      requestedBy: null,
      slots: slotsOf(job.definition),
      parameters,
      cause: step.by,
      reason: gate.waits ? 'overlap' : null,
    }),
    room: gate.room,
  }));
  const fresh = new Set(
    (await tables.chains.insert(runs.map(({ member }) => member))).map(({ chain, jobId }) => keyOf(chain, jobId)),
  );
  const made = runs.filter(({ member }) => fresh.has(keyOf(member.chain, member.jobId)));
  await tables.runs.insert(made.map(({ run }) => run));
  for (const { room } of made) await makeRoom(tables, room);
  return made.length > 0;
}

/** Runs of the job that have to give way to the new one. Those that wait end, and what hangs on them is settled in turn. */
async function makeRoom(tables: Tables, { reason, runs }: Extract<Gate, { kind: 'open' }>['room']): Promise<void> {
  const waiting = runs.filter(({ state }) => state === 'queued').map(({ id }) => id);
  const ended = new Set(await tables.runs.endWaiting(waiting, { state: 'cancelled', reason, by: null }));
  if (reason !== 'replaced') return;
  for (const run of runs) if (!ended.has(run.id)) await tables.runs.requestCancel(run, { reason, by: null });
}
