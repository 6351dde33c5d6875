/** The gates for a run that somebody asks for, and what is left behind when one of them says no (`CONTRACT.md` 5). */
import { JobTriggerError, type ErrorCode } from '../errors.ts';
import { toUuid, type Reference } from '../model/id.ts';
import { formatInstant, type Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { SkipReason } from '../model/occurrence.ts';
import type { MaintenanceWindow } from '../model/maintenance.ts';
import { reasonText, type ReasonFacts } from '../model/reason-text.ts';
import type { Trigger } from '../model/run.ts';
import { unapprovedOf, type ScriptSeer } from '../flow/script-gate.ts';
import { prerequisitesOf, type Prerequisites } from '../flow/prerequisites.ts';
import { openBreakerOf, type BreakerSettings, type OpenBreaker } from '../model/trouble.ts';
import { breakerLets, breakerOf, breakerWords } from '../policy/breaker.ts';
import { closingOf, maintenanceOf } from '../flow/closed-now.ts';
import { decideGate, openGates, type GateFacts } from '../policy/gate.ts';
import { decideOverlap, slotsOf, standsInTheWay } from '../policy/overlap.ts';
import type { LiveRun } from '../store/run-table.ts';
import type { Store, Tables } from '../store/store.ts';
import type { Actor } from './context.ts';
import { jobEvent } from './job-event.ts';

interface Refused {
  readonly code: ErrorCode;
  readonly reason: SkipReason;
  readonly text: string;
  readonly cause?: Reference;
  readonly facts?: ReasonFacts;
}

/** A refusal by a gate, with the reason and the run that stood in the way. */
function refusal({ code, reason, text, cause, facts = {} }: Refused): JobTriggerError {
  return new JobTriggerError(code, text, {
    reason,
    reason_text: reasonText(reason, facts, 'skipped'),
    ...(cause === undefined ? {} : { cause_run_id: toUuid(cause) }),
  });
}

export interface GateRequest {
  readonly trigger: Trigger;
  readonly now: Instant;
  readonly allowInactive?: boolean | undefined;
  readonly breaker: BreakerSettings;
  /** What scripts hold, where approval is required. */
  readonly look: ScriptSeer | undefined;
}

/** Gates 1 to 7, in their order. @returns whether the run is the trial of an open breaker. @throws `job_inactive` or `trigger_refused` with the reason */
export async function passGates(
  tables: Tables,
  job: Job,
  { trigger, now, allowInactive = false, breaker, look }: GateRequest,
): Promise<boolean> {
  // The first gate is asked of every trigger.
  await passApproval(tables, job, look);
  // A backfill's windows are those of its instants, which it asks one by one.
  const closing = trigger === 'backfill' ? null : await closingOf(tables, job, now);
  const window = await maintenanceOf(tables, job, now);
  const lets = await letsThrough(tables, job, { now, breaker });
  const waitsFor = await prerequisitesOf(tables, job, now);
  const facts: GateFacts = {
    ...openGates,
    // Whoever asks for a run may say that it is wanted although the job is paused.
    active: job.active || allowInactive,
    maintenance: window !== null,
    blackout: closing === 'blackout',
    holiday: closing === 'holiday',
    outsideActiveHours: closing === 'active_hours',
    // A span of instants is no trial.
    breakerOpen: lets === 'refuse' || (lets === 'trial' && trigger === 'backfill'),
    prerequisites: waitsFor.gate,
  };
  const decision = decideGate(trigger, facts);
  if (decision.kind !== 'refuse') return lets === 'trial' && trials.includes(trigger);
  if (decision.reason === 'dependency') throw await unmet(tables, job, waitsFor);
  throw refusalBy(decision.reason, job, window);
}

/** Gate 1, also of a job that is not saved. @throws `not_approved` */
export async function passApproval(
  tables: Tables,
  job: Pick<Job, 'id' | 'definition'>,
  look: ScriptSeer | undefined,
): Promise<void> {
  const script = look === undefined ? undefined : (await unapprovedOf(tables, [job], look)).get(job.id);
  if (script === undefined) return;
  const text = `No run was made: ${script} holds what nobody has approved. Ask for a review.`;
  throw refusal({ code: 'not_approved', reason: 'not_approved', text, facts: { script } });
}

function refusalBy(reason: SkipReason, job: Job, window: MaintenanceWindow | null): JobTriggerError {
  const { name } = job.definition;
  if (reason === 'paused')
    return refusal({ code: 'job_inactive', reason, text: `${name} is paused. Resume it, or run it all the same.` });
  if (reason === 'maintenance' && window !== null) return underMaintenance(job, window);
  const open = openBreakerOf(job);
  if (reason === 'breaker' && open !== null) return stoppedByBreaker(job, open);
  return refusal({ code: 'trigger_refused', reason, text: `No run was made: ${reasonText(reason, {}, 'skipped')}` });
}

/** Reads what waits and lives only for a job that is stopped. */
async function letsThrough(
  tables: Tables,
  job: Job,
  { now, breaker }: Pick<GateRequest, 'now' | 'breaker'>,
): Promise<ReturnType<typeof breakerLets>> {
  if (openBreakerOf(job) === null) return 'pass';
  const { policy } = breakerOf(job, breaker) ?? breaker;
  return breakerLets({ job, policy, live: await tables.runs.live([job.id]), now });
}

/** Those that ask the breaker: a person and a dependency do not. */
const trials: readonly Trigger[] = ['api', 'webhook'];

function stoppedByBreaker({ definition }: Job, breaker: OpenBreaker): JobTriggerError {
  const text = reasonText('breaker', { failures: breakerWords(breaker) }, 'skipped');
  return refusal({ code: 'trigger_refused', reason: 'breaker', text: `${definition.name} takes no run: ${text}` });
}

/** Names what it waits for. */
async function unmet({ jobs }: Tables, { definition }: Job, { all, cause }: Prerequisites): Promise<JobTriggerError> {
  const open = all.filter(({ standing }) => standing.kind !== 'ended' || standing.state !== 'succeeded');
  const found = await jobs.byIds(open.map(({ jobId }) => jobId));
  const names = open.map(({ jobId }) => found.get(jobId)?.definition.name ?? String(jobId)).join(', ');
  const text = `No run was made: ${definition.name} waits for ${names}.`;
  return refusal({ code: 'trigger_refused', reason: 'dependency', text, ...(cause === null ? {} : { cause }) });
}

/** Says until when, as whoever asked may come again. */
function underMaintenance({ definition }: Job, { until, by }: MaintenanceWindow): JobTriggerError {
  const end = until === null ? null : formatInstant(until);
  const text = reasonText('maintenance', { until: end, by }, 'waiting');
  const said = `${definition.name} takes no run from a program: ${text}`;
  const refused = refusal({ code: 'trigger_refused', reason: 'maintenance', text: said });
  return new JobTriggerError(refused.code, said, { ...refused.details, until: end });
}

/**
 * Gate 8: may another run exist beside those that wait or live, and what becomes of those?
 *
 * @returns whether runs that live were asked to end
 * @throws `already_running` under `skip`, else `trigger_refused`, naming the run in the way
 */
export async function makeRoom(tables: Tables, job: Job, by: string): Promise<boolean> {
  const { overlap, maxConcurrent } = job.definition;
  // Any number may exist: nobody has to be counted.
  if (slotsOf(job.definition) === null) return false;
  const blockers = (await tables.runs.live([job.id])).filter(standsInTheWay);
  const decision = decideOverlap({ overlap, maxConcurrent, blockers });
  if (decision.kind === 'skip') throw inTheWay(job, blockers, decision.cause);
  if (decision.kind !== 'supersede' && decision.kind !== 'replace') return false;
  const isWaiting = ({ state }: LiveRun): boolean => state === 'queued';
  const ids = blockers.filter(isWaiting).map(({ id }) => id);
  const reason = decision.kind === 'replace' ? 'replaced' : 'superseded';
  await tables.runs.endWaiting(ids, { state: 'cancelled', reason, by });
  if (decision.kind !== 'replace') return false;
  // The new run cannot be claimed before these have given back the job's only slot.
  const living = blockers.filter((run) => !isWaiting(run));
  for (const run of living) await tables.runs.requestCancel(run, { reason: 'replaced', by });
  return living.length > 0;
}

function inTheWay({ definition }: Job, blockers: readonly LiveRun[], cause: Reference): JobTriggerError {
  const { name, overlap } = definition;
  const common = { reason: 'overlap', cause } as const;
  const { length } = blockers.filter(({ state }) => state === 'queued');
  if (overlap !== 'skip')
    return refusal({ ...common, code: 'trigger_refused', text: `${name} has ${length} runs waiting.` });
  const state = blockers.find(({ id }) => id === cause.id)?.state ?? 'running';
  const text = `${name} has a run that is ${state}; its overlap policy is skip.`;
  return refusal({ ...common, code: 'already_running', text });
}

/** Carries out `work`; when a gate refuses it, an event keeps who was refused what, and why. The refusal goes on. */
export async function tellingRefusals<T>(
  store: Store,
  { jobId, trigger, actor }: { readonly jobId: number; readonly trigger: Trigger; readonly actor: Actor },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof JobTriggerError && typeof error.details['reason'] === 'string') {
      const job = await store.jobs.get(jobId);
      const { reason, reason_text, cause_run_id = null } = error.details;
      const data = { trigger, reason, reason_text, cause_run_id, text: error.message };
      if (job !== null) await store.events.append([jobEvent('trigger.refused', job, actor, data)]);
      store.bell.ring('change');
    }
    throw error;
  }
}
