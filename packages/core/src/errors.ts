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
  access_denied: 'forbidden',
  already_paused: 'conflict',
  already_running: 'conflict',
  authorization_pending: 'conflict',
  blocked_address: 'invalid',
  calendar_in_use: 'conflict',
  command_not_allowed: 'invalid',
  configuration_invalid: 'invalid',
  conflict: 'conflict',
  database_busy: 'unavailable',
  database_damaged: 'unavailable',
  database_gone: 'unavailable',
  database_too_new: 'unavailable',
  database_too_old: 'unavailable',
  database_unreachable: 'unavailable',
  dependency_cycle: 'invalid',
  dependents_exist: 'conflict',
  edit_conflict: 'edit_conflict',
  expired_token: 'unauthenticated',
  forbidden: 'forbidden',
  idempotency_mismatch: 'invalid',
  internal: 'internal',
  invalid: 'invalid',
  job_inactive: 'conflict',
  last_admin: 'conflict',
  malformed: 'malformed',
  name_taken: 'conflict',
  no_space: 'no_space',
  not_approved: 'conflict',
  not_found: 'not_found',
  not_paused: 'conflict',
  past_scheduling_not_allowed: 'invalid',
  proof_needed: 'forbidden',
  quota_reached: 'forbidden',
  range_not_satisfiable: 'range',
  rate_limited: 'rate_limited',
  run_not_cancellable: 'conflict',
  run_not_retryable: 'conflict',
  run_not_waiting: 'conflict',
  schedule_invalid: 'invalid',
  schedule_never_due: 'invalid',
  script_in_use: 'conflict',
  script_missing: 'invalid',
  script_outside_folder: 'invalid',
  script_refused: 'invalid',
  second_factor_missing: 'forbidden',
  second_factor_needed: 'unauthenticated',
  secret_unreadable: 'unavailable',
  setup_already_done: 'conflict',
  slow_down: 'rate_limited',
  sqlite_too_old: 'unavailable',
  stale_fence: 'conflict',
  stale_hash: 'conflict',
  timed_out: 'timed_out',
  timezone_unknown: 'invalid',
  too_large: 'too_large',
  trigger_refused: 'conflict',
  type_unknown: 'invalid',
  unauthenticated: 'unauthenticated',
  unavailable: 'unavailable',
  worker_alive: 'conflict',
  worker_gone: 'conflict',
} as const satisfies Record<string, ErrorKind>;

export type ErrorCode = keyof typeof errorCodes;

/** What each code means to whoever meets it; `docs/reference/errors.md` is made from it. Total: a new code needs its words. */
export const errorMeanings: Readonly<Record<ErrorCode, string>> = {
  access_denied: 'A person said no in the browser: this command line is not let in.',
  already_paused: 'The job is paused already.',
  already_running: 'A run of the job waits or lives, and its `overlap` is `skip`.',
  authorization_pending: 'Nobody has confirmed the code in the browser yet. Ask again after `interval` seconds.',
  blocked_address:
    'An HTTP job may not call this address: it is private, and `security.outgoing_allow` does not name it.',
  calendar_in_use: 'Schedules use the calendar; they are named. `force` takes it off them.',
  command_not_allowed: 'Jobs of type `command` are off; `security.allow_command` switches them on.',
  configuration_invalid: 'A setting cannot be used. The message names its key and where it comes from.',
  conflict: 'The present state does not allow it.',
  database_busy: 'Another process writes to the SQLite file. Trying again helps.',
  database_damaged: 'The SQLite file is damaged. It is read and no longer written; restore a backup.',
  database_gone: 'The SQLite file was removed, replaced or emptied. Nothing is made in its place.',
  database_too_new: 'A newer program has changed the schema. Start that one.',
  database_too_old: 'The schema is older than the program. Run `jtp migrate up`.',
  database_unreachable: 'The database does not answer, or takes no writes.',
  dependency_cycle: 'The job would wait for itself; `path` names the jobs on the way round.',
  dependents_exist: 'Other jobs wait for this one; they are named. `force` takes it off them.',
  edit_conflict: 'Somebody saved it after the version that `If-Match` names. Read it again, then change it.',
  expired_token: 'The sign-in of this command line was not confirmed in time, or was used already. Begin anew.',
  forbidden: 'Whoever asks is known and may not do this.',
  idempotency_mismatch: 'The same key was used before for another request.',
  internal: 'A fault of the portal. Its log has more under the same `request_id`.',
  invalid: 'A value is not acceptable; `errors` names the field and what would be.',
  job_inactive: 'The job is paused, and the request did not allow for that (`allow_inactive`).',
  last_admin: 'There would be no administrator left who can sign in.',
  malformed: 'The request cannot be read: no JSON, or not in the form that the address takes.',
  name_taken: 'Another one has this name.',
  no_space: 'The disk is full.',
  not_approved: 'What would run is not approved.',
  not_found: 'There is no such thing, or none that may be known of.',
  not_paused: 'The job is not paused.',
  past_scheduling_not_allowed: 'A one-off lies in the past, and the request did not allow for that (`allow_past`).',
  proof_needed:
    'Whoever asks is signed in for too long to do this, and must show once more who they are: `POST /api/auth/proof`.',
  quota_reached:
    'One person would hold more than `quota` says, which the answer names with `most` and `held`. Nothing was made.',
  range_not_satisfiable: 'The part asked for lies beyond the end.',
  rate_limited: 'Too many requests, or too many wrong passwords. `Retry-After` says how long to wait.',
  run_not_cancellable: 'The run has ended already.',
  run_not_retryable: 'The run has not ended yet.',
  run_not_waiting: 'The run does not wait for its turn: it lives, has ended, or its instant is ahead.',
  schedule_invalid: 'The schedule cannot be read; the message names the field and the position in it.',
  schedule_never_due: 'The schedule can be read and names no instant.',
  script_in_use: 'Jobs have the script executed; they are named. `force` deletes it all the same.',
  script_missing: 'There is no such file in the scripts folder.',
  script_outside_folder: 'The path leaves the scripts folder, by `..`, as an absolute path or through a link.',
  script_refused: 'The file may not run: its ending, its size, or that it is no plain file of its own.',
  second_factor_missing:
    'This installation wants a second factor of everybody. Set up one-time codes or a passkey in the profile first.',
  second_factor_needed:
    'The password is right, and a one-time code is needed too: `POST /api/auth/second-step` with the `token` that the answer carries.',
  secret_unreadable:
    'A stored secret cannot be opened: the key is missing, too short, open to others, or not the one it was sealed with.',
  setup_already_done: 'An administrator exists. Sign in instead.',
  slow_down: 'Asked sooner than after `interval` seconds, which is longer from now on.',
  sqlite_too_old: 'This SQLite can lose committed data. The message says which versions do not.',
  stale_fence: 'Another worker holds the run by now.',
  stale_hash: 'The script holds something else than was looked at. Review it anew.',
  timed_out: 'It took too long.',
  timezone_unknown: 'No zone of the IANA list has this name. The message may know one that is near.',
  too_large: 'More than is taken at once.',
  trigger_refused: 'No run was made; `reason` says why.',
  type_unknown: 'There is no job type of this name.',
  unauthenticated: 'Nobody known asks: no credential, a wrong one, or one that is over.',
  unavailable: 'Not just now. Trying again helps.',
  worker_alive: 'The worker is running, or has not been silent for long enough.',
  worker_gone: 'The worker is not running.',
};

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
