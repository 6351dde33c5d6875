/** Signatures of messages, as Standard Webhooks 1.0 has them. */
import { createHmac } from 'node:crypto';
import type { Instant } from '../model/instant.ts';
import type { Random } from '../system/random.ts';

const prefix = 'whsec_';

/** A new secret as the receiver is given it: 32 random bytes. */
export function newSecret(random: Random): string {
  return `${prefix}${Buffer.from(random.bytes(32)).toString('base64')}`;
}

export interface Signed {
  readonly id: string;
  readonly at: Instant;
  readonly body: string | Uint8Array;
}

/** The three headers. Each secret gives one signature; a receiver accepts a message when one of them is right. */
export function signatureHeaders({ id, at, body }: Signed, secrets: readonly string[]): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(prefix.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
