import type { OperationContext } from './context.ts';
import { jobOperations, type JobOperations } from './jobs.ts';
import { pauseOperations, type PauseOperations } from './pauses.ts';
import { runOperations, type RunOperations } from './runs.ts';
import { scheduleOperations, type ScheduleOperations } from './schedules.ts';

/** Everything people ask for, by noun. */
export interface Operations {
  readonly jobs: JobOperations & PauseOperations;
  readonly runs: RunOperations;
  readonly schedules: ScheduleOperations;
}

export function createOperations(context: OperationContext): Operations {
  return {
    jobs: { ...jobOperations(context), ...pauseOperations(context) },
    runs: runOperations(context),
    schedules: scheduleOperations(context),
  };
}
