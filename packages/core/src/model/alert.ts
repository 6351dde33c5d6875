/** What somebody should know although nobody asked: raised by time, ended by time or by a person. */
import type { Id } from './id.ts';
import { toUuid } from './id.ts';
import { formatInstant, type Instant } from './instant.ts';

export const alertKinds = [
  'late',
  'missed',
  'stuck',
  'waiting',
  'no_worker',
  'scheduler_silent',
  'worker_lost',
  'set_aside',
  'leaked',
  'monitor_down',
  'webhook_off',
  'worker_unhealthy',
  'disk_full',
  'failover',
  'breaker',
  'slow',
  'secret_expiring',
  'awaiting_approval',
] as const;
export type AlertKind = (typeof alertKinds)[number];

export const alertSeverities = ['info', 'warning', 'error'] as const;
export type AlertSeverity = (typeof alertSeverities)[number];

/** One cause is one alert: while it stands, its fingerprint is taken. */
export interface Alert {
  readonly id: Id;
  /** When it was raised. */
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly kind: AlertKind;
  readonly severity: AlertSeverity;
  readonly fingerprint: string;
  readonly jobId: Id | null;
  readonly jobCreatedAt: Instant | null;
  /** The run it is about; of several the oldest. */
  readonly runId: Id | null;
  readonly runCreatedAt: Instant | null;
  readonly title: string;
  /** What happened, in sentences. */
  readonly text: string;
  /** How many runs or instants it stands for. */
  readonly count: number;
  /** First and last instant it is about; null where it is about none. */
  readonly fromAt: Instant | null;
  readonly toAt: Instant | null;
  /**
   * The newest fact it has counted: a ledger row's `decided_at`, or an event's number. Null for a condition, which is
   * looked at anew each time and ends when it is over.
   */
  readonly seen: number | null;
  readonly resolvedAt: Instant | null;
  /** How it ended, in a sentence. */
  readonly resolution: string | null;
  readonly acknowledgedAt: Instant | null;
  readonly acknowledgedBy: string | null;
}

/** What to do about each kind. */
const advice: Readonly<Record<AlertKind, string>> = {
  late: 'Look what it waits for; run it now if it cannot wait.',
  missed: 'Look at its occurrences, and run it if the work is still wanted.',
  stuck: 'Read its output; cancel it if it hangs.',
  waiting: 'Look what it waits for; cancel it if it is not wanted any more.',
  no_worker: 'Start a worker on any host that reaches the database: jtp worker',
  scheduler_silent: 'Start a scheduler, or look why it stands still: jtp scheduler',
  worker_lost: 'Look what became of its runs, then start the worker again.',
  set_aside: 'Read its output before you run it again: it may be what ends its worker.',
  leaked: 'End the processes it names by hand, on the worker’s host.',
  monitor_down: 'Look at the job on its own machine, and whether it still reports here.',
  webhook_off: 'Look at its last deliveries, mend the receiver, and switch it on again.',
  failover: 'Look at the event log: it names what could not be written again.',
  breaker: 'Look at its last failures, mend the cause, and run it: that starts it afresh.',
  slow: 'Read its output and how far it is; compare it with an earlier run.',
  secret_expiring: 'Get a new value from where it comes from, and rotate the secret.',
  awaiting_approval: 'Review it: what it holds now runs once another person than its author has approved it.',
  worker_unhealthy: 'Look at the limits of processes and memory on its host; it tries again by itself.',
  disk_full:
    'Make room on the disk of the data folder; it goes on by itself within seconds. What retention would remove: jtp cleanup run --dry-run',
};

/** Facts that go on until something else happens: to have seen one does not end it. */
const lasting: ReadonlySet<AlertKind> = new Set(['monitor_down', 'webhook_off', 'worker_unhealthy', 'breaker']);

/** Whether it ends once somebody has seen it: it tells what has happened, and is over. */
export function endsWhenSeen({ kind, seen }: Pick<Alert, 'kind' | 'seen'>): boolean {
  return seen !== null && !lasting.has(kind);
}

/** The name of its cause. @param subject its job's id; outside id or name of what else it is about */
export function fingerprintOf(kind: AlertKind, subject: Id | string): string {
  return `${kind}:${subject}`;
}

/** What stands in the fingerprint behind the kind. */
export function alertSubject({ kind, fingerprint }: Pick<Alert, 'kind' | 'fingerprint'>): string {
  return fingerprint.slice(kind.length + 1);
}

export function alertAdvice({ kind }: Pick<Alert, 'kind'>): string {
  return advice[kind];
}

/** The outside id of something that may be absent. */
function uuidOf(id: Id | null, createdAt: Instant | null): string | null {
  return id === null || createdAt === null ? null : toUuid({ id, createdAt });
}

/** Path of the page that shows the subject, below the portal's address. */
export function alertPath(
  alert: Pick<Alert, 'kind' | 'fingerprint' | 'jobId' | 'jobCreatedAt' | 'runId' | 'runCreatedAt' | 'fromAt' | 'toAt'>,
): string {
  const job = uuidOf(alert.jobId, alert.jobCreatedAt);
  const run = uuidOf(alert.runId, alert.runCreatedAt);
  if (alert.kind === 'missed' && job !== null) return `/jobs/${job}?tab=occurrences${spanOf(alert)}`;
  const own = ownPages[alert.kind];
  if (own !== undefined) return own(alertSubject(alert));
  if (run !== null) return `/runs/${run}`;
  return job === null ? '/workers' : `/jobs/${job}`;
}

const health = (): string => '/admin/health';

/** Of kinds that have a page whatever job and run they name: of a failover the record of its run may be gone. */
const ownPages: Readonly<Partial<Record<AlertKind, (subject: string) => string>>> = {
  failover: health,
  scheduler_silent: health,
  disk_full: health,
  monitor_down: (subject) => `/monitors/${subject}`,
  webhook_off: (subject) => `/admin/webhooks/${subject}`,
  secret_expiring: () => '/secrets',
  awaiting_approval: (subject) => `/scripts/${subject}`,
};

function spanOf({ fromAt, toAt }: Pick<Alert, 'fromAt' | 'toAt'>): string {
  return fromAt === null || toAt === null ? '' : `&from=${formatInstant(fromAt)}&to=${formatInstant(toAt)}`;
}

/** What channels deliver: complete, so that no reader has to look anything up. */
export function alertEvent(kind: 'alert.raised' | 'alert.resolved' | 'alert.acknowledged', alert: Alert) {
  const { jobId, jobCreatedAt, runId, runCreatedAt } = alert;
  return {
    kind,
    jobId,
    jobCreatedAt,
    runId,
    runCreatedAt,
    data: {
      alert: toUuid(alert),
      kind: alert.kind,
      severity: alert.severity,
      title: alert.title,
      sentence: kind === 'alert.resolved' ? (alert.resolution ?? '') : alert.text,
      text: alert.text,
      count: alert.count,
      job: uuidOf(jobId, jobCreatedAt),
      run: uuidOf(runId, runCreatedAt),
      link: alertPath(alert),
    },
  };
}
