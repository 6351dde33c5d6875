/** The schema's version: what bringing it up answers, and refusing to work with another. */
import { JobTriggerError } from '../errors.ts';
import { schemaVersion } from './migrations/index.ts';

export interface MigrationOutcome {
  /** Version before and after; equal when nothing was to do. */
  readonly from: number;
  readonly to: number;
  /** Names of the steps this call carried out. */
  readonly applied: readonly string[];
}

export interface MigrationStatus {
  readonly current: number;
  readonly latest: number;
  readonly pending: readonly string[];
}

/** @throws {JobTriggerError} `database_too_new` or `database_too_old` unless `version` is this program's */
export function checkVersion(version: number): void {
  const details = { version, wanted: schemaVersion };
  if (version > schemaVersion) {
    const message = `The database has schema ${version}; this program knows ${schemaVersion}. Start the newer program.`;
    throw new JobTriggerError('database_too_new', message, details);
  }
  if (version < schemaVersion) {
    const message = `The database has schema ${version}; this program needs ${schemaVersion}. Run \`jtp migrate up\`.`;
    throw new JobTriggerError('database_too_old', message, details);
  }
}
