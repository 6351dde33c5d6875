import type { Id } from './id.ts';

/** A setting that an administrator has changed while the installation runs. */
export interface PageSetting {
  /** The person whose jobs it holds for; null for the installation. */
  readonly ownerId: Id | null;
  readonly key: string;
  readonly value: unknown;
}
