import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { ChallengePurpose, OneTimeKey, Passkey, SecondFactors, SignInChallenge } from '../model/sign-in-method.ts';

/**
 * What people show besides a password. Whatever counts once is taken by one statement that finds it unused: of two portals that
 * try at once, one is told so.
 */
export interface SignInMethodTable {
  /** In the place of one that is not confirmed. @returns false when there is a confirmed one */
  beginOneTime(key: OneTimeKey): Promise<boolean>;
  oneTime(personId: Id): Promise<OneTimeKey | null>;
  /** @returns false when it was confirmed before, or is another by now */
  confirmOneTime(key: Pick<OneTimeKey, 'personId' | 'secret'>, at: Instant, step: number): Promise<boolean>;
  /** Counts a try at a code. @returns false when there were `most` since `since`: this one is not to be looked at */
  countTry(personId: Id, now: Instant, limit: { readonly most: number; readonly since: Instant }): Promise<boolean>;
  /** Uses up a step and all before it, and forgets the tries. @returns false when it was used up before */
  takeStep(personId: Id, step: number): Promise<boolean>;
  /** In the place of those before. */
  setRecoveryCodes(personId: Id, hashes: readonly string[]): Promise<void>;
  recoveryCodes(personId: Id): Promise<number>;
  /** @returns false when there is no such one, or it was used before */
  takeRecoveryCode(personId: Id, hash: string): Promise<boolean>;
  /** With the recovery codes. @returns false when there was none that counted */
  removeOneTime(personId: Id): Promise<boolean>;
  /** @throws `name_taken` for a credential that is known */
  addPasskey(passkey: Passkey): Promise<void>;
  /** By its credential, whoever's it is. */
  passkey(credentialId: string): Promise<Passkey | null>;
  /** Newest first. */
  passkeys(personId: Id): Promise<readonly Passkey[]>;
  /** @returns it as it was before; null for none of theirs */
  renamePasskey(personId: Id, id: Id, name: string): Promise<Passkey | null>;
  /** Notes a use. @returns false when it counts and the count did not rise: it was copied, or this answer was seen before */
  usePasskey(id: Id, counter: number, at: Instant): Promise<boolean>;
  /** @returns null when its person has none such */
  removePasskey(personId: Id, id: Id): Promise<Passkey | null>;
  removePasskeys(personId: Id): Promise<number>;
  /** Of everybody who has any. */
  secondFactors(): Promise<ReadonlyMap<Id, SecondFactors>>;
  addChallenge(challenge: SignInChallenge): Promise<void>;
  /** Uses one up. @returns null when there is none of the purpose, it was used, or is too old */
  takeChallenge(hash: string, purpose: ChallengePurpose, now: Instant): Promise<SignInChallenge | null>;
  /** Counts a try at one, which stays. @returns null as {@link takeChallenge}, and after `most` tries */
  tryChallenge(hash: string, purpose: ChallengePurpose, now: Instant, most: number): Promise<SignInChallenge | null>;
  /** Challenges that are over, and keys of codes that nobody has confirmed since `before`. */
  prune(now: Instant, before: Instant): Promise<number>;
}
