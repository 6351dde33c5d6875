/**
 * The one catalogue of reasons: why a run waits, why an occurrence was skipped, how a run ended unhappily, why nothing
 * is planned. Pages, command line and mail only render what stands here. The tables are total: a new code does not
 * compile without its sentences.
 *
 * The same code may say different things of a waiting run and of a skipped occurrence (`overlap`), so each view has its
 * own table. One of `fuller`, or `sentence`, is used when every `{placeholder}` of it is known, `plain` otherwise.
 */
import { skipReasons, type SkipReason } from './occurrence.ts';
import type { ReasonAct } from './reason-acts.ts';

export interface ReasonEntry {
  /** Say more than `sentence`: the first of which all that it names is known is taken. */
  readonly fuller?: readonly string[];
  /** With `{placeholders}`. */
  readonly sentence: string;
  /** Without any, for when a fact is not known. */
  readonly plain: string;
  readonly act: ReasonAct;
}

export const waitingReasons = [
  'next_in_line',
  'retry_delay',
  'worker_offline',
  'no_worker_matches',
  'concurrency_job',
  'concurrency_queue',
  'concurrency_lock',
  'concurrency_person',
  'concurrency_global',
  'overlap',
  'dependency',
  'not_approved',
  'blackout',
  'holiday',
  'active_hours',
  'maintenance',
  'queue_paused',
  'rate_limit',
  'jitter',
  'workers_halted',
  'database_changed',
] as const;
export type WaitingReason = (typeof waitingReasons)[number];

/** What a run's record keeps when it ended otherwise than by its own result. */
export const endReasons = [
  'cancel_requested',
  'job_deleted',
  'superseded',
  'replaced',
  'expired',
  'worker_shutdown',
  'not_approved',
  'not_started',
  'start_unknown',
  'worker_died',
  'host_gone',
  'spawner_died',
  'stuck',
  'output_limit',
  'secret_unavailable',
] as const;
export type EndReason = (typeof endReasons)[number];

/** Why a job has no next instant. */
export const idleReasons = [
  'deleted',
  'paused',
  'completed',
  'breaker',
  'not_approved',
  'no_schedule',
  'schedules_off',
  'ended',
  'maintenance',
] as const;
export type IdleReason = (typeof idleReasons)[number];

/** What is said of an instant, or of a run, that no reason held back. */
export const toldCodes = [
  'ran',
  'will_run',
  'not_due',
  'not_created',
  'undecided',
  'removed',
  'held',
  'no_value',
] as const;
export type ToldCode = (typeof toldCodes)[number];

const waiting: Readonly<Record<WaitingReason, ReasonEntry>> = {
  next_in_line: {
    fuller: ['Position {position} of {length} in {queue}; expected about {expected}.'],
    sentence: 'Position {position} of {length} in {queue}.',
    plain: 'Waits for its turn.',
    act: 'raise_priority',
  },
  retry_delay: {
    sentence: 'Attempt {attempt} starts at {at}, after a delay of {delay}.',
    plain: 'Waits for its next attempt.',
    act: 'retry_now',
  },
  worker_offline: {
    sentence: 'No worker has reported since {since}.',
    plain: 'No worker is running.',
    act: 'start_worker',
  },
  workers_halted: {
    sentence: 'Every worker that is running drains or is paused: resume one, or start another.',
    plain: 'Every worker that is running drains or is paused.',
    act: 'edit_workers',
  },
  no_worker_matches: {
    sentence: 'No worker serves {missing}.',
    plain: 'No worker serves its queue and has its labels.',
    act: 'edit_workers',
  },
  concurrency_job: {
    sentence: '{used} of {limit} slots of this job are in use, by {runs}.',
    plain: 'All slots of this job are in use.',
    act: 'edit_limit',
  },
  concurrency_queue: {
    fuller: ['Expected about {expected}: {used} of {limit} slots of the queue {queue} are in use.'],
    sentence: '{used} of {limit} slots of the queue {queue} are in use.',
    plain: 'All slots of its queue are in use.',
    act: 'open_limits',
  },
  concurrency_lock: {
    fuller: ['Expected about {expected}: {used} of {limit} holders of the lock {lock} are at work.'],
    sentence: '{used} of {limit} holders of the lock {lock} are at work.',
    plain: 'A named lock it needs is held.',
    act: 'open_limits',
  },
  concurrency_person: {
    fuller: ['Expected about {expected}: {used} of {limit} slots of {person} are in use.'],
    sentence: '{used} of {limit} slots of {person} are in use.',
    plain: 'All slots of its owner are in use.',
    act: 'open_limits',
  },
  concurrency_global: {
    fuller: ['Expected about {expected}: {used} of {limit} runs that may live at once do.'],
    sentence: '{used} of {limit} runs that may live at once do.',
    plain: 'As many runs live as the system may have.',
    act: 'open_limits',
  },
  overlap: {
    sentence: 'Queued behind run {run}, active since {since}.',
    plain: 'Queued behind an active run of this job.',
    act: 'open_run',
  },
  dependency: { sentence: 'Waits for {upstream}.', plain: 'Waits for jobs it depends on.', act: 'open_job' },
  not_approved: {
    sentence: '{script} changed and is not approved.',
    plain: 'Its script is not approved.',
    act: 'review',
  },
  blackout: {
    sentence: 'Deferred until {until}: blackout {name}.',
    plain: 'Deferred to the end of a blackout.',
    act: 'edit_calendar',
  },
  holiday: {
    sentence: 'Deferred until {until}: holiday {name}.',
    plain: 'Deferred past a holiday.',
    act: 'edit_calendar',
  },
  active_hours: {
    sentence: 'Waits until its active hours begin at {until}.',
    plain: 'Waits for its active hours.',
    act: 'edit_job',
  },
  maintenance: {
    sentence: 'Maintenance until {until}, started by {by}.',
    plain: 'Maintenance is on.',
    act: 'end_maintenance',
  },
  queue_paused: { sentence: 'The queue {queue} was paused by {by}.', plain: 'Its queue is paused.', act: 'open_queue' },
  rate_limit: {
    sentence: 'Limit of {limit} starts a minute; next at {at}.',
    plain: 'Starts are spread by a limit.',
    act: 'open_settings',
  },
  jitter: {
    sentence: 'Starts at {at}: its schedule spreads starts over {spread}.',
    plain: 'Its schedule spreads its starts.',
    act: 'edit_job',
  },
  database_changed: {
    sentence: 'The database changed to another server at {at}: workers compare what they know with it first.',
    plain: 'The database changed to another server: workers compare what they know with it first.',
    act: 'open_health',
  },
};

