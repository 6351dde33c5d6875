/** The record of a run that a database has lost, from what its worker knows. */
import { beginsDirectly, neededLabels, type JobDefinition } from '../model/job.ts';
import { slotsOf } from '../policy/overlap.ts';
import { defaultParameters } from '../policy/plan.ts';
import type { Work } from '../store/dispatch-table.ts';
import type { NewRun } from '../store/run-table.ts';
import type { Tables } from '../store/store.ts';
import type { Evidence } from './evidence.ts';

/** As it was, as far as that is known; null when its job is gone. */
export async function restoredRun({ jobs }: Tables, { id, createdAt, origin, run }: Evidence): Promise<NewRun | null> {
  const job = origin === null ? null : await jobs.get(origin.jobId);
  if (job === null || origin === null) return null;
  const stored = await jobs.version(origin.jobId, origin.jobVersion);
  const definition = stored ?? job.definition;
  const asked = run === null ? unasked(definition) : askedOf(run);
  return {
    id,
    createdAt,
    ...origin,
    jobVersion: stored === null ? job.version : origin.jobVersion,
    priority: definition.priority,
    queue: definition.queue,
    workerLabels: neededLabels(definition),
    // With the parameters of a person's run gone, it must not be started again without them.
    onLost: run === null && origin.scheduleId === null ? 'fail' : definition.onLost,
    slots: slotsOf(definition),
    direct: beginsDirectly(definition),
    locks: definition.locks ?? [],
    availableAt: createdAt,
    reason: null,
    ...asked,
  };
}

type Asked = Pick<NewRun, 'parameters' | 'note' | 'requestedBy' | 'cause'>;

/** What a journal does not keep. */
function unasked(definition: JobDefinition): Asked {
  return { parameters: defaultParameters(definition), note: null, requestedBy: null, cause: null };
}

function askedOf(run: Work['run']): Asked & Pick<NewRun, 'priority' | 'queue'> {
  const { parameters, note, requestedBy, priority, queue, causeRunId, causeCreatedAt } = run;
  const cause = causeRunId === null || causeCreatedAt === null ? null : { id: causeRunId, createdAt: causeCreatedAt };
  return { parameters, note, requestedBy, priority, queue, cause };
}

/**
 * The ledger's row of a run that has one, so that its instant is not planned again.
 *
 * @returns false when the instant has become another run, or was skipped, meanwhile
 */
export async function restoreOccurrence(
  { jobs, ledger, schedules }: Tables,
  { id, createdAt, jobId, trigger, scheduleId, dueAt }: NewRun,
): Promise<boolean> {
  if ((trigger !== 'schedule' && trigger !== 'catch_up') || scheduleId === null || dueAt === null) return true;
  const schedule = await schedules.get(scheduleId);
  const row = { scheduleId, dueAt, revision: schedule?.revision ?? 1, runId: id, runCreatedAt: createdAt };
  const dispatched = { ...row, reason: null, causeRunId: null, causeCreatedAt: null, decidedAt: createdAt };
  const fresh = await ledger.insert([{ kind: 'occurrence', ...dispatched }]);
  if (fresh.length === 0) return false;
  const job = await jobs.get(jobId);
  if (job !== null && job.definition.maxRuns !== null) await jobs.countAutomaticRuns(jobId, 1);
  return true;
}
