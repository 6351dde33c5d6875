/** Exit status of `jtp`, as promised to scripts. */
import { ProblemError, UnreachableError } from 'job-trigger-contract';
import { JobTriggerError, type ErrorKind } from 'job-trigger-core';

export const exitStatus = {
  done: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  notPermitted: 4,
  timedOut: 5,
  unreachable: 6,
} as const;

/** What each status means, and when. */
export const exitMeanings: Readonly<Record<keyof typeof exitStatus, string>> = {
  done: 'Done. With `run --wait` or `--follow`: the run succeeded. An empty list is done, too.',
  failed:
    'The thing failed: the run ended `failed`, `lost` or `cancelled`, a check of `health` or `doctor` failed, `logs --grep` found nothing, or it is a fault of our own.',
  usage: 'Wrong usage or input: an unknown flag, a bad expression, a file or setting that cannot be used.',
  notFound: 'Not found: no job, run or address of that name.',
  notPermitted: 'Not permitted, or in conflict: no sign-in, changed meanwhile, a name that is taken, too many calls.',
  timedOut: 'Timed out: the run ended `timed_out`, or `--timeout` passed and the run goes on.',
  unreachable: 'Unreachable: no server, or no database.',
};

/** A command that ends with a status and a sentence for the person, without being a fault of ours. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly status: number;
  readonly fix: string | null;
  /** The flag at fault; null when it is none. */
  readonly flag: string | null;
  constructor(status: number, message: string, fix: string | null = null, flag: string | null = null) {
    super(message);
    this.status = status;
    this.fix = fix;
    this.flag = flag;
  }
}

/** A flag that says what cannot be: usage, told by its name. */
export function wrongFlag(flag: string, message: string): CommandError {
  return new CommandError(exitStatus.usage, `${flag}: ${message}`, null, flag);
}

const byHttp: Readonly<Record<number, number>> = {
  400: 2,
  401: 4,
  403: 4,
  404: 3,
  409: 4,
  412: 4,
  413: 2,
  415: 2,
  416: 2,
  422: 2,
  429: 4,
  431: 2,
  503: 6,
  504: 5,
};

const byKind: Readonly<Record<ErrorKind, number>> = {
  malformed: 2,
  invalid: 2,
  too_large: 2,
  range: 2,
  not_found: 3,
  unauthenticated: 4,
  forbidden: 4,
  conflict: 4,
  edit_conflict: 4,
  rate_limited: 4,
  timed_out: 5,
  unavailable: 6,
  no_space: 1,
  internal: 1,
};

/** The status that goes with a failure, whichever side of the wire it arose on. */
export function statusOf(error: unknown): number {
  if (error instanceof CommandError) return error.status;
  if (error instanceof ProblemError) return byHttp[error.status] ?? exitStatus.failed;
  if (error instanceof UnreachableError) return exitStatus.unreachable;
  if (error instanceof JobTriggerError) return byKind[error.kind];
  return exitStatus.failed;
}
