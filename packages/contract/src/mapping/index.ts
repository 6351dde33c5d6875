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
export { instantToCore, jobChangeToCore, newJobToCore, scheduleToCore, type MappingFacts } from './job-in.ts';
export {
  attemptToWire,
  jobToWire,
  ledgerToWire,
  personToWire,
  previewToWire,
  runToWire,
  schedulerToWire,
  workerToWire,
  type Named,
  type Silence,
} from './out.ts';
