/** Who sees which job, and what they may do to it. */
import type { Id } from './id.ts';

/** What a job is shared for; each holds the one before. */
export const shareLevels = ['view', 'run', 'edit'] as const;
export type ShareLevel = (typeof shareLevels)[number];

/** `own`: also shares it and gives it away. */
export type JobLevel = ShareLevel | 'own';
export const jobLevels: readonly JobLevel[] = [...shareLevels, 'own'];

export const shareKinds = ['person', 'team', 'everyone'] as const;
export type ShareKind = (typeof shareKinds)[number];

/** Whoever is signed in stands behind this number, which no person and no team has. */
export const everyoneId: Id = 0;

/** The eyes that something is read with: those of a person who sees only what is theirs, or shared with them. */
export interface Sight {
  /** -1 for a caller who is no person: they see what is shared with everyone. */
  readonly personId: Id;
}

/** A job, shared. */
export interface Share {
  readonly with: ShareKind;
  /** Of the person or team; {@link everyoneId}. */
  readonly granteeId: Id;
  readonly level: ShareLevel;
}

/** People who are shared with as one. */
export interface Team {
  readonly id: Id;
  readonly createdAt: number;
  /** Unique, whatever its case. */
  readonly name: string;
  readonly members: readonly Id[];
}
