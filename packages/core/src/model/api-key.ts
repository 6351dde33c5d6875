/** Credentials for programs: each acts for its owner, within its scopes. */
import type { Id } from './id.ts';
import type { Instant } from './instant.ts';
import type { Role } from './person.ts';

/** What a key may do; none holds another. The role of its owner bounds each. */
export const keyScopes = ['read', 'run', 'write', 'admin'] as const;
export type KeyScope = (typeof keyScopes)[number];

/** The scope that stands for what a role may at least. */
export const scopeOfRole: Readonly<Record<Role, KeyScope>> = {
  viewer: 'read',
  operator: 'run',
  editor: 'write',
  admin: 'admin',
};

export interface ApiKey {
  readonly id: Id;
  readonly createdAt: Instant;
  /** For whom it acts. */
  readonly personId: Id;
  /** Unique among the keys of its owner, whatever the case. */
  readonly name: string;
  readonly scopes: readonly KeyScope[];
  /** Addresses and ranges it is taken from; empty for any. */
  readonly addresses: readonly string[];
  /** SHA-256 of the whole key; the key itself is never stored. */
  readonly hash: string;
  /** Of the key before the last rotation; taken until `formerUntil`. */
  readonly formerHash: string | null;
  readonly formerUntil: Instant | null;
  readonly expiresAt: Instant;
  /** To the minute. */
  readonly usedAt: Instant | null;
  /** The address it last came from. */
  readonly usedFrom: string | null;
}
