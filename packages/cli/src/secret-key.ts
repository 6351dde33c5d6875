import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JobTriggerError } from 'job-trigger-core';

const known = new Set(['changeme', 'secret', 'password', 'example', '0'.repeat(32), 'x'.repeat(32)]);

/**
 * The key that seals secrets of this installation: 32 bytes or more from the setting, else `secret.key` in the data
 * folder, which the first start writes (0600). @throws `configuration_invalid` for short, example or readable keys
 */
export function secretKey(setting: string | null, dataDir: string): Uint8Array {
  if (setting !== null) return checked(setting);
  const path = join(dataDir, 'secret.key');
  if (!existsSync(path)) writeFileSync(path, `${randomBytes(48).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) {
    throw new JobTriggerError('configuration_invalid', `${path} can be read by others. Run: chmod 600 ${path}`);
  }
  return checked(readFileSync(path, 'utf8').trim());
}

function checked(text: string): Uint8Array {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length < 32 || known.has(text.toLowerCase()) || new Set(text).size < 8) {
    throw new JobTriggerError('configuration_invalid', 'JOB_PORTAL_SECRET_KEY needs at least 32 bytes that nobody could guess. Leave it out, and one is made.');
  }
  return bytes;
}
