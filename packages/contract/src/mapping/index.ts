export { alertToWire } from './alerts.ts';
export { adviceToWire, failuresToWire, interventionSummaryToWire } from './failure-out.ts';
export { jobTypeToWire, provisionToWire } from './job-types.ts';
export { artifactToWire } from './artifact-out.ts';
export {
  attentionCountToWire,
  attentionDetailToWire,
  attentionToWire,
  retriedToWire,
  type AttentionJobFacts,
  type AttentionNames,
} from './attention.ts';
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
export {
  maintenanceChangeToCore,
  maintenanceCostToWire,
  maintenanceToCore,
  maintenanceToWire,
  type NamedJobs,
} from './maintenance.ts';
export { backfillToCore, backfillToWire, explanationToWire } from './why.ts';
export { limitsToWire, lockToWire, queueToWire, quotaToWire } from './limits.ts';
export { monitorChangeToCore, monitorDetailToWire, monitorToWire } from './monitors.ts';
export { hookToWire } from './hooks.ts';
export { secretToCore, secretToWire, secretValueToCore } from './secrets.ts';
export { deliveryToWire, eventMessage, webhookToWire } from './webhook-out.ts';
export { schedulerSilence, schedulerToWire, workerToWire, type Silence } from './fleet-out.ts';
export { chainToWire, prerequisitesToWire } from './chain-out.ts';
export { graphToWire } from './graph-out.ts';
export { feedToWire, forecastToWire, timelineToWire } from './timeline-out.ts';
export {
  attemptToWire,
  cancelRequestToWire,
  conflictToWire,
  jobToWire,
  lateResultToWire,
  ledgerToWire,
  parseToWire,
  previewToWire,
  runToWire,
  type Named,
} from './out.ts';
export { auditFilterToCore, auditToWire, signedHeadToCore, signedHeadToWire, verdictToWire } from './audit.ts';
export { invitationToWire, personToWire, signInToWire, userToWire } from './people-out.ts';
export { rights } from '../rights.ts';
export { keyToWire } from './key-out.ts';
export { scriptApprovalToWire, scriptEditingToWire, scriptFileToWire, scriptReviewToWire } from './script-out.ts';
export { personSettingToWire, settingToWire } from './setting-out.ts';
export { comparisonToWire } from './compare-out.ts';
export { accessText, accessToWire, sharesToWire, teamToWire } from './sharing.ts';
export { passkeyToWire, secondFactorsToWire, signInMethodsToWire } from './sign-in-method-out.ts';
