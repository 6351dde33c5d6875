import { createHash } from 'node:crypto';

/** What is kept of a token or key of 256 random bits: its SHA-256. So long a secret cannot be guessed, and needs no slow hash. */
export function hashOfToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
