import type { AlertShape } from 'job-trigger-contract';

/** One total table: a new kind must have its words before it compiles. */
export const kindWords: Readonly<Record<AlertShape['kind'], string>> = {
  late: 'Late',
  missed: 'Missed',
  stuck: 'Stuck',
  waiting: 'Waiting',
  no_worker: 'No worker',
  scheduler_silent: 'No scheduler',
  worker_lost: 'Worker lost',
  set_aside: 'Set aside',
  leaked: 'Processes left',
  monitor_down: 'Monitor down',
  webhook_off: 'Webhook off',
  worker_unhealthy: 'Worker unhealthy',
  disk_full: 'Disk full',
  failover: 'Failover',
  breaker: 'Stopped',
  slow: 'Slower than usual',
  secret_expiring: 'Secret expires',
  awaiting_approval: 'Awaiting approval',
};

export const kindChoices = Object.keys(kindWords) as readonly AlertShape['kind'][];

/** What the link of an alert opens. */
export function subjectWords({ link, job_name }: Pick<AlertShape, 'link' | 'job_name'>): string {
  if (link.includes('tab=occurrences')) return `Open occurrences${job_name === null ? '' : ` of ${job_name}`}`;
  if (link.startsWith('/runs/')) return `Open run${job_name === null ? '' : ` of ${job_name}`}`;
  if (link.startsWith('/jobs/')) return `Open ${job_name ?? 'job'}`;
  return elsewhere.find(([path]) => link.startsWith(path))?.[1] ?? 'Open Workers';
}

/** Of what is about no job. */
const elsewhere: readonly (readonly [string, string])[] = [
  ['/monitors/', 'Open monitor'],
  ['/scripts/', 'Review script'],
  ['/secrets', 'Open Secrets'],
  ['/admin/webhooks/', 'Open webhook'],
  ['/admin/health', 'Open Health'],
];
