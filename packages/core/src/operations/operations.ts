import { calendarOperations, type CalendarOperations } from './calendars.ts';
import type { OperationContext } from './context.ts';
import { demoOperations, type DemoOperations } from './demo/demo.ts';
import { draftOperations, type DraftOperations } from './drafts.ts';
import { forecastOperations, type ForecastOperations } from './forecast.ts';
import { jobOperations, type JobOperations } from './jobs.ts';
import { feedOperations, type FeedOperations } from './feeds.ts';
import { pauseOperations, type PauseOperations } from './pauses.ts';
import { runOperations, type RunOperations } from './runs.ts';
import { scheduleOperations, type ScheduleOperations } from './schedules.ts';
import { clockOperations, type ClockOperations } from './clock.ts';
import { timelineOperations, type TimelineOperations } from './timeline.ts';
import { workerOperations, type WorkerOperations } from './workers.ts';

/** Everything people ask for, by noun. */
export interface Operations {
  readonly jobs: JobOperations & PauseOperations;
  readonly runs: RunOperations & DraftOperations;
  readonly schedules: ScheduleOperations;
  readonly calendars: CalendarOperations;
  readonly timeline: TimelineOperations & ForecastOperations;
  readonly feeds: FeedOperations;
  readonly demo: DemoOperations;
  readonly workers: WorkerOperations;
  readonly clock: ClockOperations;
}

export function createOperations(context: OperationContext): Operations {
  const jobs = jobOperations(context);
  return {
    jobs: { ...jobs, ...pauseOperations(context) },
    runs: { ...runOperations(context), ...draftOperations(context) },
    schedules: scheduleOperations(context),
    calendars: calendarOperations(context),
    timeline: { ...timelineOperations(context), ...forecastOperations(context) },
    feeds: feedOperations(context),
    demo: demoOperations(context, jobs),
    workers: workerOperations(context),
    clock: clockOperations(context),
  };
}
