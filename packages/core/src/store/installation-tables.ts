import type { Instant } from '../model/instant.ts';

/** Facts about the installation that must outlive a process: its zone, its set-up token, its signing keys. */
export interface SettingTable {
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<void>;
  /** Writes only when the key is new. @returns what stands there afterwards */
  setOnce(key: string, value: unknown): Promise<unknown>;
  remove(key: string): Promise<void>;
  /** Values by key, of those whose key begins so. */
  startingWith(prefix: string): Promise<Readonly<Record<string, unknown>>>;
}

/** Answers to requests that carried an `Idempotency-Key`, kept 24 h. */
export interface IdempotencyTable {
  /**
   * Takes the key for a request. Null: it is new and now yours, answer it in the same transaction. Otherwise the
   * stored request hash and answer of the first one.
   */
  take(
    key: string,
    scope: string,
    requestHash: string,
  ): Promise<{ readonly requestHash: string; readonly answer: unknown } | null>;
  /** What {@link take} would answer for a key that is taken, without taking it. */
  find(key: string, scope: string): Promise<{ readonly requestHash: string; readonly answer: unknown } | null>;
  answer(key: string, scope: string, answer: unknown): Promise<void>;
  prune(before: Instant): Promise<number>;
}
