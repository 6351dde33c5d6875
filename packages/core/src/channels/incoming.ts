/** Whether a message at an incoming hook is its sender's. Compared in a time that does not tell how nearly. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { hashOfToken } from '../model/token-hash.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { Random } from '../system/random.ts';
import { signatureHeaders } from './signature.ts';

/** The parts of a message that prove where it comes from; null for a header that it does not have. */
export interface IncomingMessage {
  /** `webhook-id` */
  readonly id: string | null;
  /** `webhook-timestamp` */
  readonly timestamp: string | null;
  /** `webhook-signature` */
  readonly signature: string | null;
  /** The key of `Authorization: Bearer`. */
  readonly key: string | null;
  readonly body: Uint8Array;
}

/** How far the time of a signature may be from ours, either way. */
const mostAwayMs: Millis = 300_000;
/** A sender that changes its secret signs twice; more is nobody's need. */
const mostSignatures = 10;

/** A new key of a keyed hook: 32 random bytes. */
export function newHookKey(random: Random): string {
  return `hk_${Buffer.from(random.bytes(32)).toString('base64url')}`;
}

/** Of any two texts, whatever their lengths. */
function isSame(one: string, other: string): boolean {
  const [left, right] = [one, other].map((text) => createHash('sha256').update(text).digest());
  return left !== undefined && right !== undefined && timingSafeEqual(left, right);
}

/** Looks at every pair, so that the place of the right one does not show. */
function anyIsSame(given: readonly string[], right: readonly string[]): boolean {
  return given.flatMap((one) => right.map((other) => isSame(one, other))).includes(true);
}

/** @param hashes of the keys in force */
export function showsKey({ key }: IncomingMessage, hashes: readonly string[]): boolean {
  return anyIsSame([hashOfToken(key ?? '')], hashes) && key !== null;
}

/**
 * Whether one of its signatures was made with one of the secrets, for this id, this body, and a time within five minutes.
 *
 * @param secrets in the clear, as `whsec_…`
 */
export function isSigned(message: IncomingMessage, secrets: readonly string[], now: Instant): boolean {
  const { id, timestamp, signature, body } = message;
  const isTime = /^[1-9]\d{0,11}$/.test(timestamp ?? '');
  const at = isTime ? Number(timestamp) * 1000 : 0;
  const right = signatureHeaders({ id: id ?? '', at, body }, secrets)['webhook-signature'] ?? '';
  const given = (signature ?? '').split(' ').slice(0, mostSignatures);
  const isRight = anyIsSame(given, right.split(' '));
  return isRight && isTime && (id ?? '') !== '' && Math.abs(now - at) <= mostAwayMs;
}
