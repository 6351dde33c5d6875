export { fieldErrorsOf } from './field-errors.ts';
export { below, instantToCore, jobChangeToCore, newJobToCore, scheduleToCore, type MappingFacts } from './job-in.ts';
export {
  calendarChangeToCore,
  calendarSummaryToWire,
  calendarToCore,
  calendarToWire,
  effectToWire,
  holidayToCore,
  holidayToWire,
  rangeToWire,
} from './calendars.ts';
export { feedToWire, forecastToWire, timelineToWire } from './timeline-out.ts';
export {
  attemptToWire,
  conflictToWire,
  jobToWire,
  lateResultToWire,
  ledgerToWire,
  parseToWire,
  personToWire,
  previewToWire,
  runToWire,
  schedulerToWire,
  workerToWire,
  type Named,
  type Silence,
} from './out.ts';
