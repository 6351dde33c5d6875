import { calendarOperations, type CalendarOperations } from './calendars.ts';
import type { OperationContext } from './context.ts';
import { demoOperations, type DemoOperations } from './demo/demo.ts';
import { draftOperations, type DraftOperations } from './drafts.ts';
import { jobOperations, type JobOperations } from './jobs.ts';
import { pauseOperations, type PauseOperations } from './pauses.ts';
import { runOperations, type RunOperations } from './runs.ts';

/** Everything people ask for, by noun. */
export interface Operations {
  readonly jobs: JobOperations & PauseOperations;
  readonly runs: RunOperations & DraftOperations;
  readonly calendars: CalendarOperations;
  readonly demo: DemoOperations;
}

export function createOperations(context: OperationContext): Operations {
  const jobs = jobOperations(context);
  return {
    jobs: { ...jobs, ...pauseOperations(context) },
    runs: { ...runOperations(context), ...draftOperations(context) },
    calendars: calendarOperations(context),
    demo: demoOperations(context, jobs),
  };
}
