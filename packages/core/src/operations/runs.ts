/** What people ask of runs: start one now, cancel it, run it again. */
import { JobTriggerError } from '../errors.ts';
import { together } from '../system/together.ts';
import { comesAlone } from '../job-types/registry.ts';
import { toUuid, type Id, type Reference } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import { defaultBreaker, openBreakerOf } from '../model/trouble.ts';
import { isFinal, type Attempt, type Priority, type Run, type TreeProof } from '../model/run.ts';
import { draftVersion, type Job } from '../model/job.ts';
import type { Page, PageRequest } from '../store/job-tables.ts';
import type { EventRow } from '../store/event-table.ts';
import type { NewRun, RunFilter } from '../store/run-table.ts';
import { noteTrial } from '../store/note-trial.ts';
import type { Tables } from '../store/store.ts';
import { triggerOf, type Actor, type OperationContext } from './context.ts';
import { resetTrouble } from './reset-trouble.ts';
import { joinChain } from '../flow/join-chain.ts';
import { makeRoom, passGates, tellingRefusals } from './gates.ts';
import { audited, note, noteNothing, subjectOf } from './audited.ts';
import type { AuditSubject } from '../model/audit.ts';
import { livingJob, notFound } from './jobs.ts';
import { newRunOf } from '../flow/new-run.ts';
import { answerOnce, type Once } from './once.ts';
import { additionsOf, checkQuota } from './quotas.ts';
import { readAhead } from './read-ahead.ts';
import { parameterSets, type ParameterSet } from './parameter-history.ts';
import { valuesOf } from '../policy/parameters.ts';
import { treeProofs } from './tree-proofs.ts';

export interface RunRequest {
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
  /** Also while the job is paused. */
  readonly allowInactive?: boolean | undefined;
  readonly priority?: Priority | undefined;
  readonly note?: string | null | undefined;
  /** Of a job whose breaker is open: leaves it open, so that only a success of this run closes it. */
  readonly bypass?: boolean | undefined;
  /** Begins a chain: what waits for the job starts after it. Default false. */
  readonly withDownstream?: boolean | undefined;
}

interface RetryRequest extends Pick<RunRequest, 'note' | 'withDownstream'> {
  /** In place of those of the run. */
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
  /** Over those of the run, by name. */
  readonly customParameters?: Readonly<Record<string, unknown>> | undefined;
  /** The job's failures count from now on, and its breaker is closed. */
  readonly resetFailureCount?: boolean | undefined;
  /** Not before; at once when absent. */
  readonly at?: Instant | undefined;
}

interface Retried extends Reference {
  /** When it may start. */
  readonly scheduledAt: Instant;
  readonly failureCountReset: boolean;
}

/** A wish that a run should end. */
export interface CancelRequest {
  readonly at: Instant;
  /** Null for the system itself. */
  readonly by: string | null;
  readonly note: string | null;
  /** When its processes were asked to end (SIGTERM); null while nobody has, and for a run that waited. */
  readonly termAt: Instant | null;
  /** When those that had not ended by then were to be killed (SIGKILL). */
  readonly killAt: Instant | null;
}

export interface RunOperations {
  /**
   * A person's run of a job that was stopped by its breaker resets it first, unless it is a `bypass`.
   * @throws `not_found`, `invalid` parameters; with `reason`: `job_inactive`, `already_running` when overlap is `skip`,
   * `trigger_refused` by another gate. What a gate refuses leaves an event `trigger.refused`.
   */
  start(jobId: Id, request: RunRequest, actor: Actor, once?: Once): Promise<Reference>;
  /** @throws `not_found` */
  get(reference: Reference): Promise<{
    readonly run: Run;
    readonly attempts: readonly Attempt[];
    /** What was found of each attempt's processes after its end, by its number. */
    readonly trees: ReadonlyMap<number, TreeProof>;
  }>;
  list(filter: RunFilter, page: PageRequest): Promise<Page<Run>>;
  /**
   * A waiting run ends at once; a live one is asked to. Asking again changes nothing, and the first note stays.
   * @param note why, for whoever looks later
   * @throws `not_found`, `run_not_cancellable`
   */
  cancel(reference: Reference, actor: Actor, note?: string | null): Promise<void>;
  /** Who asked for its end, when and why; null when nobody and nothing did. */
  cancelRequest(run: Run): Promise<CancelRequest | null>;
  /**
   * Puts a waiting run before all others of its queue; what it needs it must still wait for.
   * @throws `not_found`, `run_not_waiting` when it lives, has ended, or its instant is ahead
   */
  moveToFront(reference: Reference, actor: Actor): Promise<void>;
  /**
   * The same again as a new run. Of one that did not succeed it takes the place in its chain, and what was not started for
   * its sake is open again.
   * @throws `not_found`, `run_not_retryable` while it lives or for a draft, and as {@link start}
   */
  retry(reference: Reference, request: RetryRequest, actor: Actor, once?: Once): Promise<Retried>;
  /** Values that the job's newest runs were given, each set once. @throws `not_found` */
  parameterHistory(jobId: Id): Promise<readonly ParameterSet[]>;
}

