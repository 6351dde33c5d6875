/** How an API key is written: `jtp_<id>_<43 characters of base62>_<checksum>`, so that scanners of leaked secrets know it. */
import { zlib } from '../handlers/node-http.ts';
import type { Id } from '../model/id.ts';
import type { Random } from '../system/random.ts';

const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 62⁴³ is more than 2²⁵⁶. */
const secretLength = 43;
const form = /^jtp_([0-9A-Za-z]{1,9})_([0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/;

function base62(value: number): string {
  let [rest, text] = [value, ''];
  do {
    text = (digits[rest % 62] ?? '') + text;
    rest = Math.floor(rest / 62);
  } while (rest > 0);
  return text;
}

/** Every character as likely as every other: bytes beyond the last multiple of 62 are drawn anew. */
function secretOf(random: Random): string {
  let text = '';
  while (text.length < secretLength)
    for (const byte of random.bytes(secretLength))
      if (byte < 248 && text.length < secretLength) text += digits[byte % 62] ?? '';
  return text;
}

const checksumOf = (text: string): string => base62(zlib().crc32(text)).padStart(6, '0');

/** A new key of this number. */
export function newKeyText(id: Id, random: Random): string {
  const text = `jtp_${base62(id)}_${secretOf(random)}`;
  return `${text}_${checksumOf(text)}`;
}

/** The number of the key that a text says it is; null for what was mistyped or is none. */
export function idOfKeyText(text: string): Id | null {
  const [, number = '', , checksum] = form.exec(text) ?? [];
  if (number === '' || checksumOf(text.slice(0, text.lastIndexOf('_'))) !== checksum) return null;
  const id = number.split('').reduce((sum, digit) => sum * 62 + digits.indexOf(digit), 0);
  return Number.isSafeInteger(id) ? id : null;
}
