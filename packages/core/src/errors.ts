/**
 * The one class of failure that core throws, and the catalogue of its codes.
 *
 * Codes are stable and told apart by `code`, never by message. HTTP status is the portal's business, exit status the
 * command line's; `kind` is what both derive theirs from.
 */

/** What sort of refusal a code is: unreadable, unacceptable, absent, forbidden, in the way, or our own fault. */
export type ErrorKind =
  | 'malformed'
  | 'invalid'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'conflict'
  | 'edit_conflict'
  | 'too_large'
  | 'range'
  | 'rate_limited'
  | 'unavailable'
  | 'no_space'
  | 'timed_out'
  | 'internal';

/** Every code with its kind. A new code is a new line here, in alphabetical order. */
export const errorCodes = {
  already_paused: 'conflict',
  already_running: 'conflict',
  blocked_address: 'invalid',
  calendar_in_use: 'conflict',
  command_not_allowed: 'invalid',
  configuration_invalid: 'invalid',
  conflict: 'conflict',
  database_busy: 'unavailable',
  database_too_new: 'unavailable',
  database_too_old: 'unavailable',
  database_unreachable: 'unavailable',
  edit_conflict: 'edit_conflict',
  forbidden: 'forbidden',
  idempotency_mismatch: 'invalid',
  internal: 'internal',
  invalid: 'invalid',
  job_inactive: 'conflict',
  malformed: 'malformed',
  name_taken: 'conflict',
  no_space: 'no_space',
  not_approved: 'conflict',
  not_found: 'not_found',
  not_paused: 'conflict',
  past_scheduling_not_allowed: 'invalid',
  range_not_satisfiable: 'range',
  rate_limited: 'rate_limited',
  run_not_cancellable: 'conflict',
  run_not_retryable: 'conflict',
  schedule_invalid: 'invalid',
  schedule_never_due: 'invalid',
  script_missing: 'invalid',
  script_outside_folder: 'invalid',
  script_refused: 'invalid',
  setup_already_done: 'conflict',
  sqlite_too_old: 'unavailable',
  stale_fence: 'conflict',
  timed_out: 'timed_out',
  timezone_unknown: 'invalid',
  too_large: 'too_large',
  trigger_refused: 'conflict',
  type_unknown: 'invalid',
  unauthenticated: 'unauthenticated',
  unavailable: 'unavailable',
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorCodes;

/** One field at fault. `path` is the wire's dotted path with indexes, `schedules.0.times.1`; empty for the whole. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

/** What an error carries for machines besides its code. */
export interface ErrorDetails {
  readonly fields?: readonly FieldError[];
  readonly [name: string]: unknown;
}

export class JobTriggerError extends Error {
  override readonly name = 'JobTriggerError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.details = details;
  }

  get kind(): ErrorKind {
    return errorCodes[this.code];
  }

  /** The fields at fault, or none. */
  get fields(): readonly FieldError[] {
    return this.details.fields ?? [];
  }
}

/** An `invalid` error (or a more precise code) about one field. */
export function invalidField(path: string, message: string, code: ErrorCode = 'invalid'): JobTriggerError {
  return new JobTriggerError(code, path === '' ? message : `${path}: ${message}`, { fields: [{ path, message }] });
}

/** Either a value or the failure: what {@link safe} makes of a method that throws. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: JobTriggerError };

type Safe<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => Promise<infer R> ? (...args: A) => Promise<Result<R>> : T[K];
};

/**
 * The same methods answering with a {@link Result} instead of throwing, for callers who prefer values.
 * Errors that are not {@link JobTriggerError} still throw: they are bugs, not outcomes.
 */
export function safe<T extends object>(service: T): Safe<T> {
  return new Proxy(service, {
    get(target, name, receiver): unknown {
      const member: unknown = Reflect.get(target, name, receiver);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]): Promise<unknown> => {
        try {
          return { ok: true, value: await (Reflect.apply(member, target, args) as Promise<unknown>) };
        } catch (error) {
          if (error instanceof JobTriggerError) return { ok: false, error };
          throw error;
        }
      };
    },
  }) as Safe<T>;
}
