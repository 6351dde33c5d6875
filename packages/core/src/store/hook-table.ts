import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { IncomingHook } from '../model/incoming-hook.ts';

export interface HookTable {
  /** @throws `name_taken` */
  insert(hook: IncomingHook): Promise<void>;
  /** All but when it was used. @returns false when it is gone. @throws `name_taken` */
  update(hook: IncomingHook): Promise<boolean>;
  /** Notes that it was used. */
  touch(id: Id, at: Instant): Promise<void>;
  /** @returns false when there was none */
  remove(id: Id): Promise<boolean>;
  /** @param lock holds it until the transaction ends */
  get(id: Id, options?: { readonly lock: boolean }): Promise<IncomingHook | null>;
  /** Of a job, by name. */
  ofJob(jobId: Id): Promise<readonly IncomingHook[]>;
}
