/** What a backup says of itself, as its last entry: one that was cut off has none. */
import { JobTriggerError } from '../../errors.ts';
import type { CopyFacts } from '../../store/copies.ts';
import type { TarFile } from './tar.ts';

export const manifestName = 'manifest.json';
export const databaseName = 'portal.db';

export interface Manifest extends CopyFacts {
  readonly format: 1;
  /** RFC 3339. */
  readonly created_at: string;
  /** Of the program that wrote it. */
  readonly version: string;
  readonly files: readonly TarFile[];
  /** Whether it was told to copy these, too. Absent in what an earlier version wrote. */
  readonly holds?: { readonly logs: boolean; readonly artifacts: boolean };
}

/** Only these places are written to when it is restored; anything else in an archive is no backup of ours. */
const places = /^(?:portal\.db|config\.yaml|secret\.key|(?:scripts|logs|artifacts)\/.+)$/;

/** Whether a name stays below the folder that it is put in. */
export function isSafeName(name: string): boolean {
  return (
    places.test(name) &&
    !name.includes('\\') &&
    name.split('/').every((step) => step !== '' && step !== '.' && step !== '..')
  );
}

/** @throws {JobTriggerError} `invalid` */
export function readManifest(text: string): Manifest {
  const refuse = (): JobTriggerError => new JobTriggerError('invalid', 'The file is no backup of a portal.');
  let value: Manifest;
  try {
    value = JSON.parse(text) as Manifest;
  } catch {
    throw refuse();
  }
  if (value.format !== 1 || !Array.isArray(value.files) || typeof value.counts !== 'object') throw refuse();
  if (!value.files.every(({ path }) => typeof path === 'string' && isSafeName(path))) throw refuse();
  return value;
}
