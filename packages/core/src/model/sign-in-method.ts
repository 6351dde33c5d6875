/** What people show besides a password, or in its place. */
import type { Id } from './id.ts';
import type { Instant } from './instant.ts';

/** The key of somebody's one-time codes (RFC 6238). One a person. */
export interface OneTimeKey {
  readonly personId: Id;
  readonly createdAt: Instant;
  /** Sealed for its person (`sealed-place.ts`). */
  readonly secret: string;
  /** Null until a first code has shown that the app has the key; nothing asks for codes before that. */
  readonly confirmedAt: Instant | null;
  /** The 30 s of the last code that was taken; earlier ones and that one are refused. */
  readonly lastStep: number;
}

/** A credential that an authenticator holds; only its public part is known here. */
export interface Passkey {
  readonly id: Id;
  readonly createdAt: Instant;
  readonly personId: Id;
  /** What its person calls it. */
  readonly name: string;
  /** As the authenticator names it, base64url; unique. */
  readonly credentialId: string;
  /** COSE, base64url. */
  readonly publicKey: string;
  /** How often it was used, by its own account; 0 for one that does not count. */
  readonly counter: number;
  /** How browsers may reach it, such as `internal` and `usb`. */
  readonly transports: readonly string[];
  readonly usedAt: Instant | null;
}

/**
 * What a challenge is good for, and nothing else: the second step of a sign-in, or the answer of an authenticator, to come in,
 * to be taken in, or to prove once more who is there.
 */
export type ChallengePurpose = 'second_step' | 'passkey_sign_in' | 'passkey_new' | 'passkey_proof';

/** Something that must be answered within minutes, once. Its token is told to whoever is to answer. */
export interface SignInChallenge {
  /** SHA-256 of the token. */
  readonly hash: string;
  readonly purpose: ChallengePurpose;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  /** Whose it is; null while nobody is known. */
  readonly personId: Id | null;
  /** The person's when it was made: it is over once that is higher. 0 while nobody is known. */
  readonly epoch: number;
  /** Hash of the sign-in that asked for it; null where there was none. */
  readonly signIn: string | null;
  /** What the authenticator signs; null for a second step. */
  readonly challenge: string | null;
  /** Wrong answers so far. */
  readonly tries: number;
}

/** How many ways of the second kind somebody has. */
export interface SecondFactors {
  readonly oneTimeCodes: boolean;
  readonly passkeys: number;
}
