/** One-time codes of six digits, a new one each 30 s (RFC 6238 over HMAC-SHA-1, as every app makes them). */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Instant } from '../model/instant.ts';

const stepMs = 30_000;
const digits = 6;
/** What may be one. */
export const isCode = /^\d{6}$/;
/** Bytes of a key: as many as the hash has (RFC 4226, R6). */
export const oneTimeKeyBytes = 20;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Bytes as letters and digits that nobody mixes up (RFC 4648, base32 without padding). */
export function toBase32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const groups = bits.match(/.{1,5}/g) ?? [];
  return groups.map((group) => alphabet[Number.parseInt(group.padEnd(5, '0'), 2)]).join('');
}

/** Which code is shown at an instant, counted from the epoch. */
export const stepAt = (at: Instant): number => Math.floor(at / stepMs);

/** The code of a step (RFC 4226, 5.3). */
export function codeOf(key: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', key).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 0x0f;
  const number = digest.readUInt32BE(offset) & 0x7fff_ffff;
  return String(number % 10 ** digits).padStart(digits, '0');
}

/**
 * The step that a code belongs to: now, the one before or the one after, as clocks differ and typing takes time; null for none.
 * Whether that step was used before is the caller's business.
 */
export function stepOfCode(key: Uint8Array, code: string, now: Instant): number | null {
  if (!isCode.test(code)) return null;
  const at = stepAt(now);
  // All three are compared, whichever matches: the time taken tells nothing.
  const matching = [at, at - 1, at + 1].filter((step) =>
    timingSafeEqual(Buffer.from(codeOf(key, step)), Buffer.from(code)),
  );
  return matching[0] ?? null;
}

/** The address by which an app takes a key in, from a picture or a link. */
export function oneTimeUri({
  secret,
  account,
  issuer,
}: Readonly<Record<'secret' | 'account' | 'issuer', string>>): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`;
  return `otpauth://totp/${label}?secret=${secret}&issuer=${encodeURIComponent(issuer)}`;
}
