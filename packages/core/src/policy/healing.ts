/** What made a job succeed again, as far as the two runs tell. */
import type { Run } from '../model/run.ts';
import { changesBetween } from './run-changes.ts';

export interface HealingFacts {
  /** The last run that failed; null when its record is gone. */
  readonly failed: Pick<Run, 'jobVersion' | 'parameters' | 'workerName'> | null;
  readonly succeeded: Pick<
    Run,
    'jobName' | 'jobVersion' | 'parameters' | 'trigger' | 'requestedBy' | 'workerName'
  > | null;
}

/** In one sentence: it is what people read when the same comes back. */
export function healedBy({ failed, succeeded }: HealingFacts): string {
  if (succeeded === null) return 'A later run succeeded.';
  const { jobName, trigger, requestedBy } = succeeded;
  const changed = failed === null ? [] : differences(failed, succeeded);
  const retried = trigger === 'retry' || trigger === 'manual' || trigger === 'api';
  const who = retried ? ` that ${requestedBy ?? 'somebody'} started` : '';
  const how = changed.length === 0 ? 'with nothing changed in its definition' : `with ${changed.join(' and ')}`;
  return `A run of ${jobName}${who} succeeded ${how}.`;
}

function differences(
  failed: NonNullable<HealingFacts['failed']>,
  succeeded: NonNullable<HealingFacts['succeeded']>,
): readonly string[] {
  const { version, worker, parameters } = changesBetween(failed, succeeded);
  return [
    ...(version === null ? [] : [`version ${version.to} instead of ${version.from}`]),
    ...(parameters.length === 0 ? [] : [`another ${parameters.slice(0, 3).join(', ')}`]),
    ...(worker === null ? [] : [`worker ${worker.to} instead of ${worker.from}`]),
  ];
}
