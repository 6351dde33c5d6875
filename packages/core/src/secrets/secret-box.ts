/**
 * Seals what must not stand readable in the database: each secret under a data key of its own, that key under the
 * installation's (envelope encryption, AES-256-GCM). A copy of the database alone opens nothing.
 */
import { createCipheriv, createDecipheriv } from 'node:crypto';
import { JobTriggerError } from '../errors.ts';
import type { Random } from '../system/random.ts';
import {
  keyFileMark,
  makeKey,
  readKeys,
  unreadable,
  type InstallationKey,
  type KeyPlace,
  type KeyRing,
} from './installation-key.ts';

export interface SecretBox {
  /**
   * @param place whose secret it is and what for, `webhook|1234|signing`: it opens nowhere else
   * @throws `secret_unreadable` when the key cannot be used
   */
  seal(plain: string, place: string): string;
  /** @throws `secret_unreadable` when it was sealed for another place, with another key, or was changed */
  open(sealed: string, place: string): string;
  /** The same secret under the key in force; its own data key stays. @throws as {@link SecretBox.open} */
  rewrap(sealed: string, place: string): string;
  /** Names the key in force; the file is made when there is none. @throws `secret_unreadable` */
  keyId(): string;
}

const version = 'jtp1';
const nonceBytes = 12;
const tagBytes = 16;

function encrypt(key: Uint8Array, plain: Uint8Array, place: string, random: Random): Buffer {
  const nonce = random.bytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

function decrypt(key: Uint8Array, sealed: Buffer, place: string): Buffer {
  const nonce = sealed.subarray(0, nonceBytes);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes })
    .setAAD(Buffer.from(place))
    .setAuthTag(sealed.subarray(-tagBytes));
  return Buffer.concat([decipher.update(sealed.subarray(nonceBytes, -tagBytes)), decipher.final()]);
}

/** Whether this is something that was sealed, of whatever key. */
export function isSealed(text: unknown): text is string {
  return typeof text === 'string' && /^jtp1\.[0-9a-f]{16}\.[\w-]{60,}\.[\w-]{37,}$/.test(text);
}

export function secretBox(options: KeyPlace): SecretBox {
  const { random, dataDir } = options;
  let known: { readonly ring: KeyRing; readonly mark: string } | null = null;

  /** Another process may have put a new key into the file: what is sealed with the old one from then on would be lost with it. */
  function ring(): KeyRing {
    if (known !== null && known.mark === keyFileMark(dataDir)) return known.ring;
    const read = readKeys(options, 'key wrapping');
    known = { ring: read, mark: keyFileMark(dataDir) };
    return read;
  }

  function keyNamed(id: string): InstallationKey {
    const { current, former } = ring();
    const found = [current, ...former].find((key) => key.id === id);
    if (found !== undefined) return found;
    throw unreadable(
      `A stored secret was sealed with the key ${id}; this process has ${current.id}. Give it the same security.secret_key or secret.key.`,
    );
  }

  function unwrap(text: string, place: string): { readonly dataKey: Buffer; readonly sealed: string } {
    const [form, id = '', wrapped = '', sealed = ''] = text.split('.');
    if (form !== version) throw unreadable('A stored secret is not in a form that this version reads.');
    return { dataKey: decrypt(keyNamed(id).key, Buffer.from(wrapped, 'base64url'), `${place}|key`), sealed };
  }

  /** A file that was there and is gone was lost: another in its place would part what is sealed into two. */
  function ringToSeal(): KeyRing {
    if (known === null) makeKey(options);
    return ring();
  }

  function wrap(dataKey: Uint8Array, sealed: string, place: string): string {
    const { key, id } = ringToSeal().current;
    const wrapped = encrypt(key, dataKey, `${place}|key`, random);
    return [version, id, wrapped.toString('base64url'), sealed].join('.');
  }

  function orChanged<T>(read: () => T): T {
    try {
      return read();
    } catch (cause) {
      if (cause instanceof JobTriggerError) throw cause;
      throw new JobTriggerError('secret_unreadable', 'A stored secret was changed or moved.', {}, { cause });
    }
  }

  return {
    seal(plain, place) {
      const dataKey = random.bytes(32);
      return wrap(dataKey, encrypt(dataKey, Buffer.from(plain), place, random).toString('base64url'), place);
    },
    open: (text, place) =>
      orChanged(() => {
        const { dataKey, sealed } = unwrap(text, place);
        return decrypt(dataKey, Buffer.from(sealed, 'base64url'), place).toString('utf8');
      }),
    rewrap: (text, place) =>
      orChanged(() => {
        const { dataKey, sealed } = unwrap(text, place);
        // What does not open is told, and not put under a key that it would only seem to belong to.
        decrypt(dataKey, Buffer.from(sealed, 'base64url'), place);
        return wrap(dataKey, sealed, place);
      }),
    keyId: () => ringToSeal().current.id,
  };
}
