/**
 * Passkeys (WebAuthn, level 3): what a browser is asked with, and whether its answer is right. The library is loaded when the
 * first person uses one.
 */
import type { FastifyRequest } from 'fastify';
import type { KnownCredential, NewCredential } from 'job-trigger-contract';
import { JobTriggerError, type Passkey, type Person } from 'job-trigger-core';
import { isFromThisMachine } from './this-machine.ts';

/** The name that passkeys are made for and bound to, with the origin of its pages. */
export interface RelyingParty {
  readonly id: string;
  readonly origin: string;
}

const name = 'Job Trigger Portal';
/** EdDSA, ES256, RS256. */
const algorithms = [-8, -7, -257];
const waitMs = 5 * 60_000;

const library = () => import('@simplewebauthn/server');

/**
 * Whom passkeys are made for: the host of `server.public_url`, or `localhost` within one machine. An address in numbers can
 * have none, and what a stranger writes into `Host` must not become a name.
 *
 * @returns the reason where passkeys do not work
 */
export function relyingPartyOf(request: FastifyRequest, publicUrl: string | null): RelyingParty | string {
  const { host = '' } = request.headers;
  if (isFromThisMachine(request.raw) && /^localhost(?::\d+)?$/i.test(host))
    return { id: 'localhost', origin: `${request.protocol}://${host}` };
  if (publicUrl === null)
    return isFromThisMachine(request.raw)
      ? `Passkeys need a name: open the portal as http://localhost:${request.socket.localPort ?? 0}.`
      : 'Passkeys need a fixed address: an administrator sets server.public_url.';
  const { hostname, origin, protocol } = new URL(publicUrl);
  if (/^[\d.]+$|^\[/.test(hostname)) return `Passkeys need a name, and server.public_url names an address: ${origin}.`;
  return protocol === 'https:' || hostname === 'localhost'
    ? { id: hostname, origin }
    : `Passkeys need HTTPS, and server.public_url has none: ${origin}.`;
}

/** For {@link relyingPartyOf} where there must be one. @throws `conflict` with the reason */
export function relyingParty(request: FastifyRequest, publicUrl: string | null): RelyingParty {
  const party = relyingPartyOf(request, publicUrl);
  if (typeof party === 'string') throw new JobTriggerError('conflict', party);
  return party;
}

type Options = Readonly<Record<string, unknown>> & { readonly challenge: string };

/** What makes a new one. It must know its person by itself, so that nobody types an address to come in. */
export async function optionsToAdd(party: RelyingParty, person: Person, known: readonly Passkey[]): Promise<Options> {
  const { generateRegistrationOptions } = await library();
  const options = await generateRegistrationOptions({
    rpID: party.id,
    rpName: name,
    userID: new TextEncoder().encode(String(person.id)),
    userName: person.email,
    userDisplayName: person.name,
    attestationType: 'none',
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    excludeCredentials: known.map(({ credentialId }) => ({ id: credentialId })),
    supportedAlgorithmIDs: algorithms,
    timeout: waitMs,
  });
  return { ...options };
}

/** What asks for one: any, or one of these. */
export async function optionsToShow(party: RelyingParty, known: readonly Passkey[] = []): Promise<Options> {
  const { generateAuthenticationOptions } = await library();
  const options = await generateAuthenticationOptions({
    rpID: party.id,
    userVerification: 'required',
    timeout: waitMs,
    ...(known.length === 0
      ? {}
      : {
          allowCredentials: known.map(({ credentialId, transports }) => ({
            id: credentialId,
            transports: [...transports],
          })),
        }),
  });
  return { ...options };
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

/**
 * What to keep of a new one. The person was checked by the authenticator itself, so that it is both factors.
 *
 * @returns null for an answer that is wrong. A statement of its maker is refused unread: its certificates name addresses that
 * would be asked.
 */
export async function whatWasAdded(
  party: RelyingParty,
  challenge: string,
  credential: NewCredential,
): Promise<Pick<Passkey, 'credentialId' | 'publicKey' | 'counter' | 'transports'> | null> {
  const [{ verifyRegistrationResponse }, { decodeAttestationObject }] = await Promise.all([
    library(),
    import('@simplewebauthn/server/helpers'),
  ]);
  try {
    const statement = decodeAttestationObject(
      Uint8Array.from(Buffer.from(credential.response.attestationObject, 'base64url')),
    );
    const isPlain =
      ['none', 'packed'].includes(statement.get('fmt')) && statement.get('attStmt').get('x5c') === undefined;
    if (!isPlain) return null;
    const verified = await verifyRegistrationResponse({
      response: credential as never,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    });
    if (!verified.verified) return null;
    const { id, publicKey, counter } = verified.registrationInfo.credential;
    const transports = (credential.response.transports ?? []).filter((each) => /^[a-z-]{1,20}$/.test(each));
    return { credentialId: id, publicKey: base64url(publicKey), counter, transports };
  } catch {
    // The library throws for whatever is wrong; which of it, is for nobody to know.
    return null;
  }
}

/** The count that a right answer carries; null for a wrong one. */
export async function countShown(
  party: RelyingParty,
  challenge: string,
  passkey: Passkey,
  credential: KnownCredential,
): Promise<number | null> {
  const { userHandle } = credential.response;
  const isTheirs = (userHandle ?? '') === '' || userHandle === base64url(Buffer.from(String(passkey.personId)));
  if (!isTheirs) return null;
  const { verifyAuthenticationResponse } = await library();
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: credential as never,
      expectedChallenge: challenge,
      expectedOrigin: party.origin,
      expectedRPID: party.id,
      requireUserVerification: true,
      credential: {
        id: passkey.credentialId,
        publicKey: Uint8Array.from(Buffer.from(passkey.publicKey, 'base64url')),
        counter: passkey.counter,
      },
    });
    return verified ? authenticationInfo.newCounter : null;
  } catch {
    return null;
  }
}
