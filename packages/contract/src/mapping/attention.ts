/** Items of attention going out. */
import {
  adviceOf,
  alertPath,
  attentionState,
  criticalInARow,
  failureAdvice,
  formatInstant,
  toUuid,
  type AttentionDetail as CoreDetail,
  type AttentionItem as CoreItem,
  type AttentionSummary,
  type FailurePattern,
  type Id,
  type Instant,
  type JobVersion,
  type Reference,
  type RetriedRun,
} from 'job-trigger-core';
import type { AttentionCount, AttentionDetail, AttentionRetried, AttentionShape } from '../shapes/attention.ts';

const instant = (at: number | null): string | null => (at === null ? null : formatInstant(at));
const uuid = (reference: Reference | null): string | null => (reference === null ? null : toUuid(reference));

/** What an item names, and when it is looked at. */
export interface AttentionNames {
  readonly now: Instant;
  readonly jobs: ReadonlyMap<Id, string>;
  /** Creation times of owners. */
  readonly people: ReadonlyMap<Id, Instant>;
}

function linkOf(item: CoreItem): string {
  const { kind, category, fingerprint, job, run } = item;
  if (category !== null && run !== null) return `/runs/${toUuid(run)}`;
  if (kind === 'failing' || kind === 'retries_exhausted') return job === null ? '/runs' : `/jobs/${toUuid(job)}`;
  const { id: jobId, createdAt: jobCreatedAt } = job ?? none;
  const { id: runId, createdAt: runCreatedAt } = (kind === 'worker_lost' ? null : run) ?? none;
  return alertPath({ kind, fingerprint, jobId, jobCreatedAt, runId, runCreatedAt, fromAt: null, toAt: null });
}

const none = { id: null, createdAt: null } as const;

export function attentionToWire(item: CoreItem, { now, jobs, people }: AttentionNames): AttentionShape {
  const { category, ownerId, ending } = item;
  const ownerMade = ownerId === null ? undefined : people.get(ownerId);
  return {
    id: toUuid(item),
    kind: item.kind,
    severity: item.severity,
    state: attentionState(item, now),
    class: category,
    class_text: category === null ? null : failureAdvice[category].word,
    title: item.title,
    evidence: item.evidence,
    recommended_action: adviceOf(item),
    link: linkOf(item),
    first_seen_at: formatInstant(item.createdAt),
    since: formatInstant(item.sinceAt),
    last_seen_at: formatInstant(item.seenAt),
    opened: item.spell,
    times: item.times,
    jobs: item.jobs,
    in_a_row: item.inARow,
    critical: item.inARow >= criticalInARow,
    job_id: uuid(item.job),
    job_name: item.job === null ? null : (jobs.get(item.job.id) ?? null),
    run_id: uuid(item.run),
    owner:
      ownerId === null || ownerMade === undefined
        ? null
        : { id: toUuid({ id: ownerId, createdAt: ownerMade }), name: item.ownerName ?? '' },
    note: item.note,
    acknowledged_at: instant(item.acknowledgedAt),
    acknowledged_by: item.acknowledgedBy,
    snoozed_until: instant(item.snoozedUntil),
    resolved_at: instant(item.resolvedAt),
    ending: ending === null ? null : { at: formatInstant(ending.at), by: ending.by, text: ending.how },
  };
}

/** What is known of the only job of an item. */
export interface AttentionJobFacts {
  readonly pattern: FailurePattern | null;
  readonly breakerOpen: boolean;
  /** The version that the newest failed run had. */
  readonly version: Pick<JobVersion, 'author' | 'createdAt'> | null;
}

function sinceToWire(
  since: CoreDetail['since'],
  version: AttentionJobFacts['version'],
): AttentionDetail['since_success'] {
  if (since === null) return null;
  const { success, changes } = since;
  return {
    run_id: uuid(success),
    ended_at: instant(success?.endedAt ?? null),
    version:
      changes.version === null
        ? null
        : { ...changes.version, by: version?.author ?? null, at: instant(version?.createdAt ?? null) },
    worker: changes.worker,
    script: changes.script,
    parameters: [...changes.parameters],
  };
}

export function attentionDetailToWire(
  { item, jobs, runs, since }: CoreDetail,
  names: AttentionNames,
  { pattern, breakerOpen, version }: AttentionJobFacts,
): AttentionDetail {
  const known = new Map(jobs.map((job) => [job.id, toUuid(job)]));
  return {
    ...attentionToWire(item, names),
    touched: jobs.map((job) => ({
      job_id: toUuid(job),
      job_name: job.name,
      times: job.times,
      run_id: uuid(job.run),
      healed_at: instant(job.healedAt),
    })),
    runs: runs.flatMap((run) => {
      const job = known.get(run.jobId);
      if (job === undefined) return [];
      return [
        { run_id: toUuid(run), job_id: job, ended_at: formatInstant(run.endedAt), retry_run_id: uuid(run.retry) },
      ];
    }),
    since_success: sinceToWire(since, version),
    pattern:
      pattern === null
        ? null
        : {
            consecutive_failures: pattern.consecutiveFailures,
            recent_failures: pattern.recentFailures,
            error_patterns: [...pattern.errorPatterns],
          },
    breaker_open: breakerOpen,
  };
}

export function attentionCountToWire(summary: AttentionSummary, now: Instant): AttentionCount {
  return {
    open: summary.open,
    unread: summary.unread,
    snoozed: summary.snoozed,
    critical: summary.critical,
    requires_immediate_attention: summary.critical > 0,
    oldest_at: instant(summary.oldestAt),
    by_kind: summary.byKind,
    by_class: summary.byCategory,
    by_job_type: { ...summary.byType },
    checked_at: formatInstant(now),
  };
}

/** @param jobs creation times by number */
export function retriedToWire(
  results: readonly RetriedRun[],
  jobs: ReadonlyMap<Id, Instant>,
  item: AttentionShape,
): AttentionRetried {
  return {
    retried: results.filter(({ retry, before }) => retry !== null && !before).length,
    refused: results.filter(({ refused }) => refused !== null).length,
    before: results.filter(({ before }) => before).length,
    items: results.map(({ run, jobId, retry, before, refused }) => {
      const createdAt = jobs.get(jobId);
      return {
        run_id: uuid(run),
        job_id: createdAt === undefined ? null : toUuid({ id: jobId, createdAt }),
        retry_run_id: uuid(retry),
        before,
        code: refused?.code ?? null,
        message: refused?.message ?? null,
      };
    }),
    item,
  };
}
