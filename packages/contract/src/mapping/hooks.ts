import { formatInstant, toUuid, type IncomingHook } from 'job-trigger-core';
import type { Hook } from '../shapes/hook.ts';

const instant = (at: number | null): string | null => (at === null ? null : formatInstant(at));

export function hookToWire(hook: IncomingHook): Hook {
  const id = toUuid(hook);
  return {
    id,
    name: hook.name,
    kind: hook.kind,
    active: hook.active,
    mapping: hook.mapping === null ? null : { ...hook.mapping },
    path: `/api/hooks/${id}`,
    former_secret_until: instant(hook.formerUntil),
    last_used_at: instant(hook.usedAt),
    created_at: formatInstant(hook.createdAt),
    updated_at: formatInstant(hook.updatedAt),
  };
}
