/**
 * Access tokens for people: signed (JWT, RFC 7519 and 8725), good for ten minutes. What one says is believed by a key of
 * our own ring alone, and only as long as the sign-in that it names goes on: that is read at each request.
 */
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { JWTHeaderParameters, JWTPayload } from 'jose';
import { toUuid, type Actor, type Person, type SigningKey } from 'job-trigger-core';
import { parseStrictJson } from '../plugins/strict-json.ts';
import type { PortalOptions } from '../portal.ts';
import { whoIs } from './sign-ins.ts';

export const accessTokenSeconds = 600;

/** RFC 9068: so that no other signed thing passes for an access token. */
const typ = 'at+jwt';
const algorithm = 'EdDSA';
/** Keys belong to one installation, and so do tokens: the names need not tell installations apart. */
const issuer = 'job-trigger-portal';
const audience = 'job-trigger-portal/api';
const longest = 4096;
const kidForm = /^[0-9a-f-]{36}$/;

/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410). */
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Loaded when the first token comes: most installations have none. */
const jose = () => import('jose');

function privateKey({ seed }: SigningKey): KeyObject {
  return createPrivateKey({ key: Buffer.concat([pkcs8, seed]), format: 'der', type: 'pkcs8' });
}

type Context = Pick<PortalOptions, 'store' | 'operations'>;

/** @param signIn the hash of the sign-in that it stands for */
export async function signedToken(
  { store, operations }: Context,
  person: Person,
  signIn: string,
  actor: Actor,
): Promise<string> {
  const key = await operations.tokenKeys.current(actor);
  const now = Math.floor((await store.now()) / 1000);
  const { SignJWT } = await jose();
  return new SignJWT({ sid: signIn })
    .setProtectedHeader({ alg: algorithm, typ, kid: key.kid })
    .setIssuer(issuer)
    .setAudience(audience)
    .setSubject(toUuid(person))
    .setIssuedAt(now)
    .setNotBefore(now)
    .setExpirationTime(now + accessTokenSeconds)
    .sign(privateKey(key));
}

/** Three parts of base64url with points between, as no opaque token or key has; empty is the signature of `none`. */
export const isSignedToken = (text: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]*$/.test(text);

/** Two readers would not read the same where a claim stands twice. */
function readsOneWay(token: string): boolean {
  try {
    for (const part of token.split('.').slice(0, 2)) parseStrictJson(Buffer.from(part, 'base64url'));
    return true;
  } catch {
    return false;
  }
}

/** What a token names, as far as it is ours and of now. Its own words on keys (`jku`, `x5u`, `jwk`) are not read. */
async function claimsOf(
  token: string,
  { store, operations }: Context,
): Promise<{ readonly sub: string; readonly sid: string } | null> {
  if (token.length > longest || !readsOneWay(token)) return null;
  const { errors, jwtVerify } = await jose();
  const options = {
    algorithms: [algorithm],
    typ,
    issuer,
    audience,
    requiredClaims: ['exp', 'nbf', 'iat', 'sub', 'sid'],
    maxTokenAge: accessTokenSeconds,
    currentDate: new Date(await store.now()),
  };
  const keyOf = async ({ kid }: JWTHeaderParameters): Promise<KeyObject> => {
    const key = kid !== undefined && kidForm.test(kid) ? await operations.tokenKeys.of(kid) : null;
    if (key === null) throw new errors.JWKSNoMatchingKey();
    return createPublicKey(privateKey(key));
  };
  try {
    const { payload } = await jwtVerify<JWTPayload>(token, keyOf, options);
    const { sub, sid } = payload;
    return typeof sub === 'string' && typeof sid === 'string' ? { sub, sid } : null;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}

/** The person that a signed token stands for; null for whatever is wrong with it, or once its sign-in is over. */
export async function whoHolds(token: string, context: Context): ReturnType<typeof whoIs> {
  const claims = await claimsOf(token, context);
  const found = claims === null ? null : await whoIs(context.store, claims.sid);
  return found !== null && toUuid(found.person) === claims?.sub ? found : null;
}
