/** Items of attention as the database holds them. */
import type { AlertSeverity } from '../../model/alert.ts';
import type { AttentionItem, AttentionJob, AttentionKind, AttentionRun } from '../../model/attention.ts';
import type { Id, Reference } from '../../model/id.ts';
import type { FailureCategory } from '../../model/run.ts';
import type { AttentionItemRow, AttentionJobRow, AttentionRunRow } from './attention-schema.ts';

function referenceOf(id: Id | null, createdAt: number | null): Reference | null {
  return id === null || createdAt === null ? null : { id, createdAt };
}

export function toItem(row: AttentionItemRow & { readonly owner_name: string | null }): AttentionItem {
  return {
    id: row.id,
    createdAt: row.created_at,
    fingerprint: row.fingerprint,
    kind: row.kind as AttentionKind,
    severity: row.severity as AlertSeverity,
    category: row.category as FailureCategory | null,
    title: row.title,
    evidence: row.evidence,
    spell: row.spell,
    sinceAt: row.since_at,
    seenAt: row.seen_at,
    times: row.times,
    jobs: row.jobs,
    inARow: row.in_a_row,
    job: referenceOf(row.job_id, row.job_created_at),
    run: referenceOf(row.run_id, row.run_created_at),
    alertId: row.alert_id,
    ownerId: row.owner_id,
    ownerName: row.owner_name,
    note: row.note,
    acknowledgedAt: row.acknowledged_at,
    acknowledgedBy: row.acknowledged_by,
    snoozedUntil: row.snoozed_until,
    resolvedAt: row.resolved_at,
    ending: row.ended_at === null ? null : { at: row.ended_at, by: row.ended_by, how: row.ended_how ?? '' },
  };
}

export function toItemJob(row: AttentionJobRow): AttentionJob {
  return {
    id: row.job_id,
    createdAt: row.job_created_at,
    times: row.times,
    run: referenceOf(row.run_id, row.run_created_at),
    healedAt: row.healed_at,
  };
}

export function toItemRun(row: AttentionRunRow): AttentionRun {
  return {
    id: row.run_id,
    createdAt: row.run_created_at,
    jobId: row.job_id,
    endedAt: row.ended_at,
    retry: referenceOf(row.retry_id, row.retry_created_at),
  };
}
