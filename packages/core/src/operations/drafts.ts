/** Trying a job before it is saved. */
import type { Reference } from '../model/id.ts';
import { draftVersion, notPaused, type Job } from '../model/job.ts';
import type { Actor, OperationContext } from './context.ts';
import { definitionOf, type NewJob } from './job-input.ts';
import { note } from './audited.ts';
import { passApproval } from './gates.ts';
import { jobEvent } from './job-event.ts';
import { jobFacts, jobSubject } from './job-facts.ts';
import { newRunOf } from '../flow/new-run.ts';
import { answerOnce, type Once } from './once.ts';
import { additionsOf, checkQuota } from './quotas.ts';
import { valuesOf } from '../policy/parameters.ts';
import type { RunRequest } from './runs.ts';
import { checkSecretReferences } from './secret-references.ts';
import { validateJob, validateSchedules } from './validate-job.ts';

export interface DraftOperations {
  /**
   * Runs an unsaved job once: its schedules are checked and not kept, a failure is not retried, its name may be taken.
   * @throws as creating the job would, and `invalid` parameters
   */
  tryDraft(
    input: NewJob,
    request: Pick<RunRequest, 'parameters' | 'note'>,
    actor: Actor,
    once?: Once,
  ): Promise<Reference>;
}

export function draftOperations(context: OperationContext): DraftOperations {
  const { store } = context;
  return {
    tryDraft: (input, request, actor, once) =>
      answerOnce(store, once, async (transaction) => {
        const given = definitionOf(input, null, context);
        validateJob(given, context);
        validateSchedules(input.schedules ?? [], { now: await store.now(), allowPast: input.allowPast === true });
        const definition = { ...given, retry: null, onLost: 'fail' as const };
        const parameters = valuesOf(given.parameters, request.parameters ?? {});
        const [jobId = 0, runId = 0] = await store.ids(2);
        const reference = await transaction(async (tables) => {
          const now = await tables.now();
          // Deleted from its birth: no list shows it, nothing plans it, and it takes no name from a job.
          const draft: Job = {
            id: jobId,
            createdAt: now,
            updatedAt: now,
            ownerId: actor.personId,
            version: draftVersion,
            definition,
            active: false,
            ...notPaused,
            automaticRuns: 0,
            deletedAt: now,
            deletedBy: actor.name,
            demo: false,
            trouble: null,
          };
          await checkSecretReferences(tables, draft, { ...context, actor });
          await passApproval(tables, draft, context.look);
          await checkQuota(tables, additionsOf(draft, { waiting_runs: 1 }), { ...context, actor });
          await tables.jobs.insert(draft, actor.name);
          const origin = { trigger: 'manual', requestedBy: actor.name, note: request.note ?? null } as const;
          await tables.runs.insert([newRunOf(draft, { id: runId, now, parameters, ...origin })]);
          await tables.events.append([{ ...jobEvent('job.tried', draft, actor), runId, runCreatedAt: now }]);
          await note(tables, actor, { action: 'job.tried', subject: jobSubject(draft), after: jobFacts(draft) });
          return { id: runId, createdAt: now };
        });
        store.bell.ring('queue');
        store.bell.ring('change');
        return reference;
      }),
  };
}
