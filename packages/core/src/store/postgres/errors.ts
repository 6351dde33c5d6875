import { JobTriggerError } from '../../errors.ts';

/** SQLSTATE classes and codes, and codes of Node, that say the server is out of reach rather than that we erred. */
const unreachable = [
  /^08/,
  /^57P0/,
  /^28/,
  /^3D000$/,
  /^53300$/,
  /^25006$/,
  /^ECONN/,
  /^EPIPE$/,
  /^ETIMEDOUT$/,
  /^ENOTFOUND$/,
  /^EAI_AGAIN$/,
  /^EHOSTUNREACH$/,
  /^ENETUNREACH$/,
];
const endedConnection =
  /connection terminated|connection ended|timeout exceeded when trying to connect|client was closed|not queryable|timeout expired|query read timeout/i;

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** The server chose this transaction as the one to give way, or its connection is outdated: the same work may be done again. */
export function gaveWay(error: unknown): boolean {
  const code = codeOf(error instanceof JobTriggerError ? error.cause : error);
  return code === '40001' || code === '40P01' || isOutdated(error);
}

/** What the connection prepared was for tables that somebody has changed since. */
export function isOutdated(error: unknown): boolean {
  return codeOf(error) === '0A000' && error instanceof Error && error.message.includes('cached plan');
}

/** Makes an error of the driver or the server one of ours, where it says something a caller can act on. */
export function ours(cause: unknown): unknown {
  if (!(cause instanceof Error) || cause instanceof JobTriggerError) return cause;
  const code = codeOf(cause);
  if (unreachable.some((pattern) => pattern.test(code)) || endedConnection.test(cause.message)) {
    return new JobTriggerError(
      'database_unreachable',
      `The database cannot be reached: ${cause.message}`,
      {},
      { cause },
    );
  }
  // A name with several addresses fails with all of their errors at once.
  if (cause instanceof AggregateError && cause.errors.length > 0) return ours(cause.errors[0]);
  if (code === '55P03')
    return new JobTriggerError('database_busy', 'Another transaction holds the lock.', {}, { cause });
  if (code === '57014') return new JobTriggerError('timed_out', 'The database took too long to answer.', {}, { cause });
  if (code === '53100')
    return new JobTriggerError('no_space', 'There is no space left for the database.', {}, { cause });
  return cause;
}

/** The connection is of no more use. */
export function isUnreachable(error: unknown): boolean {
  return error instanceof JobTriggerError && error.code === 'database_unreachable';
}

const undone = new WeakSet<Error>();

/** What failed with the commit, where the server says that nothing was kept. @returns the same error */
export function asUndone(error: unknown): unknown {
  const mayBeKept = error instanceof JobTriggerError && unsure.includes(error.code);
  if (error instanceof Error && !mayBeKept) undone.add(error);
  return error;
}

const unsure: readonly string[] = ['database_unreachable', 'database_busy', 'timed_out', 'no_space'];

export const isUndone = (error: unknown): boolean => error instanceof Error && undone.has(error);
