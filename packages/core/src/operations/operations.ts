import type { OperationContext } from './context.ts';
import { jobOperations, type JobOperations } from './jobs.ts';
import { feedOperations, type FeedOperations } from './feeds.ts';
import { pauseOperations, type PauseOperations } from './pauses.ts';
import { runOperations, type RunOperations } from './runs.ts';
import { scheduleOperations, type ScheduleOperations } from './schedules.ts';
import { timelineOperations, type TimelineOperations } from './timeline.ts';

/** Everything people ask for, by noun. */
export interface Operations {
  readonly jobs: JobOperations & PauseOperations;
  readonly runs: RunOperations;
  readonly schedules: ScheduleOperations;
  readonly timeline: TimelineOperations;
  readonly feeds: FeedOperations;
}

export function createOperations(context: OperationContext): Operations {
  return {
    jobs: { ...jobOperations(context), ...pauseOperations(context) },
    runs: runOperations(context),
    schedules: scheduleOperations(context),
    timeline: timelineOperations(context),
    feeds: feedOperations(context),
  };
}
