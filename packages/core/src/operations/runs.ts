/** What people ask of runs: start one now, cancel it, run it again. */
import { JobTriggerError } from '../errors.ts';
import type { Id, Reference } from '../model/id.ts';
import { isFinal, type Attempt, type Priority, type Run, type TreeProof } from '../model/run.ts';
import { draftVersion, type Job } from '../model/job.ts';
import type { Page, PageRequest } from '../store/job-tables.ts';
import type { LiveRun, NewRun, RunFilter } from '../store/run-table.ts';
import type { Tables } from '../store/store.ts';
import type { Actor, OperationContext } from './context.ts';
import { livingJob, notFound } from './jobs.ts';
import { newRunOf } from './new-run.ts';
import { answerOnce, type Once } from './once.ts';
import { valuesOf } from './parameters.ts';
import { treeProofs } from './tree-proofs.ts';

export interface RunRequest {
  readonly parameters?: Readonly<Record<string, unknown>> | undefined;
  /** Also while the job is paused. */
  readonly allowInactive?: boolean | undefined;
  readonly priority?: Priority | undefined;
  readonly note?: string | null | undefined;
}

export interface RunOperations {
  /** @throws `not_found`, `job_inactive`, `already_running` when overlap is `skip`, `invalid` parameters */
  start(jobId: Id, request: RunRequest, actor: Actor, once?: Once): Promise<Reference>;
  /** @throws `not_found` */
  get(reference: Reference): Promise<{
    readonly run: Run;
    readonly attempts: readonly Attempt[];
    /** What was found of each attempt's processes after its end, by its number. */
    readonly trees: ReadonlyMap<number, TreeProof>;
  }>;
  list(filter: RunFilter, page: PageRequest): Promise<Page<Run>>;
  /** A waiting run ends at once; a live one is asked to. Asking again changes nothing. @throws `not_found`, `run_not_cancellable` */
  cancel(reference: Reference, actor: Actor): Promise<void>;
  /** The same again as a new run. @throws `not_found`, `run_not_retryable` while it lives or for a draft, and as {@link start} */
  retry(
    reference: Reference,
    request: Pick<RunRequest, 'parameters' | 'note'>,
    actor: Actor,
    once?: Once,
  ): Promise<Reference>;
}

/** @param first the oldest run that waits or lives */
function refuseForOverlap({ definition }: Job, first: LiveRun | undefined, waiting: number): void {
  const { name, overlap } = definition;
  if (overlap === 'skip' && first !== undefined)
    throw new JobTriggerError(
      'already_running',
      `${name} has a run that is ${first.state}; its overlap policy is skip.`,
      {
        cause_run: first,
      },
    );
  if (overlap === 'queue_all' && waiting >= 100)
    throw new JobTriggerError('trigger_refused', `${name} has 100 runs waiting.`, { reason: 'overlap' });
}

/** Gate 8 for a run that a person asked for: may another one exist beside those that wait or live, and what becomes of those? */
async function makeRoom(tables: Tables, job: Job, by: string): Promise<void> {
  const { overlap } = job.definition;
  if (overlap === 'allow') return;
  const live = await tables.runs.live([job.id]);
  const waiting = live.filter((run) => run.state === 'queued');
  refuseForOverlap(job, live[0], waiting.length);
  if (overlap !== 'queue_one' && overlap !== 'replace') return;
  const ids = waiting.map((run) => run.id);
  await tables.runs.endWaiting(ids, { state: 'cancelled', reason: 'superseded', by });
  if (overlap !== 'replace') return;
  // The new run cannot be claimed before these have given back the job's only slot.
  for (const run of live) if (run.state !== 'queued') await tables.runs.requestCancel(run, { reason: 'replaced', by });
}

export function runOperations({ store }: OperationContext): RunOperations {
  type Transaction = (work: (tables: Tables) => Promise<Reference>) => Promise<Reference>;

  async function insert(
    transaction: Transaction,
    jobId: Id,
    request: RunRequest,
    actor: Actor,
    origin: Pick<NewRun, 'trigger' | 'cause'>,
  ): Promise<Reference> {
    const [id = 0] = await store.ids(1);
    const reference = await transaction(async (tables) => {
      await tables.jobs.lock([jobId]);
      const job = await livingJob(tables, jobId);
      if (!job.active && request.allowInactive !== true)
        throw new JobTriggerError(
          'job_inactive',
          `${job.definition.name} is paused. Resume it, or run it all the same.`,
        );
      const parameters = valuesOf(job.definition.parameters, request.parameters ?? {});
      await makeRoom(tables, job, actor.name);
      const now = await tables.now();
      await tables.runs.insert([
        newRunOf(job, {
          id,
          now,
          requestedBy: actor.name,
          parameters,
          note: request.note ?? null,
          ...origin,
          ...(request.priority === undefined ? {} : { priority: request.priority }),
        }),
      ]);
      return { id, createdAt: now };
    });
    store.bell.ring('queue');
    store.bell.ring('cancel');
    store.bell.ring('change');
    return reference;
  }

  async function existing(reference: Reference): Promise<Run> {
    const run = await store.runs.get(reference);
    if (run === null) throw notFound('run');
    return run;
  }

  return {
    start: (jobId, request, actor, once) =>
      answerOnce(store, once, (transaction) =>
        insert(transaction, jobId, request, actor, { trigger: actor.via === 'api' ? 'api' : 'manual', cause: null }),
      ),

    async get(reference) {
      const run = await existing(reference);
      const attempts = await store.runs.attempts(reference);
      return { run, attempts, trees: await treeProofs(store, attempts) };
    },

    list: (filter, page) => store.runs.list(filter, page),

    async cancel(reference, actor) {
      const wish = { reason: 'cancel_requested', by: actor.name };
      await store.transaction(async (tables) => {
        const run = await tables.runs.get(reference);
        if (run === null) throw notFound('run');
        if (isFinal(run.state)) throw new JobTriggerError('run_not_cancellable', `The run is ${run.state} already.`);
        const ended = await tables.runs.endWaiting([run.id], { state: 'cancelled', ...wish });
        if (ended.length === 0) await tables.runs.requestCancel(reference, wish);
      });
      store.bell.ring('cancel');
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
        const again = { parameters: request.parameters ?? run.parameters, note: request.note, allowInactive: true };
        return insert(transaction, run.jobId, again, actor, { trigger: 'retry', cause: reference });
      }),
  };
}
