/** What must be answered within five minutes to come in, or to show once more who is there. */
import type { Millis } from '../model/instant.ts';
import type { ChallengePurpose, SignInChallenge } from '../model/sign-in-method.ts';
import { hashOfToken } from '../model/token-hash.ts';
import type { OperationContext } from './context.ts';

interface NewChallenge extends Pick<SignInChallenge, 'purpose' | 'signIn' | 'challenge'> {
  /** Null while nobody is known. */
  readonly person: { readonly id: number; readonly epoch: number } | null;
}

export interface ChallengeOperations {
  /** @returns the token, told once */
  openChallenge(input: NewChallenge): Promise<{ readonly token: string; readonly seconds: number }>;
  /** Uses one up. @returns null, alike for an unknown, a used and an old one, and one for another purpose */
  takeChallenge(token: string, purpose: ChallengePurpose): Promise<SignInChallenge | null>;
  /** Counts one of five tries at one, which stays until it is taken. @returns null as {@link takeChallenge}, and for the sixth */
  tryChallenge(token: string, purpose: ChallengePurpose): Promise<SignInChallenge | null>;
}

const validMs: Millis = 5 * 60_000;
/** Wrong codes after which a sign-in begins anew. */
const mostTries = 5;

export function challengeOperations({ store, system }: OperationContext): ChallengeOperations {
  return {
    async openChallenge({ person, ...rest }) {
      const token = Buffer.from(system.random.bytes(32)).toString('base64url');
      const now = await store.now();
      await store.signInMethods.addChallenge({
        ...rest,
        hash: hashOfToken(token),
        createdAt: now,
        expiresAt: now + validMs,
        personId: person?.id ?? null,
        epoch: person?.epoch ?? 0,
        tries: 0,
      });
      return { token, seconds: validMs / 1000 };
    },
    takeChallenge: async (token, purpose) =>
      store.signInMethods.takeChallenge(hashOfToken(token), purpose, await store.now()),
    tryChallenge: async (token, purpose) =>
      store.signInMethods.tryChallenge(hashOfToken(token), purpose, await store.now(), mostTries),
  };
}
