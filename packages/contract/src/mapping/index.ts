export { instantToCore, jobChangeToCore, newJobToCore, scheduleToCore, type MappingFacts } from './job-in.ts';
export { feedToWire, forecastToWire, timelineToWire } from './timeline-out.ts';
export {
  attemptToWire,
  jobToWire,
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
