import type { FastifyRequest } from 'fastify';
import type { KnownCredential } from 'job-trigger-contract';
import type { Person, SignInChallenge } from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import { countShown, relyingParty } from './passkeys.ts';

/**
 * Whom an answer of an authenticator proves, with what it answers to: the challenge is used up, whatever comes of it.
 *
 * @returns null, alike for a challenge that is none or over, a passkey that nobody has, a wrong signature, and a count that did
 * not rise
 */
export async function personBehind(
  { operations, config }: Pick<PortalOptions, 'operations' | 'config'>,
  request: FastifyRequest,
  purpose: 'passkey_sign_in' | 'passkey_proof',
  answer: { readonly token: string; readonly credential: KnownCredential },
): Promise<{ readonly person: Person; readonly asked: SignInChallenge } | null> {
  const { signInMethods: methods } = operations;
  const party = relyingParty(request, config.values.publicUrl);
  const asked = await methods.takeChallenge(answer.token, purpose);
  const found = await methods.passkeyNamed(answer.credential.id);
  if (asked === null || asked.challenge === null || found === null) return null;
  const count = await countShown(party, asked.challenge, found.passkey, answer.credential);
  if (count === null || !(await methods.usePasskey(found.passkey, count))) return null;
  return { person: found.person, asked };
}
