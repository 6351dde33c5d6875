import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';

/** A key that signs access tokens. */
export interface TokenKey {
  readonly id: Id;
  readonly createdAt: Instant;
  /** Its 32 bytes, in base64url, by the key of the installation. */
  readonly sealed: string;
}

/** An opaque credential by its SHA-256, which is exchanged for the next one of its family. */
export interface RefreshToken {
  readonly hash: string;
  readonly createdAt: Instant;
  /** The hash of the sign-in that it goes on with: its family. */
  readonly signIn: string;
  /** Null as long as it counts. */
  readonly usedAt: Instant | null;
}

export interface TokenTable {
  /** Newest first. */
  keys(): Promise<readonly TokenKey[]>;
  addKey(key: TokenKey): Promise<void>;
  pruneKeys(before: Instant): Promise<number>;
  addRefresh(token: RefreshToken): Promise<void>;
  /** Also one that was used. */
  refresh(hash: string): Promise<RefreshToken | null>;
  /** @returns false when it was used before: of two at once one is told so */
  useRefresh(hash: string, usedAt: Instant): Promise<boolean>;
  /** Those of sign-ins that are over. */
  pruneRefresh(): Promise<number>;
}
