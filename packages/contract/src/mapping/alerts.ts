/** Alerts going out. */
import { alertAdvice, alertPath, formatInstant, toUuid, type Alert } from 'job-trigger-core';
import type { AlertShape } from '../shapes/alert.ts';

const instant = (at: number | null): string | null => (at === null ? null : formatInstant(at));
const uuid = (id: number | null, createdAt: number | null): string | null =>
  id === null || createdAt === null ? null : toUuid({ id, createdAt });

/** @param jobName null for an alert without a job, or whose job is gone */
export function alertToWire(alert: Alert, jobName: string | null): AlertShape {
  return {
    id: toUuid(alert),
    kind: alert.kind,
    severity: alert.severity,
    state: alert.resolvedAt === null ? 'open' : 'resolved',
    title: alert.title,
    text: alert.text,
    advice: alertAdvice(alert),
    link: alertPath(alert),
    job_id: uuid(alert.jobId, alert.jobCreatedAt),
    job_name: jobName,
    run_id: uuid(alert.runId, alert.runCreatedAt),
    count: alert.count,
    from_at: instant(alert.fromAt),
    to_at: instant(alert.toAt),
    raised_at: formatInstant(alert.createdAt),
    updated_at: formatInstant(alert.updatedAt),
    resolved_at: instant(alert.resolvedAt),
    resolution: alert.resolution,
    acknowledged_at: instant(alert.acknowledgedAt),
    acknowledged_by: alert.acknowledgedBy,
  };
}
