/**
 * The installation's key, and the ones before it. It is `security.secret_key`, else the first line of the file
 * `secret.key` in the data folder; what was sealed with a former one opens until it is sealed anew.
 */
import { createHash, hkdfSync } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { JobTriggerError } from '../errors.ts';
import type { Random } from '../system/random.ts';
import { weakness } from './weak-key.ts';

export interface InstallationKey {
  readonly key: Uint8Array;
  /** Names the key without telling it. */
  readonly id: string;
}

export interface KeyRing {
  readonly current: InstallationKey;
  readonly former: readonly InstallationKey[];
}

export interface KeyPlace {
  readonly dataDir: string;
  /** `security.secret_key`; null for the file. */
  readonly secretKey: string | null;
  /** `security.former_secret_key`: the one before it, while secrets are sealed anew. Default none. */
  readonly formerSecretKey?: string | null | undefined;
  readonly random: Random;
}

export const unreadable = (message: string): JobTriggerError => new JobTriggerError('secret_unreadable', message);

/** Told instead of where it lies, which is nobody's business over the network. */
const keyFileName = 'secret.key';
const keyFile = (dataDir: string): string => join(dataDir, keyFileName);

function written(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

const beside = (path: string, random: Random): string => `${path}.${Buffer.from(random.bytes(6)).toString('hex')}`;
const drawn = (random: Random): string => Buffer.from(random.bytes(32)).toString('base64');

/** Makes the file when there is none. Whoever is first wins: nobody ever reads half of one. */
function makeFile(path: string, random: Random): void {
  const own = beside(path, random);
  written(own, `${drawn(random)}\n`);
  try {
    linkSync(own, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    unlinkSync(own);
  }
}

/** The keys in the file, the one in force first; none without a file. @throws when others can read it */
function keysInFile(path: string): string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (process.platform !== 'win32' && (stats.mode & 0o077) !== 0)
    throw unreadable(
      `${keyFileName} in the data folder can be read by others. Make it its owner's alone: chmod 600 ${keyFileName}`,
    );
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.map((line) => line.trim()).filter((line) => line !== '');
}

function replaceFile(path: string, keys: readonly string[], random: Random): void {
  const own = beside(path, random);
  written(own, keys.map((key) => `${key}\n`).join(''));
  renameSync(own, path);
  const folder = openSync(dirname(path), 'r');
  try {
    // A file that is not there after a loss of power would take every secret with it.
    if (process.platform !== 'win32') fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Puts a new key before the one in the file, unless a former one stands there still. @returns whether it did */
export function addKey({ dataDir, random }: KeyPlace): boolean {
  const path = keyFile(dataDir);
  const keys = keysInFile(path);
  if (keys.length !== 1) return false;
  replaceFile(path, [drawn(random), ...keys], random);
  return true;
}

/** Leaves only the key in force. */
export function forgetFormerKeys({ dataDir, random }: KeyPlace): void {
  const path = keyFile(dataDir);
  const [first, ...former] = keysInFile(path);
  if (first !== undefined && former.length > 0) replaceFile(path, [first], random);
}

/** What a key is made for, out of the installation's: who has it for one purpose cannot tell those for others. */
export type KeyPurpose = 'key wrapping' | 'audit head';

function keyOf(text: string, purpose: KeyPurpose): InstallationKey {
  const weak = weakness(text);
  if (weak !== null) throw unreadable(`The key of the installation ${weak}.`);
  const key = new Uint8Array(hkdfSync('sha256', text, '', `job-trigger-portal ${purpose}`, 32));
  return { key, id: createHash('sha256').update('key id ').update(key).digest('hex').slice(0, 16) };
}

/** Makes the file when the installation's key is to lie there and does not. */
export function makeKey({ dataDir, secretKey, random }: KeyPlace): void {
  const path = keyFile(dataDir);
  if (secretKey === null && statSync(path, { throwIfNoEntry: false }) === undefined) makeFile(path, random);
}

/** @throws `secret_unreadable` when there is no key that may be used */
export function readKeys({ dataDir, secretKey, formerSecretKey = null }: KeyPlace, purpose: KeyPurpose): KeyRing {
  const path = keyFile(dataDir);
  const [current, ...inFile] = [...(secretKey === null ? [] : [secretKey]), ...keysInFile(path)];
  const former = formerSecretKey === null ? inFile : [formerSecretKey, ...inFile];
  if (current === undefined)
    throw unreadable(`There is no key: ${keyFileName} in the data folder is missing or empty.`);
  const others = [...new Set(former)].filter((key) => key !== current);
  return { current: keyOf(current, purpose), former: others.map((key) => keyOf(key, purpose)) };
}

/** What tells a changed file from the one that was read. */
export function keyFileMark(dataDir: string): string {
  const stats = statSync(keyFile(dataDir), { throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.ino} ${stats.mtimeMs} ${stats.size} ${stats.mode}`;
}
