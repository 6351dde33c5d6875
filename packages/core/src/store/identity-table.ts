import type { Id } from '../model/id.ts';
import type { Identity, OidcFlow } from '../model/identity.ts';
import type { Instant } from '../model/instant.ts';

export interface IdentityTable {
  /** @throws `name_taken` when somebody has it already */
  insert(identity: Identity): Promise<void>;
  bySubject(issuer: string, subject: string): Promise<Identity | null>;
  /** Oldest first. */
  list(personId: Id): Promise<readonly Identity[]>;
  /** Notes that its provider vouched for it. */
  touch(id: Id, used: { readonly at: Instant; readonly account: string }): Promise<void>;
  /** @returns false when there was none */
  remove(id: Id): Promise<boolean>;
  begin(flow: OidcFlow): Promise<void>;
  /** Takes a flow away, so that it comes back once; also one that is too old. */
  take(stateHash: string): Promise<OidcFlow | null>;
  pruneFlows(now: Instant): Promise<number>;
}
