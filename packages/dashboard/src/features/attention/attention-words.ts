import type { AttentionShape } from 'job-trigger-contract';
import { kindWords as alertWords } from '../alerts/alert-words.ts';

/** One total table: a new kind must have its words before it compiles. */
export const kindWords: Readonly<Record<AttentionShape['kind'], string>> = {
  failing: 'Failing',
  retries_exhausted: 'Retries used up',
  ...alertWords,
};

type Class = NonNullable<AttentionShape['class']>;

export const classWords: Readonly<Record<Class, string>> = {
  api_limit: 'Quota',
  auth_error: 'Auth',
  network_error: 'Network',
  config_error: 'Config',
  timeout: 'Timeout',
  script_error: 'Code',
  unknown: 'Unknown',
};

/** What the link of an item opens. */
export function subjectWords({ link }: Pick<AttentionShape, 'link'>): string {
  if (link.includes('tab=occurrences')) return 'Open occurrences';
  if (link.startsWith('/runs/')) return 'Open run';
  if (link.startsWith('/jobs/')) return 'Open job';
  if (link.startsWith('/monitors/')) return 'Open monitor';
  if (link.startsWith('/scripts/')) return 'Review script';
  if (link.startsWith('/admin/webhooks/')) return 'Open webhook';
  return link === '/admin/health' ? 'Open Health' : 'Open Workers';
}

/** "7 times, 5 in a row". */
export function timesWords({
  times,
  in_a_row: row,
  jobs,
}: Pick<AttentionShape, 'times' | 'in_a_row' | 'jobs'>): string {
  const often = times === 1 ? 'once' : `${times} times`;
  const inRow = row > 1 && row !== times ? `, ${row} in a row` : '';
  return `${often}${inRow}${jobs > 1 ? ` · ${jobs} jobs` : ''}`;
}

/** Whether something of it can be run again here. */
export function canRetry({ run_id, kind, job_id }: Pick<AttentionShape, 'run_id' | 'kind' | 'job_id'>): boolean {
  if (kind === 'missed' || kind === 'breaker') return job_id !== null;
  return run_id !== null && kind !== 'late' && kind !== 'waiting' && kind !== 'leaked';
}
