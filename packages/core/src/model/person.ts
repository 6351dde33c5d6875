/** Who may sign in, what they may do, and the invitations by which others come. */
import type { Id } from './id.ts';
import type { Instant } from './instant.ts';

/** Each holds the one before. */
export const roles = ['viewer', 'operator', 'editor', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Whether `role` is `least` or holds it. */
export function holdsRole(role: Role, least: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(least);
}

export interface Person {
  readonly id: Id;
  readonly createdAt: Instant;
  /** Lower case; unique. */
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  /** May approve scripts, besides what the role allows; none of which they are the author. */
  readonly approver: boolean;
  readonly timezone: string;
  /** False: may not sign in, and no key of theirs counts. */
  readonly active: boolean;
  /** argon2id in PHC form; empty for whoever comes through others alone. */
  readonly passwordHash: string;
  /** Raised when all of a person's sign-ins must end. */
  readonly epoch: number;
  /** When a request of theirs last came with a sign-in, to the minute. */
  readonly seenAt: Instant | null;
}

/** A way in for one person, once. */
export interface Invitation {
  readonly id: Id;
  readonly createdAt: Instant;
  /** Lower case; unique among invitations. */
  readonly email: string;
  readonly role: Role;
  readonly approver: boolean;
  /** SHA-256 of the token; the token itself is never stored. */
  readonly hash: string;
  readonly expiresAt: Instant;
  /** Name of whoever invited. */
  readonly invitedBy: string;
}