const skipped: Readonly<Record<SkipReason, ReasonEntry>> = {
  overlap: {
    fuller: [
      'The worker of run {unsettled}, due {due}, had stopped, and the run was not settled yet.',
      'The job was catching up what it had missed: run {catching_up}, due {due}, had not ended.',
    ],
    sentence: 'Run {run}, due {due}, was still active.',
    plain: 'An earlier run was still active.',
    act: 'change_overlap',
  },
  misfire: {
    fuller: ['Noticed {late} late; catch-up is "{policy}", {limit}.'],
    sentence: 'Noticed {late} late; catch-up is "{policy}".',
    plain: 'Noticed too late, and catch-up did not ask for it.',
    act: 'backfill',
  },
  coalesced: {
    fuller: ['Noticed {late} late, and folded into {newer}.'],
    sentence: 'Folded into the run due {due}.',
    plain: 'Folded into another run.',
    act: 'open_run',
  },
  blackout: {
    fuller: ['In blackout {name}, until {until}.'],
    sentence: 'In a blackout until {until}.',
    plain: 'In a blackout.',
    act: 'edit_calendar',
  },
  holiday: { sentence: 'On the holiday {name}, {date}.', plain: 'On a holiday.', act: 'edit_calendar' },
  active_hours: { sentence: 'Outside the active hours {hours}.', plain: 'Outside its active hours.', act: 'edit_job' },
  maintenance: {
    sentence: 'Maintenance from {from} to {until}.',
    plain: 'During maintenance.',
    act: 'end_maintenance',
  },
  paused: { sentence: 'Paused by {by} on {at}, "{note}".', plain: 'The job was paused.', act: 'resume' },
  breaker: {
    sentence: 'Stopped after {failures}.',
    plain: 'Stopped after repeated failures.',
    act: 'reset_job',
  },
  dependency: {
    sentence: '{upstream} failed, so this could not run.',
    plain: 'A job it depends on was not done.',
    act: 'open_job',
  },
  dst_gap: {
    sentence: 'This local time does not exist in {zone}.',
    plain: 'This local time was skipped by a clock change.',
    act: 'edit_job',
  },
  clock: {
    sentence: "The server's clock jumped from {from} to {to}.",
    plain: "The server's clock jumped over it.",
    act: 'open_health',
  },
  not_approved: {
    sentence: '{script} differs from the approved version.',
    plain: 'Its script was not approved.',
    act: 'review',
  },
};

