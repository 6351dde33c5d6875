import type { ApiKey } from '../model/api-key.ts';
import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';

export interface KeyTable {
  /** @throws `name_taken` when its owner has one of that name */
  insert(key: ApiKey): Promise<void>;
  /** Its secrets and how long they count. @returns false when it is gone */
  renew(key: Pick<ApiKey, 'id' | 'hash' | 'formerHash' | 'formerUntil' | 'expiresAt'>): Promise<boolean>;
  /** Notes that it was used. */
  touch(id: Id, used: { readonly at: Instant; readonly from: string | null }): Promise<void>;
  /** @returns false when there was none */
  remove(id: Id): Promise<boolean>;
  /** Those that were over before. */
  prune(before: Instant): Promise<number>;
  /** @param lock holds it until the transaction ends */
  get(id: Id, options?: { readonly lock: boolean }): Promise<ApiKey | null>;
  /** By name; of everybody for null. */
  list(personId: Id | null): Promise<readonly ApiKey[]>;
}
