/** Sign-in of a command line elsewhere, by a code that its person confirms in a browser (RFC 8628). */
import type { Id } from './id.ts';
import type { Instant } from './instant.ts';

/** What a command line says of itself. Nobody has checked it. */
export interface AskingDevice {
  /** The program with its version, as `jtp/1.2.0`. */
  readonly client: string;
  /** What its machine calls itself; empty where it does not say. */
  readonly host: string;
}

/** One that is under way. It is gone once it was used. */
export interface DeviceSignIn extends AskingDevice {
  /** SHA-256 of what the command line asks with. */
  readonly hash: string;
  /** SHA-256 of the code that a person types. */
  readonly codeHash: string;
  readonly createdAt: Instant;
  readonly expiresAt: Instant;
  /** Where the request came from. */
  readonly address: string | null;
  /** The command line may not ask before; later after each time that it did. */
  readonly nextAskAt: Instant;
  readonly intervalSeconds: number;
  /** Null until somebody decides. */
  readonly decision: 'allowed' | 'denied' | null;
  /** Who decided, with their epoch then: it counts for nothing once that is higher. */
  readonly personId: Id | null;
  readonly epoch: number;
}

/** Consonants alone, as RFC 8628 6.1 proposes: no word comes of them, and none is taken for another. */
const letters = 'BCDFGHJKLMNPQRSTVWXZ';
const length = 8;

/**
 * A code as people read it, `BCDF-GHJK`.
 *
 * @param random as many random bytes as asked for
 */
export function newUserCode(random: (count: number) => Uint8Array): string {
  let code = '';
  while (code.length < length) {
    // 240 is a whole number of times 20: what lies above would make some letters likelier.
    const fair = [...random(length)].filter((byte) => byte < 240).map((byte) => letters[byte % letters.length] ?? '');
    code = (code + fair.join('')).slice(0, length);
  }
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}

/** The code that somebody typed, whatever the case and what they put between; null for what is none. */
export function readUserCode(text: string): string | null {
  const code = text.toUpperCase().replace(/[\s\p{P}]/gu, '');
  return /^[BCDFGHJKLMNPQRSTVWXZ]{8}$/.test(code) ? `${code.slice(0, 4)}-${code.slice(4)}` : null;
}
