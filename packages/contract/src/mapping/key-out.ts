import { formatInstant, scopesInForce, toUuid, type ApiKey, type Person } from 'job-trigger-core';
import type { Key } from '../shapes/key.ts';

const unusedMs = 60 * 86_400_000;

const instant = (at: number | null): string | null => (at === null ? null : formatInstant(at));

/** @param owner null once the account is gone */
export function keyToWire(
  key: ApiKey,
  { owner, mine, now }: { readonly owner: Person | null; readonly mine: boolean; readonly now: number },
): Key {
  return {
    id: toUuid(key),
    name: key.name,
    owner: owner === null ? null : { id: toUuid(owner), name: owner.name },
    mine,
    scopes: [...key.scopes],
    scopes_in_force: owner === null ? [] : [...scopesInForce(key, owner.role)],
    addresses: [...key.addresses],
    expires_at: formatInstant(key.expiresAt),
    former_until: (key.formerUntil ?? 0) > now ? instant(key.formerUntil) : null,
    last_used_at: instant(key.usedAt),
    last_used_from: key.usedFrom,
    unused: now - (key.usedAt ?? key.createdAt) >= unusedMs,
    created_at: formatInstant(key.createdAt),
  };
}
