/** What one person may hold, by themselves and by all their keys together. */
import type { Id } from './id.ts';

/** In the order in which they are told. */
export const quotaKinds = ['jobs', 'schedules', 'waiting_runs'] as const;
export type QuotaKind = (typeof quotaKinds)[number];

/** The most of each; 0 is no limit. Deleted jobs and their schedules do not count. */
export type Quotas = Readonly<Record<QuotaKind, number>>;

/** The defaults of `quota.*`: far above what people keep by hand, far below what makes pages and planning slow. */
export const defaultQuotas: Quotas = { jobs: 10_000, schedules: 20_000, waiting_runs: 20_000 };

/** Whose jobs are counted: a person's, or, as one, those that nobody owns. */
export type Holder = Id | null;

/** How much of one quota is used. */
export interface QuotaUse {
  readonly kind: QuotaKind;
  /** No more than is allowed, where more would have been dear to count. */
  readonly held: number;
  /** Null is no limit. */
  readonly most: number | null;
}
