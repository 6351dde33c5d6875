import { comesAlone, type JobTypes } from '../job-types/registry.ts';
import { backfillOperations, type BackfillOperations } from './backfill.ts';
import { artifactOperations, type ArtifactOperations } from './artifacts.ts';
import { alertOperations, type AlertOperations } from './alerts.ts';
import { calendarOperations, type CalendarOperations } from './calendars.ts';
import type { OperationContext } from './context.ts';
import { demoOperations, type DemoOperations } from './demo/demo.ts';
import { draftOperations, type DraftOperations } from './drafts.ts';
import { failureOperations, type FailureOperations } from './failures.ts';
import { chainOperations, type ChainOperations } from './chains.ts';
import { graphOperations, type GraphOperations } from './graph.ts';
import { forecastOperations, type ForecastOperations } from './forecast.ts';
import { jobOperations, type JobOperations } from './jobs.ts';
import { feedOperations, type FeedOperations } from './feeds.ts';
import { maintenanceOperations, type MaintenanceOperations } from './maintenance.ts';
import { pauseOperations, type PauseOperations } from './pauses.ts';
import { runOperations, type RunOperations } from './runs.ts';
import { scheduleOperations, type ScheduleOperations } from './schedules.ts';
import { whyOperations, type WhyOperations } from './why.ts';
import { monitorOperations, type MonitorOperations } from './monitors.ts';
import { webhookOperations, type WebhookOperations } from './webhooks.ts';
import { bulkOperations, type BulkOperations } from './bulk.ts';
import { clockOperations, type ClockOperations } from './clock.ts';
import { timelineOperations, type TimelineOperations } from './timeline.ts';
import { limitOperations, type LimitOperations } from './limits.ts';
import { quotaOperations, type QuotaOperations } from './quotas.ts';
import { comparisonOperations, type ComparisonOperations } from './compare-runs.ts';
import { attentionOperations, type AttentionOperations } from './attention.ts';
import { hookOperations, type HookOperations } from './hooks.ts';
import { provisionOperations, type ProvisionOperations } from './provision.ts';
import { auditOperations, type AuditOperations } from './audit.ts';
import { erasureOperations, type ErasureOperations } from './erasure.ts';
import { identityOperations, type IdentityOperations } from './identities.ts';
import { scriptFileOperations, type ScriptFileOperations } from './script-files.ts';
import { scriptOperations, type ScriptOperations } from './scripts.ts';
import { keyOperations, type KeyOperations } from './keys.ts';
import { peopleOperations, type PeopleOperations } from './people.ts';
import { sharingOperations, type SharingOperations } from './sharing.ts';
import type { Sight } from '../model/sight.ts';
import { secretOperations, type SecretOperations } from './secrets.ts';
import { hostAccountOperations, type HostAccountOperations } from './host-accounts.ts';
import { tokenKeyOperations, type TokenKeyOperations } from './token-keys.ts';
import { deviceOperations, type DeviceOperations } from './devices.ts';
import { workerOperations, type WorkerOperations } from './workers.ts';
import { signInMethodOperations, type SignInMethodOperations } from './sign-in-methods.ts';

/** Everything people ask for, by noun. */
export interface Operations {
  readonly jobs: JobOperations & PauseOperations & FailureOperations;
  readonly runs: RunOperations & DraftOperations & BackfillOperations & ComparisonOperations;
  readonly schedules: ScheduleOperations;
  readonly calendars: CalendarOperations;
  readonly timeline: TimelineOperations & ForecastOperations;
  readonly feeds: FeedOperations;
  readonly demo: DemoOperations;
  readonly maintenance: MaintenanceOperations;
  readonly why: WhyOperations;
  readonly alerts: AlertOperations;
  readonly webhooks: WebhookOperations;
  readonly monitors: MonitorOperations;
  readonly workers: WorkerOperations;
  readonly clock: ClockOperations;
  readonly graph: GraphOperations;
  readonly limits: LimitOperations & QuotaOperations;
  /** The types a job may have, and the plugins they come from. */
  readonly jobTypes: JobTypes;
  readonly artifacts: ArtifactOperations;
  readonly bulk: BulkOperations;
  readonly attention: AttentionOperations;
  readonly chains: ChainOperations;
  readonly hooks: HookOperations;
  readonly provisioning: ProvisionOperations;
  readonly audit: AuditOperations;
  readonly people: PeopleOperations & ErasureOperations;
  readonly keys: KeyOperations;
  readonly sharing: SharingOperations;
  /** The same as somebody sees them: what is asked for is answered from what they see. Whether they may act is asked before. */
  seenBy(sight: Sight): Operations;
  readonly secrets: SecretOperations;
  readonly signInMethods: SignInMethodOperations;
  readonly identities: IdentityOperations;
  readonly scripts: ScriptOperations;
  readonly scriptFiles: ScriptFileOperations;
  readonly tokenKeys: TokenKeyOperations;
  readonly hostAccounts: HostAccountOperations;
  readonly devices: DeviceOperations;
}

export function createOperations(context: OperationContext): Operations {
  const jobs = jobOperations(context);
  const acts = { ...jobs, ...pauseOperations(context) };
  const runs = runOperations(context);
  return {
    jobs: { ...acts, ...failureOperations(context) },
    runs: {
      ...runs,
      ...draftOperations(context),
      ...backfillOperations(context),
      ...comparisonOperations(context),
    },
    schedules: scheduleOperations(context),
    calendars: calendarOperations(context),
    timeline: { ...timelineOperations(context), ...forecastOperations(context) },
    feeds: feedOperations(context),
    demo: demoOperations(context, jobs),
    maintenance: maintenanceOperations(context),
    why: whyOperations(context),
    alerts: alertOperations(context),
    webhooks: webhookOperations(context),
    monitors: monitorOperations(context),
    workers: workerOperations(context),
    clock: clockOperations(context),
    graph: graphOperations(context),
    limits: { ...limitOperations(context), ...quotaOperations(context) },
    jobTypes: context.jobTypes ?? comesAlone,
    artifacts: artifactOperations(context),
    bulk: bulkOperations(context, acts, runs),
    attention: attentionOperations(context),
    chains: chainOperations(context),
    hooks: hookOperations(context, runs),
    provisioning: provisionOperations(context, jobs),
    audit: auditOperations(context),
    people: { ...peopleOperations(context), ...erasureOperations(context) },
    keys: keyOperations(context),
    sharing: sharingOperations(context),
    seenBy: (sight) => {
      const whole = context.whole ?? context.store;
      return createOperations({ ...context, whole, store: whole.seenBy(sight), sight });
    },
    secrets: secretOperations(context),
    signInMethods: signInMethodOperations(context),
    identities: identityOperations(context),
    scripts: scriptOperations(context),
    scriptFiles: scriptFileOperations(context),
    tokenKeys: tokenKeyOperations(context),
    hostAccounts: hostAccountOperations(context),
    devices: deviceOperations(context),
  };
}
