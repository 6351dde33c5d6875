/**
 * Job Trigger Portal's core: schedules, their ledger, and everything needed to carry runs out. Embeddable: it opens no
 * port, reads no environment and keeps no process-wide state.
 */
export type { ConfigSources, ConfigValues, SettingInForce } from './config/config.ts';
export { loadConfig, type Config } from './config/load-config.ts';
export { clientSecretVariable } from './config/oidc-settings.ts';
export type { SettingDefinition } from './config/setting.ts';
export { settingTable } from './config/setting-table.ts';
export { changeableKeys, personKeys } from './config/page-owned.ts';
export { artifactPreview, servedType, type ArtifactPreview } from './artifacts/artifact-type.ts';
export { artifactName } from './artifacts/artifact-name.ts';
export { resultLimitBytes } from './handlers/report-files.ts';
export { zipOf, zipSize, type ZipEntry } from './artifacts/zip.ts';
export { Ballast, type BallastState } from './engine/ballast.ts';
export { SettingsKeeper } from './engine/settings-keeper.ts';
export { createEngine, type CreateEngineOptions } from './engine/create-engine.ts';
export { Housekeeper, type HousekeeperOptions, type Removed } from './engine/housekeeper.ts';
export type { Engine } from './engine/engine.ts';
export { planDue, type PlanDueOptions } from './engine/plan-due.ts';
export type { WorkerSpawner } from './engine/spawner-keeper.ts';
export { Watch, type WatchOptions } from './engine/watch.ts';
export {
  errorCodes,
  errorMeanings,
  invalidField,
  JobTriggerError,
  safe,
  type ErrorCode,
  type ErrorKind,
  type FieldError,
  type Result,
} from './errors.ts';
export type { FunctionRegistry } from './handlers/function.ts';
export type { ConfigField, ConfigOf, ConfigSchema } from './job-types/config-schema.ts';
export {
  defineJobType,
  type AnyJobType,
  type JobType,
  type JobTypeContext,
  type JobTypeInput,
} from './job-types/job-type.ts';
export { loadPlugins, type LoadPluginsOptions, type PluginHost, type PluginModule } from './job-types/load-plugins.ts';
export type { Provision, ProvisionContext, WantedJob } from './job-types/provision.ts';
export { jobTypesOf, JobTypes, type Plugin } from './job-types/registry.ts';
export type { Became, ProvisionedJob, ProvisionOperations, ProvisionOutcome } from './operations/provision.ts';
export { hookVariables, jobVariables } from './handlers/environment.ts';
export { guardedFetch } from './handlers/guarded-fetch.ts';
export { describeScript } from './handlers/script-description.ts';
export { listScripts, resolveScript, type Script } from './handlers/script-file.ts';
export { ScriptLook } from './handlers/script-look.ts';
export * from './model/index.ts';
export { hashOfToken } from './model/token-hash.ts';
export type { ArtifactOperations } from './operations/artifacts.ts';
export type { Backfill, BackfillOperations, BackfillRequest } from './operations/backfill.ts';
export type { AlertOperations } from './operations/alerts.ts';
export type { AttentionDetail, AttentionOperations, AttentionRetry, RetriedRun } from './operations/attention.ts';
export { adviceOf } from './policy/attention-advice.ts';
export { readCalendarFile, type CalendarFile } from './operations/calendar-file.ts';
export type {
  Affected,
  CalendarChange,
  CalendarInput,
  CalendarOperations,
  CalendarUser,
  Effect,
} from './operations/calendars.ts';
export type { Actor, OperationContext } from './operations/context.ts';
export type { DemoFile, DemoOperations, DemoRemoved, DemoStatus } from './operations/demo/demo.ts';
export type { Compared, Comparison, ComparisonOperations, Differing } from './operations/compare-runs.ts';
export type { BulkItem, BulkOperations, JobAct, JobActOptions, RunAct } from './operations/bulk.ts';
export type { DraftOperations } from './operations/drafts.ts';
export { backUp, type Backup, type BackUpOptions } from './operations/backup/back-up.ts';
export type { Manifest } from './operations/backup/manifest.ts';
export { restore, verifyBackup, type Restored, type RestoreOptions } from './operations/backup/restore.ts';
export { examineInstallation, measureInstallation, type ExamineOptions } from './operations/examine.ts';
export {
  changePersonSettings,
  changeSettings,
  imagineSettings,
  personSettings,
  settingsInForce,
  type PersonSetting,
  type SettingChanges,
} from './operations/settings.ts';
export { previewRetention, type RetentionPreview } from './operations/retention.ts';
export type { EditConflict } from './operations/edit-conflict.ts';
export type { FailureOperations, InterventionSummary, JobFailing } from './operations/failures.ts';
export { breakerOf, breakerOfType, breakerSettingsOf, breakerWords, type Stoppable } from './policy/breaker.ts';
export { categoryOf } from './policy/failure-pattern.ts';
export type { JobChange, JobFields, NewJob, ScheduleInput } from './operations/job-input.ts';
export type { JobOperations } from './operations/jobs.ts';
export type {
  JobCost,
  MaintenanceChange,
  MaintenanceCost,
  MaintenanceInput,
  MaintenanceOperations,
  MaintenanceView,
} from './operations/maintenance.ts';
export type {
  LimitOperations,
  LimitsView,
  LockView,
  PersonLimit,
  QueueChange,
  QueueView,
} from './operations/limits.ts';
export { defaultQuotas, type QuotaKind, type Quotas, type QuotaUse } from './model/quota.ts';
export { nationalHolidays, type NationalHolidays } from './operations/national-holidays.ts';
export { createOperations, type Operations } from './operations/operations.ts';
export type { Once } from './operations/once.ts';
export type { PauseOperations } from './operations/pauses.ts';
export type { CancelRequest, RunOperations, RunRequest } from './operations/runs.ts';
export type { PreviewAnswer, PreviewAsked, ScheduleOperations } from './operations/schedules.ts';
export type { ScriptEditingState, ScriptFileOperations, ScriptFileView } from './operations/script-files.ts';
export type { ReviewedScript, ScriptOperations, ScriptReview, UsingJob } from './operations/scripts.ts';
export type { FeedOperations, NewFeed } from './operations/feeds.ts';
export type { Forecast, ForecastOperations, WhatIf } from './operations/forecast.ts';
export type { Explanation, ExplanationLink } from './operations/explanation.ts';
export type { WhyOperations } from './operations/why.ts';
export type { RunExplained } from './operations/why-run.ts';
export type { ChainEntry, JobPrerequisites, RunChain } from './operations/chains.ts';
export type { GraphNode, GraphRequest, JobGraph } from './operations/graph.ts';
export type { Timeline, TimelineOperations } from './operations/timeline.ts';
export { examine, worstOf } from './policy/examine.ts';
export { lastPollAge } from './policy/examine-processes.ts';
export { sizeText } from './policy/examine-storage.ts';
export { examinations, type Examination, type Finding } from './policy/finding.ts';
export { accessTo, lesserLevel, suffices, type AccessSource, type JobAccess } from './policy/job-access.ts';
export {
  jobLevels,
  shareKinds,
  shareLevels,
  type JobLevel,
  type Share,
  type ShareKind,
  type ShareLevel,
  type Sight,
  type Team,
} from './model/sight.ts';
export type { Explained, JobShares, ShareInput, ShareWith, SharingOperations, TeamView } from './operations/sharing.ts';
export type { NamedShare } from './store/sharing-table.ts';
export { statusOf as jobStatusOf } from './policy/status.ts';
export { waitingReason } from './policy/waiting.ts';
export { whyHeld, whyItRan, whyNextNone, whyNoRun } from './policy/why.ts';
export { closureName } from './schedule/closure-words.ts';
export { describe as describeSchedule } from './schedule/describe.ts';
export { closureAt } from './schedule/filters.ts';
export { scheduleFromJson, scheduleToJson } from './schedule/from-json.ts';
export { countOf, iterate, nextInstants, nextOf, occurrencesOf } from './schedule/occurrences.ts';
export { previewSchedule, type SchedulePreview } from './schedule/preview.ts';
export { calendarIds, holds, resolveSpec, type Holder } from './schedule/resolve.ts';
export { spoken } from './schedule/spoken.ts';
export { checkSchedule, validateSchedule } from './schedule/validate.ts';
export { understandWords } from './schedule/words.ts';
export type { AskedBack, Understood } from './schedule/words-answer.ts';
export {
  distanceBetween,
  hostZone,
  isKnownZone,
  listZones,
  localText,
  offsetText,
  suggestZone,
  tzVersion,
  zoneOf,
} from './schedule/zone.ts';
export { LogReader, type LogLine } from './spawner/log-reader.ts';
export { logPath } from './spawner/log-path.ts';
export type { AlertFilter } from './store/alert-table.ts';
export type { AttentionFilter } from './store/attention-table.ts';
export type { CalendarSummary } from './store/calendar-table.ts';
export type { EventRow } from './store/event-table.ts';
export type { JobFilter, JobSort, JobSummary, JobVersion, Page, PageRequest } from './store/job-tables.ts';
export { databaseDamage } from './store/damage.ts';
export { migrate, migrationStatus } from './store/migrate.ts';
export { openStore } from './open-store.ts';
export type { SignIn } from './store/people-table.ts';
export { checkedPersonName, checkPersonZone } from './operations/people.ts';
export type { InvitationInput, NewPerson, PeopleOperations, PersonChange, ProfileChange } from './operations/people.ts';
export type { Erasure, ErasureOperations, PersonExport } from './operations/erasure.ts';
export type { FlowInput, IdentityOperations } from './operations/identities.ts';
export { scopesInForce } from './operations/keys.ts';
export type { KeyInput, KeyMade, KeyOperations } from './operations/keys.ts';
export type { ChallengePurpose, Passkey, SecondFactors, SignInChallenge } from './model/sign-in-method.ts';
export type { SignInMethodOperations, SignInMethods } from './operations/sign-in-methods.ts';
export type { HostAccount, HostAccountOperations } from './operations/host-accounts.ts';
export type { SigningKey, TokenKeyOperations } from './operations/token-keys.ts';
export type { DeviceOperations, DeviceStart } from './operations/devices.ts';
export type { AskingDevice, DeviceSignIn } from './model/device-sign-in.ts';
export type { CalendarFeed } from './store/feed-table.ts';
export type { TimelineFilter } from './store/timeline-table.ts';
export type { RunFilter, ScheduledStart } from './store/run-table.ts';
export type { Store, Tables } from './store/store.ts';
export type { WorkerTally } from './store/worker-tables.ts';
export { messageId as webhookMessageId } from './channels/webhook-secrets.ts';
export type { EventSubject } from './engine/event-subjects.ts';
export type { GivenPing, MonitorInput, MonitorOperations } from './operations/monitors.ts';
export type { IncomingMessage } from './channels/incoming.ts';
export type { AuditOperations, AuditVerdict } from './operations/audit.ts';
export { audited, namedSubject, note, noteNothing, record, subjectOf, type Act } from './operations/audited.ts';
export type { SignedHead } from './channels/audit-seal.ts';
export type { AuditFilter } from './store/audit-table.ts';
export type {
  SecretInput as NewSecret,
  SecretOperations,
  SecretSaved,
  SecretTest,
  SecretValue as NewSecretValue,
  SecretView,
} from './operations/secrets.ts';
export type { HookChange, HookInput, HookMade, HookOperations } from './operations/hooks.ts';
export type { WebhookChange, WebhookInput, WebhookOperations } from './operations/webhooks.ts';
export { systemClock, type Clock } from './system/clock.ts';
export { silentLogger, type Logger } from './system/logger.ts';
export { realSystem, type System } from './system/system.ts';
