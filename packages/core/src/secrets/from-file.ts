import { closeSync, constants, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { join, sep } from 'node:path';
import { longestSecretBytes } from '../model/secret.ts';

/** Names of folders and a file below the secrets folder. */
const form = /^[A-Za-z0-9_][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_][A-Za-z0-9_.-]*){0,5}$/;

/** Why this names no file that may be read; null when it does. */
export function refuseFileName(reference: string): string | null {
  return form.test(reference) && reference.length <= 500
    ? null
    : 'needs the name of a file in the secrets folder: letters, digits, _ . - and / between';
}

/**
 * Links may lead about within the folder, as container platforms lay them, and not out of it. One line end at the end of
 * the file is not part of the value.
 *
 * @throws in a sentence
 */
export function readFromFile(folder: string, reference: string): string {
  if (refuseFileName(reference) !== null) throw new Error(`'${reference}' names no file of the secrets folder.`);
  const missing = (code: unknown): Error =>
    new Error(`The file ${reference} of the secrets folder cannot be read (${String(code)}).`);
  let file: number;
  try {
    const root = realpathSync(folder);
    const path = realpathSync(join(root, reference));
    if (!path.startsWith(root + sep)) throw new Error(`The file ${reference} leads out of the secrets folder.`);
    file = openSync(path, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === undefined ? error : missing(code);
  }
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw missing('not a file');
    if (stats.size > longestSecretBytes + 2) throw missing(`more than ${longestSecretBytes} bytes`);
    const bytes = Buffer.alloc(stats.size);
    return bytes
      .subarray(0, readSync(file, bytes))
      .toString('utf8')
      .replace(/\r?\n$/, '');
  } finally {
    closeSync(file);
  }
}