/** A job that runs each minute with the same values hides older ones behind this many runs. */
const runsLookedAt = 500;
const mostSets = 20;
const cancelKind = 'run.cancel_requested';
const stoppingKind = 'run.stopping';

/** @param events of both kinds, newest first */
function cancelRequestOf(run: Run, events: readonly EventRow[]): CancelRequest | null {
  const asked = events.find(({ kind }) => kind === cancelKind);
  const wish =
    asked === undefined ? { at: run.cancelRequestedAt, by: run.cancelBy } : { at: asked.at, by: asked.actor };
  if (wish.at === null) return null;
  const note = asked?.data['note'];
  return { at: wish.at, by: wish.by, note: typeof note === 'string' ? note : null, ...endingOf(events) };
}

function endingOf(events: readonly EventRow[]): Pick<CancelRequest, 'termAt' | 'killAt'> {
  const stopping = events.find(({ kind }) => kind === stoppingKind);
  if (stopping === undefined) return { termAt: null, killAt: null };
  const graceMs = stopping.data['grace_ms'];
  return { termAt: stopping.at, killAt: typeof graceMs === 'number' ? stopping.at + graceMs : null };
}

/** A run is called by the name of its job. */
async function runSubject(tables: Tables, { id, createdAt, jobId }: Run): Promise<AuditSubject> {
  const job = await tables.jobs.get(jobId);
  return subjectOf('run', { id, createdAt, name: job?.definition.name ?? null });
}

/** A message of another program, and the program that embeds us, are machines at work: the run itself says where it came from. */
async function noteAsked(
  tables: Tables,
  asked: {
    readonly job: Job;
    readonly run: Reference;
    readonly request: RunRequest;
    readonly parameters: Readonly<Record<string, unknown>>;
  },
  trigger: NewRun['trigger'],
  actor: Actor,
): Promise<void> {
  if (actor.via === 'hook' || (actor.via === 'library' && actor.personId === null)) {
    noteNothing(tables);
    return;
  }
  const { job, run, request, parameters } = asked;
  const { note: why, priority, bypass, withDownstream, allowInactive } = request;
  await note(tables, actor, {
    action: trigger === 'retry' ? 'run.retried' : 'run.requested',
    subject: subjectOf('run', { ...run, name: job.definition.name }),
    after: { parameters: { values: parameters }, note: why, priority, bypass, withDownstream, allowInactive },
  });
}

