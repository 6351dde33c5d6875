import {
  formatInstant,
  fromUuid,
  invalidField,
  toUuid,
  type NewSecret,
  type NewSecretValue,
  type SecretView,
} from 'job-trigger-core';
import { instantToCore } from './job-in.ts';
import type { Secret, SecretInput, SecretValue } from '../shapes/secret.ts';

const instant = (at: number | null): string | null => (at === null ? null : formatInstant(at));

export function secretToWire({ secret, job, usedBy, problem }: SecretView): Secret {
  return {
    id: toUuid(secret),
    name: secret.name,
    scope: secret.scope,
    job: job === null ? null : { id: toUuid(job), name: job.name },
    provider: secret.provider,
    reference: secret.reference,
    version: secret.version,
    used_by: usedBy.map((use) => ({ id: toUuid(use), name: use.jobName, next_due_at: instant(use.nextDueAt) })),
    problem,
    last_used_at: instant(secret.usedAt),
    rotated_at: formatInstant(secret.rotatedAt),
    expires_at: instant(secret.expiresAt),
    created_by: secret.createdBy,
    created_at: formatInstant(secret.createdAt),
  };
}

/** @throws `invalid` for an instant that is none */
export function secretValueToCore({ expires_at: expires, ...value }: SecretValue): NewSecretValue {
  if (expires === undefined) return value;
  return { ...value, expiresAt: expires === null ? null : instantToCore(expires, 'expires_at') };
}

/** @throws `invalid` for an instant or a job that is none */
export function secretToCore({ name, scope, job_id: job, ...value }: SecretInput): NewSecret {
  const reference = job === undefined ? undefined : fromUuid(job);
  if (reference === null) throw invalidField('job_id', 'is the id of no job');
  return { name, scope, jobId: reference?.id, ...secretValueToCore(value) };
}