const ended: Readonly<Record<EndReason, ReasonEntry>> = {
  cancel_requested: { sentence: 'Cancelled by {by}.', plain: 'Cancelled on request.', act: 'run_again' },
  job_deleted: { sentence: '{by} deleted the job.', plain: 'The job was deleted.', act: 'restore_job' },
  superseded: {
    sentence: 'The newer run {run} took its place.',
    plain: 'A newer run took its place in the queue.',
    act: 'open_run',
  },
  replaced: { sentence: 'The newer run {run} replaced it.', plain: 'A newer run replaced it.', act: 'open_run' },
  expired: {
    sentence: 'Waited past its start deadline of {deadline}.',
    plain: 'Waited past its start deadline.',
    act: 'run_now',
  },
  worker_shutdown: {
    sentence: 'Worker {worker} was stopped while it ran.',
    plain: 'Its worker was stopped while it ran.',
    act: 'run_again',
  },
  not_approved: {
    sentence: '{script} differs from the approved version.',
    plain: 'Its script was not approved.',
    act: 'review',
  },
  not_started: { sentence: 'It could not be started: {message}', plain: 'It could not be started.', act: 'edit_job' },
  start_unknown: {
    sentence: 'Worker {worker} stopped as it was starting this; whether it ran is unknown.',
    plain: 'Its worker stopped as it was starting this; whether it ran is unknown.',
    act: 'run_again',
  },
  worker_died: {
    sentence: 'Worker {worker} stopped while it ran, noticed at {at}; what the job did is unknown.',
    plain: 'Its worker stopped while it ran; what the job did is unknown.',
    act: 'run_again',
  },
  host_gone: {
    sentence: 'The host of worker {worker} stopped reporting, noticed at {at}; what the job did is unknown.',
    plain: "Its worker's host stopped reporting; what the job did is unknown.",
    act: 'run_again',
  },
  spawner_died: {
    sentence: 'The spawner of worker {worker} ended while it ran; what the job did is unknown.',
    plain: "Its worker's spawner ended while it ran; what the job did is unknown.",
    act: 'run_again',
  },
  stuck: {
    sentence: 'Still open {late} after its time-out.',
    plain: 'Still open long after its time-out.',
    act: 'edit_workers',
  },
  output_limit: {
    sentence: 'It wrote more than {limit}.',
    plain: 'It wrote more than its output limit.',
    act: 'edit_job',
  },
  secret_unavailable: {
    sentence: 'A secret that it needs could not be read; its error says which, and why.',
    plain: 'A secret that it needs could not be read.',
    act: 'edit_job',
  },
};

const idle: Readonly<Record<IdleReason, ReasonEntry>> = {
  deleted: { sentence: 'Deleted by {by}.', plain: 'The job is deleted.', act: 'restore_job' },
  paused: { sentence: 'Paused by {by} on {at}.', plain: 'The job is paused.', act: 'resume' },
  completed: {
    sentence: 'All {limit} runs it may have are done.',
    plain: 'All runs it may have are done.',
    act: 'edit_job',
  },
  breaker: {
    sentence: 'Stopped after {failures}.',
    plain: 'Stopped after repeated failures.',
    act: 'reset_job',
  },
  not_approved: { sentence: '{script} is not approved.', plain: 'Its script is not approved.', act: 'review' },
  no_schedule: {
    sentence: 'It has no schedule and runs on demand.',
    plain: 'It has no schedule and runs on demand.',
    act: 'add_schedule',
  },
  schedules_off: {
    sentence: 'All its schedules are switched off.',
    plain: 'All its schedules are switched off.',
    act: 'edit_job',
  },
  ended: { sentence: 'Its schedule has ended.', plain: 'Its schedule has ended.', act: 'edit_job' },
  maintenance: {
    sentence: 'Maintenance until somebody ends it, started by {by}.',
    plain: 'Maintenance until somebody ends it.',
    act: 'end_maintenance',
  },
};

const told: Readonly<Record<ToldCode, ReasonEntry>> = {
  ran: { sentence: 'It ran: {what}', plain: 'It ran.', act: 'open_run' },
  will_run: { sentence: 'It will run: {schedule}.', plain: 'It will run.', act: 'run_now' },
  not_due: {
    sentence: 'No schedule of the job names this instant. The nearest: {nearest}.',
    plain: 'No schedule of the job names this instant.',
    act: 'edit_job',
  },
  not_created: {
    sentence: 'The job was created at {at}.',
    plain: 'The job did not exist yet.',
    act: 'backfill',
  },
  undecided: {
    sentence: 'It is due; the scheduler has planned up to {at}.',
    plain: 'It is due and not planned yet.',
    act: 'open_health',
  },
  removed: {
    sentence: 'The ledger is kept from {at} on.',
    plain: 'The ledger of that time is no longer kept.',
    act: 'open_settings',
  },
  held: {
    sentence:
      'It is due. The database changed to another server at {at}: nothing is planned until the workers have compared what they know with it.',
    plain: 'It is due. Nothing is planned until the workers have compared what they know with the changed database.',
    act: 'open_health',
  },
  no_value: {
    sentence: '{upstream} left no value that this needs, so it could not run.',
    plain: 'A job it depends on left no value that this needs, so it could not run.',
    act: 'open_run',
  },
};

export const reasonCatalogue = { waiting, skipped, ended, idle, told } as const;

export function isSkipReason(code: string): code is SkipReason {
  return (skipReasons as readonly string[]).includes(code);
}
