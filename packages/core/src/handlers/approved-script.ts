/**
 * The bytes that an attempt executes where approval is required: read once, hashed, asked for, and written into a private
 * folder of the attempt that holds nothing else. What becomes of the file in the scripts folder after that changes nothing.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { JobTriggerError } from '../errors.ts';
import { notStarted, type HandlerContext, type HandlerOutcome } from './handler.ts';
import { readScript, resolveScript, type Script } from './script-file.ts';

/** A script that may be started. */
export interface ReadyScript {
  /** Its `file` is the private copy, or where it lies. */
  readonly script: Script;
  /** Of the bytes that are started; null where it runs where it lies and is hashed by whoever asks. */
  readonly hash: string | null;
  /** The private folder; null where it runs where it lies. */
  readonly folder: string | null;
}

/** The script at `path` as it may be started, or why it may not. @throws {JobTriggerError} as {@link resolveScript} */
export async function readyScript(context: HandlerContext, path: string): Promise<ReadyScript | HandlerOutcome> {
  const { approvals, settings } = context.ports;
  const { scriptsDir, scripts } = settings;
  if (approvals === undefined) return { script: resolveScript(scriptsDir, path, scripts), hash: null, folder: null };
  const { script, bytes, hash } = readScript(scriptsDir, path, scripts);
  try {
    if (!(await approvals.isApproved(path, hash)))
      return notStarted('not_approved', `${path} differs from the approved version: nothing was started.`);
    const folder = privateFolder(context);
    const file = join(folder, basename(path));
    const isForOther = (context.ports.settings.runUsers ?? null) !== null;
    // Executable for the first line's interpreter, and written by nobody any more.
    writeFileSync(file, bytes, { flag: 'wx', mode: isForOther ? 0o555 : 0o500 });
    if (isForOther) chmodSync(folder, 0o711);
    return { script: { ...script, file }, hash, folder };
  } catch (error) {
    const why = (error as Error).message;
    const code = error instanceof JobTriggerError ? error.code : 'unavailable';
    return notStarted(code, `The approved copy of ${path} could not be made: ${why}`, { retryable: true });
  }
}

/** A name that nobody could have put something under before. */
function privateFolder({ files, names }: HandlerContext): string {
  mkdirSync(files.folder, { recursive: true, mode: 0o700 });
  return mkdtempSync(join(files.folder, `${names.attempt}.script-`));
}

/** Takes the copies of an attempt that has ended away. What is left in spite of it goes with the folder of the run. */
export function removeCopies(ready: readonly (ReadyScript | null)[]): void {
  for (const folder of ready.flatMap((each) => each?.folder ?? []))
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      continue;
    }
}
