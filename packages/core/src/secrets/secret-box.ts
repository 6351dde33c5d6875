/**
 * Seals what must not stand readable in the database: each secret under a data key of its own, that key under the
 * installation's (envelope encryption, AES-256-GCM). The installation's key is `security.secret_key`, else the file
 * `secret.key` in the data folder, made when the first secret is sealed. A copy of the database alone opens nothing.
 */
import { createCipheriv, createDecipheriv, createHash, hkdfSync } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { JobTriggerError } from '../errors.ts';
import type { Random } from '../system/random.ts';

export interface SecretBox {
  /**
   * @param place whose secret it is and what for, `webhook|1234|signing`: it opens nowhere else
   * @throws `secret_unreadable` when the key cannot be used
   */
  seal(plain: string, place: string): string;
  /** @throws `secret_unreadable` when it was sealed for another place, with another key, or was changed */
  open(sealed: string, place: string): string;
}

export interface SecretBoxOptions {
  readonly dataDir: string;
  /** `security.secret_key`; null for the file. */
  readonly secretKey: string | null;
  readonly random: Random;
}

const version = 'jtp1';
const nonceBytes = 12;
const tagBytes = 16;
const leastKeyBytes = 32;

const unreadable = (message: string): JobTriggerError => new JobTriggerError('secret_unreadable', message);

/** The key in the file; made when there is none. Whoever is first wins: nobody ever reads half of one. */
function keyFromFile(path: string, random: Random): string {
  const own = `${path}.${Buffer.from(random.bytes(6)).toString('hex')}`;
  try {
    statSync(path);
  } catch {
    const file = openSync(own, 'wx', 0o600);
    try {
      writeSync(file, `${Buffer.from(random.bytes(32)).toString('base64')}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    try {
      linkSync(own, path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      unlinkSync(own);
    }
  }
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0)
    throw unreadable(`${path} can be read by others. Make it its owner's alone: chmod 600 ${path}`);
  return readFileSync(path, 'utf8').trim();
}

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

interface MasterKey {
  readonly key: Uint8Array;
  /** Names the key without telling it. */
  readonly id: string;
}

function masterKey({ dataDir, secretKey, random }: SecretBoxOptions): MasterKey {
  const text = secretKey ?? keyFromFile(join(dataDir, 'secret.key'), random);
  if (Buffer.byteLength(text) < leastKeyBytes)
    throw unreadable(`The key has ${Buffer.byteLength(text)} bytes; at least ${leastKeyBytes} are needed.`);
  const key = new Uint8Array(hkdfSync('sha256', text, '', 'job-trigger-portal key wrapping', 32));
  return { key, id: createHash('sha256').update('key id ').update(key).digest('hex').slice(0, 16) };
}

export function secretBox(options: SecretBoxOptions): SecretBox {
  const { random } = options;
  let known: MasterKey | null = null;
  const master = (): MasterKey => (known ??= masterKey(options));
  return {
    seal(plain, place) {
      const { key, id } = master();
      const dataKey = random.bytes(32);
      const wrapped = encrypt(key, dataKey, `${place}|key`, random);
      const sealed = encrypt(dataKey, Buffer.from(plain), place, random);
      return [version, id, wrapped.toString('base64url'), sealed.toString('base64url')].join('.');
    },
    open(text, place) {
      const [form, id, wrapped = '', sealed = ''] = text.split('.');
      const { key, id: ours } = master();
      if (form !== version) throw unreadable('A stored secret is not in a form that this version reads.');
      if (id !== ours)
        throw unreadable(
          `A stored secret was sealed with the key ${id}; this process has ${ours}. Give it the same security.secret_key or secret.key.`,
        );
      try {
        const dataKey = decrypt(key, Buffer.from(wrapped, 'base64url'), `${place}|key`);
        return decrypt(dataKey, Buffer.from(sealed, 'base64url'), place).toString('utf8');
      } catch (cause) {
        throw new JobTriggerError('secret_unreadable', 'A stored secret was changed or moved.', {}, { cause });
      }
    },
  };
}
