/** Alerts about what has happened and is over: missed instants, lost workers, runs set aside. A person, or a later success, ends them. */
import { alertSubject, fingerprintOf, type Alert } from '../model/alert.ts';
import { toUuid, type Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import { failureCategories } from '../model/run.ts';
import { failureAdvice, openBreakerOf } from '../model/trouble.ts';
import type { MonitorState } from '../model/monitor.ts';
import type { MissedGroup, Success } from '../model/watch.ts';
import { spoken, spokenDuration } from '../schedule/spoken.ts';
import type { Standing } from './watch-facts.ts';

/** With the newest fact it has counted. */
export type Told = Standing & { readonly seen: number };

export interface MissedFacts {
  readonly job: Job;
  /** Of its schedule. */
  readonly timezone: string;
  /** Ascending by their decision. */
  readonly groups: readonly MissedGroup[];
  /** The job's newest alert of the kind; what it has counted is not counted again. */
  readonly before: Pick<Alert, 'seen' | 'resolvedAt' | 'count' | 'fromAt' | 'toAt' | 'text'> | null;
}

/** What a job's missed instants call for; null when all of them were told. */
export function missedAlert({ job, timezone, groups, before }: MissedFacts): Told | null {
  const fresh = groups.filter(({ decidedAt }) => decidedAt > (before?.seen ?? -Infinity));
  if (fresh.length === 0) return null;
  const standing = before !== null && before.resolvedAt === null ? before : null;
  const span = together(standing, fresh);
  const onlyFolded = fresh.every(({ reason }) => reason === 'coalesced') && standing === null;
  const { name } = job.definition;
  return {
    ...span,
    kind: 'missed',
    severity: onlyFolded ? 'warning' : 'error',
    fingerprint: `missed:${job.id}`,
    jobId: job.id,
    jobCreatedAt: job.createdAt,
    runId: null,
    runCreatedAt: null,
    title: span.count === 1 ? `${name} missed a run` : `${name} missed ${inWords(span.count)} runs`,
    text: `${spanText(span, timezone)} ${whyMissed(fresh)} ${whatNow(job, fresh)}`,
    seen: Math.max(...fresh.map(({ decidedAt }) => decidedAt)),
  };
}

interface Span {
  readonly count: number;
  readonly fromAt: Instant;
  readonly toAt: Instant;
}

/** What stands, with what is new. */
function together(standing: MissedFacts['before'], fresh: readonly MissedGroup[]): Span {
  return {
    count: (standing?.count ?? 0) + fresh.reduce((sum, group) => sum + group.count, 0),
    fromAt: Math.min(standing?.fromAt ?? Infinity, ...fresh.map((group) => group.fromAt)),
    toAt: Math.max(standing?.toAt ?? -Infinity, ...fresh.map((group) => group.toAt)),
  };
}

const inWords = (count: number): string => new Intl.NumberFormat('en').format(count);

function spanText({ count, fromAt, toAt }: Span, zone: string): string {
  if (count === 1) return `The instant ${spoken(toAt, zone)} did not run.`;
  return `${inWords(count)} instants from ${spoken(fromAt, zone)} to ${spoken(toAt, zone)} did not run.`;
}

function whyMissed(groups: readonly MissedGroup[]): string {
  return groups.every(({ reason }) => reason === 'clock')
    ? 'The clock jumped over them.'
    : 'No scheduler was there in time.';
}

function whatNow({ definition: { catchUp } }: Job, groups: readonly MissedGroup[]): string {
  if (catchUp.policy === 'manual') return 'Its catch-up waits for you: a backfill runs them.';
  if (groups.some(({ reason }) => reason === 'coalesced')) return 'They were folded into the newest one.';
  return `Its catch-up is ${catchUp.policy}.`;
}

/** Kinds of events that call for an alert. */
export const alarmingEvents = [
  'worker.lost',
  'run.lost',
  'run.set_aside',
  'run.leaked',
  'leaked',
  'monitor.down',
  'webhook.disabled',
  'worker.unhealthy',
  'database.changed',
  'run.unreconciled',
  'breaker.opened',
] as const;

export interface AlarmingEvent {
  readonly id: number;
  readonly at: Instant;
  readonly kind: string;
  readonly jobId: Id | null;
  readonly jobCreatedAt: Instant | null;
  readonly runId: Id | null;
  readonly runCreatedAt: Instant | null;
  readonly data: Readonly<Record<string, unknown>>;
}

type Subject = Pick<Told, 'kind' | 'severity' | 'fingerprint' | 'title' | 'text'> & { readonly count?: number };

/** What an event calls for; null for one that needs nobody. @param job of the event; null when it has none, or it is gone */
export function alertOfEvent(event: AlarmingEvent, job: Job | null): Told | null {
  const { id: seen, at, kind, runId, runCreatedAt } = event;
  const isAlive = job !== null && job.deletedAt === null;
  const elsewhere = Object.hasOwn(withoutJob, kind) ? withoutJob[kind] : undefined;
  const subject = elsewhere !== undefined ? elsewhere(event) : isAlive ? ofRun(event, job) : null;
  if (subject === null) return null;
  const about = elsewhere !== undefined || job === null ? nobody : { jobId: job.id, jobCreatedAt: job.createdAt };
  return { count: 1, ...subject, ...about, runId, runCreatedAt, fromAt: at, toAt: at, seen };
}

const nobody = { jobId: null, jobCreatedAt: null } as const;

/** A field of an event's data, as far as it is text. */
function textIn({ data }: Pick<AlarmingEvent, 'data'>, name: string): string {
  const value = data[name];
  return typeof value === 'string' ? value : '';
}

function monitorDown(event: AlarmingEvent): Subject {
  const [id, name] = [textIn(event, 'id'), textIn(event, 'name')];
  return {
    kind: 'monitor_down',
    severity: 'error',
    fingerprint: fingerprintOf('monitor_down', id),
    title: `${name} is down`,
    text: withoutName(textIn(event, 'text'), `${name} is down: `),
  };
}

/** The title says the name already. */
function withoutName(text: string, opening: string): string {
  if (!text.startsWith(opening)) return text;
  const rest = text.slice(opening.length);
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

/** Null for those that an earlier version wrote without the id. */
function webhookOff(event: AlarmingEvent): Subject | null {
  const id = textIn(event, 'id');
  if (id === '') return null;
  const why = textIn(event, 'reason') === 'gone' ? 'Its receiver answered 410 Gone.' : 'It failed for five days.';
  const error = textIn(event, 'error');
  return {
    kind: 'webhook_off',
    severity: 'warning',
    fingerprint: fingerprintOf('webhook_off', id),
    title: `Webhook ${textIn(event, 'name')} was switched off`,
    text: `${why} Nothing is sent to it.${error === '' || why.includes('410') ? '' : ` Last: ${error}`}`,
  };
}

function workerUnhealthy(event: AlarmingEvent): Subject {
  const name = textIn(event, 'name');
  return {
    kind: 'worker_unhealthy',
    severity: 'error',
    fingerprint: fingerprintOf('worker_unhealthy', name),
    title: `Worker ${name} cannot start processes`,
    text: `It rests, and its runs go to others. ${textIn(event, 'message')}`.trim(),
  };
}

function workerLost({ data }: AlarmingEvent): Subject | null {
  const name = typeof data['worker'] === 'string' ? data['worker'] : 'unknown';
  const settled = Number(data['settled'] ?? 0);
  if (settled === 0) return null;
  return {
    count: settled,
    kind: 'worker_lost',
    severity: 'error',
    fingerprint: `worker_lost:${name}`,
    title: `Worker ${name} was lost with ${settled === 1 ? 'a run' : `${settled} runs`}`,
    text: `It stopped reporting; what became of ${settled === 1 ? 'its run' : 'its runs'} is unknown.`,
  };
}

function databaseChanged(event: AlarmingEvent): Subject {
  return {
    kind: 'failover',
    severity: 'warning',
    fingerprint: fingerprintOf('failover', String(event.data['number'])),
    title: 'The database changed to another server',
    text: textIn(event, 'text'),
  };
}

/** One alert a run: each is to be looked at. */
function runUnreconciled(event: AlarmingEvent): Subject {
  return {
    kind: 'failover',
    severity: 'error',
    fingerprint: fingerprintOf('failover', textIn(event, 'run')),
    title: 'A started run is not in the database',
    text: textIn(event, 'text'),
  };
}

/** Events that are about no job. */
const withoutJob: Readonly<Record<string, (event: AlarmingEvent) => Subject | null>> = {
  'worker.lost': workerLost,
  'monitor.down': monitorDown,
  'webhook.disabled': webhookOff,
  'worker.unhealthy': workerUnhealthy,
  'database.changed': databaseChanged,
  'run.unreconciled': runUnreconciled,
};

function ofRun(
  { kind, data, runId, runCreatedAt }: AlarmingEvent,
  { id, definition: { name, onLost } }: Job,
): Subject | null {
  if (kind.endsWith('leaked'))
    return {
      kind: 'leaked',
      severity: 'warning',
      fingerprint: `leaked:${id}`,
      title: `${name} left processes behind`,
      text: `${runWords(runId, runCreatedAt)} has ended, and these could not be ended: ${survivorsOf(data)}.`,
    };
  if (kind === 'breaker.opened') return stoppedByBreaker({ id, name, data });
  if (kind === 'run.lost' && data['reason'] === 'stuck')
    return {
      kind: 'stuck',
      severity: 'error',
      fingerprint: `stuck:${id}`,
      title: `A run of ${name} was stuck`,
      text: 'It was still open long after its time-out, and was ended as lost. What it did is unknown.',
    };
  if (kind === 'run.lost' && onLost !== 'rerun') return null;
  return {
    kind: 'set_aside',
    severity: 'error',
    fingerprint: `set_aside:${id}`,
    title: `A run of ${name} was set aside`,
    text: 'It was lost as often as it may be, and is not started again.',
  };
}

function stoppedByBreaker({
  id,
  name,
  data,
}: {
  readonly id: Id;
  readonly name: string;
  readonly data: AlarmingEvent['data'];
}): Subject {
  const category = failureCategories.find((known) => known === data['failure_reason']) ?? 'unknown';
  const error = typeof data['error'] === 'string' ? `Last: ${data['error']}. ` : '';
  return {
    kind: 'breaker',
    severity: 'error',
    fingerprint: fingerprintOf('breaker', id),
    title: `${name} was stopped after ${String(data['words'])}`,
    text: `${error}Its schedule starts nothing until it is reset. ${failureAdvice[category].text}`,
  };
}

function runWords(id: Id | null, createdAt: Instant | null): string {
  return id === null || createdAt === null ? 'Its run' : `Run ${toUuid({ id, createdAt })}`;
}

function survivorsOf({ survivors }: Readonly<Record<string, unknown>>): string {
  if (!Array.isArray(survivors) || survivors.length === 0) return 'see the run’s log';
  const named = survivors.slice(0, 5).map((each: unknown) => {
    if (typeof each !== 'object' || each === null || !('pid' in each)) return `pid ${String(each)}`;
    const { pid, command } = each as { readonly pid: unknown; readonly command?: unknown };
    return typeof command === 'string' ? `pid ${String(pid)} (${command.slice(0, 80)})` : `pid ${String(pid)}`;
  });
  return named.join(', ') + (survivors.length > 5 ? ` and ${survivors.length - 5} more` : '');
}

/** What alerts are about, as it stands now. */
export interface OverFacts {
  readonly alert: Pick<Alert, 'kind' | 'fingerprint' | 'createdAt' | 'toAt' | 'seen'>;
  /** Its job; null when it has none, or it is gone. */
  readonly job: Job | null;
  /** Of the job, since the alert was raised. */
  readonly success: Success | null;
  /** When each worker that reports was started, by name. */
  readonly workers: ReadonlyMap<string, Instant>;
  /** The newest event that told a worker to be well again, by name. */
  readonly wells: ReadonlyMap<string, number>;
  /** By outside id. */
  readonly monitors: ReadonlyMap<string, MonitorState>;
  /** Whether each webhook is on, by outside id. */
  readonly webhooks: ReadonlyMap<string, boolean>;
}

/** How something that happened is over by itself; null while it is not. */
export function factOver(facts: OverFacts): string | null {
  const { alert, job } = facts;
  const ending = endings[alert.kind];
  if (ending !== undefined) return ending(alertSubject(alert), facts);
  if (job === null || job.deletedAt !== null) return 'Its job was deleted.';
  if (alert.kind === 'breaker') return breakerOver(job);
  return jobOver(facts, job);
}

const breakerOver = (job: Job): string | null =>
  openBreakerOf(job) === null ? 'It was reset, or succeeded again.' : null;

function jobOver({ alert, success }: OverFacts, job: Job): string | null {
  if (alert.kind === 'leaked' || success === null) return null;
  if (alert.kind === 'missed') return missedOver(alert, job, success);
  return success.createdAt > (alert.toAt ?? alert.createdAt) ? 'A later run succeeded.' : null;
}

type Ending = (subject: string, facts: OverFacts) => string | null;

/** Of those that are about no job. */
const endings: Readonly<Partial<Record<Alert['kind'], Ending>>> = {
  failover: () => null,
  worker_lost: (name, { workers }) => (workers.has(name) ? `Worker ${name} is connected again.` : null),
  worker_unhealthy(name, { alert, workers, wells }) {
    const startedAt = workers.get(name);
    if (startedAt === undefined) return 'The worker is gone.';
    if ((wells.get(name) ?? -1) > (alert.seen ?? -1)) return 'It starts processes again.';
    return startedAt > (alert.toAt ?? alert.createdAt) ? 'The worker was started anew.' : null;
  },
  monitor_down(id, { monitors }) {
    const state = monitors.get(id);
    if (state === undefined) return 'The monitor was deleted.';
    if (state === 'paused') return 'The monitor was paused.';
    return state === 'down' ? null : 'It reports again.';
  },
  webhook_off(id, { webhooks }) {
    const isOn = webhooks.get(id);
    if (isOn === undefined) return 'The webhook was deleted.';
    return isOn ? 'It is switched on again.' : null;
  },
};

function missedOver(
  { createdAt, toAt }: OverFacts['alert'],
  job: Job,
  { backfilledAt, dueAt }: Success,
): string | null {
  if (backfilledAt !== null && backfilledAt >= createdAt) return 'It was backfilled.';
  const waitsForPerson = job.definition.catchUp.policy === 'manual';
  if (waitsForPerson || toAt === null || dueAt === null || dueAt <= toAt) return null;
  return `It runs again: what was due ${spokenDuration(dueAt - toAt)} later succeeded.`;
}
