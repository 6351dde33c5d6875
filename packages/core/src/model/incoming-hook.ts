/** Ways in for other programs: what arrives at a hook starts a run of its job. */
import type { Id } from './id.ts';
import type { Instant } from './instant.ts';

/** How a sender proves itself: it signs each message (Standard Webhooks), or shows a key (`Authorization: Bearer`). */
export const hookKinds = ['signed', 'keyed'] as const;
export type HookKind = (typeof hookKinds)[number];

/** Where values stand in the body of a message, by the parameter that takes them: `commit.author.name`, `files.0`. */
export type HookMapping = Readonly<Record<string, string>>;

export interface IncomingHook {
  readonly id: Id;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly jobId: Id;
  /** Unique among those of its job, whatever the case. */
  readonly name: string;
  readonly kind: HookKind;
  readonly active: boolean;
  /** Null takes the fields that are named as parameters of the job are. */
  readonly mapping: HookMapping | null;
  /** Of a signed one sealed, of a keyed one its SHA-256. */
  readonly secret: string;
  /** As `secret`; taken besides it until `formerUntil`. */
  readonly formerSecret: string | null;
  readonly formerUntil: Instant | null;
  /** When a message was last found to be the sender's. */
  readonly usedAt: Instant | null;
}
