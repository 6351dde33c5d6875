/** Where the files of a run lie below the data folder. */
import { join } from 'node:path';
import { toUuid, type Reference } from '../model/id.ts';
import { formatInstant } from '../model/instant.ts';

/** The files of one attempt, and the folder they share with the run's other attempts. Absolute if the data folder is. */
export interface RunFiles {
  readonly folder: string;
  /** The output, byte for byte; its line index lies beside it. */
  readonly log: string;
  /** `JTP_RESULT_FILE` */
  readonly result: string;
  /** `JTP_PROGRESS_FILE` */
  readonly progress: string;
  /** `JTP_UPSTREAM_FILE` */
  readonly upstream: string;
  /** `JTP_ARTIFACTS_DIR`: emptied when the attempt has ended and its files are kept elsewhere. */
  readonly artifacts: string;
}

/** `<dataDir>/logs/<day of the run, UTC>/<uuid>`: one folder a run, so that retention removes whole days. */
export function runFolder(dataDir: string, run: Reference): string {
  return join(dataDir, 'logs', formatInstant(run.createdAt).slice(0, 10), toUuid(run));
}

/** The log of one attempt, numbered from 1. */
export function logPath(dataDir: string, run: Reference, attempt: number): string {
  return join(runFolder(dataDir, run), `${attempt}.log`);
}

/** The line index that belongs to a log. */
export function indexPath(log: string): string {
  return `${log.endsWith('.log') ? log.slice(0, -4) : log}.idx`;
}

export function runFiles(dataDir: string, run: Reference, attempt: number): RunFiles {
  const folder = runFolder(dataDir, run);
  return {
    folder,
    log: join(folder, `${attempt}.log`),
    result: join(folder, `${attempt}.result.json`),
    progress: join(folder, `${attempt}.progress.jsonl`),
    artifacts: join(folder, `${attempt}.artifacts`),
    upstream: join(folder, `${attempt}.upstream.json`),
  };
}
