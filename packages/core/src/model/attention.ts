/** What a person must decide: one item a cause, however many runs it ended. */
import { alertKinds, type AlertSeverity } from './alert.ts';
import { toUuid, type Id, type Reference } from './id.ts';
import type { Instant } from './instant.ts';
import type { FailureCategory } from './run.ts';

/** Runs that ended badly, and every kind of alert. */
export const attentionKinds = ['failing', 'retries_exhausted', ...alertKinds] as const;
export type AttentionKind = (typeof attentionKinds)[number];

export const attentionStates = ['open', 'snoozed', 'resolved'] as const;
export type AttentionState = (typeof attentionStates)[number];

/** What the first button of an item does; `open` leads to the page that shows its subject. */
export const attentionActs = ['edit_job', 'open_log', 'retry', 'retry_later', 'retry_all', 'open'] as const;
export type AttentionAct = (typeof attentionActs)[number];

/** A failure that has come so often in a row is critical. */
export const criticalInARow = 5;

/** How an item ended the last time it did. */
export interface AttentionEnding {
  readonly at: Instant;
  /** Null: it ended by itself. */
  readonly by: string | null;
  readonly how: string;
}

/** One cause. A fingerprint has one item for ever: when it comes again, the item opens again and remembers. */
export interface AttentionItem {
  readonly id: Id;
  /** When the cause was first seen. */
  readonly createdAt: Instant;
  readonly fingerprint: string;
  readonly kind: AttentionKind;
  readonly severity: AlertSeverity;
  /** Of its runs; null for what is about none. */
  readonly category: FailureCategory | null;
  readonly title: string;
  /** The line that shows it: the end of the output, or what an alert says. */
  readonly evidence: string;
  /** How often it has opened. */
  readonly spell: number;
  /** When it opened this time. */
  readonly sinceAt: Instant;
  readonly seenAt: Instant;
  /** Runs that ended so this time, or instants of its alert. */
  readonly times: number;
  /** Jobs that it touches this time. */
  readonly jobs: number;
  /** Failures of the worst of them in a row. */
  readonly inARow: number;
  /** The only job, or null for several and for none. */
  readonly job: Reference | null;
  /** The newest run that ended so; null without one. */
  readonly run: Reference | null;
  /** The alert that stands behind it, with the page that shows it; null for failing runs. */
  readonly alertId: Id | null;
  readonly ownerId: Id | null;
  readonly ownerName: string | null;
  readonly note: string | null;
  readonly acknowledgedAt: Instant | null;
  readonly acknowledgedBy: string | null;
  readonly snoozedUntil: Instant | null;
  readonly resolvedAt: Instant | null;
  /** How it ended: now, or the time before. Null while it never has. */
  readonly ending: AttentionEnding | null;
}

/** A job that an item touches. */
export interface AttentionJob extends Reference {
  readonly times: number;
  readonly run: Reference | null;
  /** When a later run of it succeeded; null while none has. */
  readonly healedAt: Instant | null;
}

/** A run of an item. */
export interface AttentionRun extends Reference {
  readonly jobId: Id;
  readonly endedAt: Instant;
  /** The run that was made of it here; null when none was. */
  readonly retry: Reference | null;
}

/** What all that stands comes to. */
export interface AttentionSummary {
  /** Unresolved and not snoozed. */
  readonly open: number;
  /** Of those, how many nobody has acknowledged. */
  readonly unread: number;
  readonly snoozed: number;
  /** Of the open ones, with a job that failed at least {@link criticalInARow} times in a row. */
  readonly critical: number;
  readonly oldestAt: Instant | null;
  readonly byKind: Readonly<Partial<Record<AttentionKind, number>>>;
  readonly byCategory: Readonly<Partial<Record<FailureCategory, number>>>;
  /** Of open items with jobs, by their jobs' type; one with jobs of two types counts for both. */
  readonly byType: Readonly<Record<string, number>>;
}

export function attentionState(
  { resolvedAt, snoozedUntil }: Pick<AttentionItem, 'resolvedAt' | 'snoozedUntil'>,
  now: Instant,
): AttentionState {
  if (resolvedAt !== null) return 'resolved';
  return snoozedUntil !== null && snoozedUntil > now ? 'snoozed' : 'open';
}

function sentenceOf(kind: string, { evidence, ending }: AttentionItem): string {
  return kind === 'attention.resolved' && ending !== null ? ending.how : evidence;
}

/** What the event log tells of an item. */
export function attentionEvent(
  kind: 'attention.raised' | 'attention.resolved' | 'attention.reopened' | 'attention.changed' | 'attention.retried',
  item: AttentionItem,
  more: { readonly sentence?: string } = {},
) {
  const { job, title } = item;
  const sentence = more.sentence ?? sentenceOf(kind, item);
  return {
    kind,
    jobId: job?.id ?? null,
    jobCreatedAt: job?.createdAt ?? null,
    data: { item: toUuid(item), kind: item.kind, title, sentence },
  };
}