export function runOperations({
  store,
  system,
  jobTypes = comesAlone,
  breaker = defaultBreaker,
  look,
  quotas,
}: OperationContext): RunOperations {
  type Transaction = (work: (tables: Tables) => Promise<Retried>) => Promise<Retried>;
  type Origin = Pick<NewRun, 'trigger' | 'cause'> & {
    readonly resets: (job: Job) => boolean;
    readonly at?: Instant | undefined;
  };

  async function insert(
    transaction: Transaction,
    jobId: Id,
    request: RunRequest,
    actor: Actor,
    { resets, at, ...origin }: Origin,
  ): Promise<Retried> {
    const [id = 0] = await store.ids(1);
    let stops = false;
    const reference = await transaction(async (tables) => {
      const [locked, living] = [tables.jobs.lock([jobId]), livingJob(tables, jobId)];
      const ahead = readAhead(tables, jobId);
      const [, stored] = await together([locked, living]);
      const refusal = jobTypes.refusal(stored.definition.type);
      if (refusal !== null) throw new JobTriggerError('type_unknown', `Not started: the job type ${refusal}.`);
      const now = await ahead.now();
      const { allowInactive } = request;
      const isReset = resets(stored);
      const job = isReset ? await resetTrouble(tables, stored, actor, now) : stored;
      const isTrial = await passGates(ahead, job, { trigger: origin.trigger, now, allowInactive, breaker, look });
      const parameters = valuesOf(job.definition.parameters, request.parameters ?? {});
      stops = await makeRoom(tables, job, actor.name);
      await checkQuota(tables, additionsOf(job, { waiting_runs: 1 }), { quotas, actor });
      if (isTrial) await noteTrial(tables, job, id);
      const run = { id, createdAt: now };
      await noteAsked(tables, { job, run, request, parameters }, origin.trigger, actor);
      await joinChain(tables, { jobId, run, cause: origin.cause, begins: request.withDownstream === true, now });
      await tables.runs.insertLast([
        newRunOf(job, {
          id,
          now,
          requestedBy: actor.name,
          parameters,
          note: request.note ?? null,
          ...origin,
          ...(at === undefined ? {} : { availableAt: Math.max(now, at) }),
          ...(request.priority === undefined ? {} : { priority: request.priority }),
        }),
      ]);
      return { ...run, scheduledAt: Math.max(now, at ?? now), failureCountReset: isReset };
    });
    system.log.info('run requested', {
      run: toUuid(reference),
      trigger: origin.trigger,
      by: actor.name,
      via: actor.via,
    });
    store.bell.ring('queue');
    if (stops) store.bell.ring('cancel');
    store.bell.ring('change');
    return reference;
  }

  async function existing(reference: Reference): Promise<Run> {
    const run = await store.runs.get(reference);
    if (run === null) throw notFound('run');
    return run;
  }

  return {
    start(jobId, request, actor, once) {
      const trigger = triggerOf(actor);
      const resets = (job: Job): boolean =>
        trigger === 'manual' && openBreakerOf(job) !== null && request.bypass !== true;
      return tellingRefusals(store, { jobId, trigger, actor }, () =>
        answerOnce<Retried>(
          store,
          once,
          (transaction) => insert(transaction, jobId, request, actor, { trigger, cause: null, resets }),
          { about: jobId },
        ),
      );
    },

    async get(reference) {
      const run = await existing(reference);
      const attempts = await store.runs.attempts(reference);
      return { run, attempts, trees: await treeProofs(store, attempts) };
    },

    list: (filter, page) => store.runs.list(filter, page),

    async cancel(reference, actor, why = null) {
      const wish = { reason: 'cancel_requested', by: actor.name };
      await audited(store, async (tables) => {
        const run = await tables.runs.get(reference);
        if (run === null) throw notFound('run');
        if (isFinal(run.state)) throw new JobTriggerError('run_not_cancellable', `The run is ${run.state} already.`);
        const ended = await tables.runs.endWaiting([run.id], { state: 'cancelled', ...wish });
        const isNew = ended.length > 0 || (await tables.runs.requestCancel(reference, wish));
        if (!isNew) {
          noteNothing(tables);
          return;
        }
        const { id: runId, createdAt: runCreatedAt, jobId } = run;
        const data = { note: why === '' ? null : why, via: actor.via };
        await tables.events.append([{ kind: cancelKind, runId, runCreatedAt, jobId, actor: actor.name, data }]);
        const subject = await runSubject(tables, run);
        await note(tables, actor, { action: 'run.cancel_requested', subject, after: { note: data.note } });
      });
      system.log.info('cancel requested', { run: toUuid(reference), by: actor.name, via: actor.via });
      store.bell.ring('cancel');
      store.bell.ring('change');
    },

    async cancelRequest(run) {
      const filter = { kinds: [cancelKind, stoppingKind], runId: run.id, from: run.createdAt };
      const { items } = await store.events.list(filter, { limit: 20 });
      return cancelRequestOf(run, items);
    },

    async moveToFront(reference, actor) {
      await audited(store, async (tables) => {
        const run = await tables.runs.get(reference);
        if (run === null) throw notFound('run');
        if (!(await tables.runs.moveToFront(run.id)))
          throw new JobTriggerError(
            'run_not_waiting',
            run.state === 'queued' ? 'Its instant has not come yet.' : `The run is ${run.state} already.`,
          );
        const { id: runId, createdAt: runCreatedAt, jobId, queue } = run;
        const data = { queue, via: actor.via };
        await tables.events.append([{ kind: 'run.moved_front', runId, runCreatedAt, jobId, actor: actor.name, data }]);
        await note(tables, actor, { action: 'run.moved_front', subject: await runSubject(tables, run) });
      });
      store.bell.ring('queue');
      store.bell.ring('change');
    },

    retry: (reference, request, actor, once) =>
      answerOnce(store, once, async (transaction) => {
        const run = await existing(reference);
        if (!isFinal(run.state)) throw new JobTriggerError('run_not_retryable', `The run is still ${run.state}.`);
        // The right to run is not the right to run code that nobody saved.
        if (run.jobVersion === draftVersion)
          throw new JobTriggerError(
            'run_not_retryable',
            'It was a draft run. Save the job and run that, or try it again.',
          );
        const { note, withDownstream, resetFailureCount = false, at } = request;
        const parameters = { ...(request.parameters ?? run.parameters), ...request.customParameters };
        const again = { parameters, note, withDownstream, allowInactive: true };
        const origin = { trigger: 'retry', cause: reference, resets: () => resetFailureCount, at } as const;
        return tellingRefusals(store, { jobId: run.jobId, trigger: 'retry', actor }, () =>
          insert(transaction, run.jobId, again, actor, origin),
        );
      }),

    async parameterHistory(jobId) {
      await livingJob(store, jobId);
      const { items } = await store.runs.list({ jobId }, { limit: runsLookedAt });
      return parameterSets(items, mostSets);
    },
  };
}
