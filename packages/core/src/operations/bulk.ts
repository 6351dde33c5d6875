/** One act on many: each by itself, so that one refusal stops no other, and each with its result. */
import { JobTriggerError, type ErrorCode } from '../errors.ts';
import type { Id, Reference } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Actor, OperationContext } from './context.ts';
import type { JobOperations } from './jobs.ts';
import type { PauseOperations } from './pauses.ts';
import type { RunOperations } from './runs.ts';

export type JobAct = 'pause' | 'resume' | 'run' | 'delete' | 'restore';
export type RunAct = 'cancel' | 'retry';

/** What became of one of them. */
export interface BulkItem {
  /** Null when it was done. */
  readonly refusal: { readonly code: ErrorCode; readonly message: string } | null;
  /** The run that was made of it. */
  readonly made: Reference | null;
}

export interface JobActOptions {
  readonly reason?: string | null | undefined;
  readonly until?: Instant | null | undefined;
  /** Of the runs that are made. */
  readonly note?: string | null | undefined;
}

export interface BulkOperations {
  /** Results in the order of `ids`. Never throws for one of them: also what the database refuses is a result. */
  jobs(act: JobAct, ids: readonly Id[], options: JobActOptions, actor: Actor): Promise<readonly BulkItem[]>;
  runs(
    act: RunAct,
    references: readonly Reference[],
    options: Pick<JobActOptions, 'note'>,
    actor: Actor,
  ): Promise<readonly BulkItem[]>;
}

type One<T> = (of: T) => Promise<Reference | null>;

export function bulkOperations(
  { system }: Pick<OperationContext, 'system'>,
  jobs: JobOperations & PauseOperations,
  runs: RunOperations,
): BulkOperations {
  async function tried<T>(act: One<T>, of: T): Promise<BulkItem> {
    try {
      return { refusal: null, made: await act(of) };
    } catch (error) {
      if (error instanceof JobTriggerError)
        return { refusal: { code: error.code, message: error.message }, made: null };
      // What was done before it is done: the report must not be lost over this one.
      system.log.error('one of many failed', { error: (error as Error).message });
      return { refusal: { code: 'internal', message: 'A fault of the portal; its log says more.' }, made: null };
    }
  }

  /** One after the other: many at once would stand in each other's way, and in everybody else's. */
  async function each<T>(all: readonly T[], act: One<T>): Promise<readonly BulkItem[]> {
    const items: BulkItem[] = [];
    for (const of of all) items.push(await tried(act, of));
    return items;
  }

  return {
    jobs(act, ids, { reason, until, note }, actor) {
      const acts: Readonly<Record<JobAct, One<Id>>> = {
        pause: (id) => jobs.pause(id, actor, { reason: reason ?? null, until: until ?? null }).then(() => null),
        resume: (id) => jobs.resume(id, actor, {}).then(() => null),
        run: (id) => runs.start(id, { note: note ?? null }, actor),
        delete: (id) => jobs.remove(id, actor).then(() => null),
        restore: (id) => jobs.restore(id, actor).then(() => null),
      };
      return each(ids, acts[act]);
    },

    runs(act, references, { note }, actor) {
      const acts: Readonly<Record<RunAct, One<Reference>>> = {
        cancel: (reference) => runs.cancel(reference, actor).then(() => null),
        retry: (reference) => runs.retry(reference, { note: note ?? null }, actor),
      };
      return each(references, acts[act]);
    },
  };
}
