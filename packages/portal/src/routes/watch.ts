import type { FastifyInstance } from 'fastify';
import { endpoints, type AttentionItem, type Coming, type Overview } from 'job-trigger-contract';
import { runToWire, schedulerSilence, schedulerToWire } from 'job-trigger-contract/mapping';
import {
  describeSchedule,
  draftVersion,
  formatInstant,
  toUuid,
  type EventRow,
  type JobSummary,
  type Run,
  type ScheduledStart,
  type Store,
} from 'job-trigger-core';
import type { PortalOptions } from '../portal.ts';
import { namedOf } from '../references.ts';
import { serveShared } from '../route.ts';
import { explainWaiting, placeWaiting } from '../waiting.ts';

const dayMs = 86_400_000;

async function comingOf(store: Store, limit: number): Promise<Coming[]> {
  return (await store.jobs.coming(limit)).map(({ job, schedule, at }) => ({
    job_id: toUuid(job),
    job_name: job.definition.name,
    at: formatInstant(at),
    timezone: schedule.spec.timezone,
    description: describeSchedule(schedule.spec),
  }));
}

async function endedIn(store: Store, from: number, to: number) {
  const counts = await store.runs.counts(from, to);
  const failed = counts.failed + counts.timed_out + counts.lost;
  const all = counts.succeeded + failed;
  return { succeeded: counts.succeeded, failed, success_rate: all === 0 ? null : counts.succeeded / all };
}

/** Of the runs that ended last. */
function latenessP95(starts: readonly ScheduledStart[], from: number): number | null {
  const late = starts
    .filter(({ createdAt }) => createdAt >= from)
    .map(({ dueAt, startedAt }) => startedAt - dueAt)
    .sort((a, b) => a - b);
  const value = late[Math.ceil(late.length * 0.95) - 1];
  return value === undefined ? null : Math.max(0, value) / 1000;
}

/** How it failed, and the last thing it said about that. */
function troubleOf({ failure, state }: Run): string {
  if (failure === null)
    return state === 'lost' ? 'What its last run did is unknown.' : `Its last run ${state.replaceAll('_', ' ')}.`;
  const said = failure.detail?.trimEnd().split('\n').at(-1)?.trim() ?? '';
  return said === '' ? failure.message : `${failure.message}: ${said.length > 160 ? `${said.slice(0, 159)}…` : said}`;
}

function attentionItem({ job, lastRun, consecutiveFailures }: JobSummary): AttentionItem | null {
  if (job.deletedAt !== null || lastRun === null || !['failed', 'timed_out', 'lost'].includes(lastRun.state))
    return null;
  const times =
    consecutiveFailures > 1 ? ` ${consecutiveFailures}${consecutiveFailures >= 10 ? '+' : ''} times in a row` : '';
  return {
    job_id: toUuid(job),
    job_name: job.definition.name,
    severity: consecutiveFailures > 1 ? 'error' : 'warning',
    title: `${job.definition.name} ${lastRun.state.replaceAll('_', ' ')}${times}`,
    text: troubleOf(lastRun),
    since: lastRun.endedAt === null ? null : formatInstant(lastRun.endedAt),
    run_id: toUuid(lastRun),
  };
}

/** Jobs whose newest run ended badly within the window: found by their runs, so that its cost does not grow with jobs. */
async function attentionOf(store: Store, from: number): Promise<AttentionItem[]> {
  const { items } = await store.runs.list({ states: ['failed', 'timed_out', 'lost'], from }, { limit: 100 });
  const ids = [...new Set(items.map((run) => run.jobId))].slice(0, 20);
  const summaries = new Map((await store.jobs.summaries(ids)).map((summary) => [summary.job.id, summary]));
  return ids.flatMap((id) => {
    const summary = summaries.get(id);
    return summary === undefined ? [] : (attentionItem(summary) ?? []);
  });
}

const manyOf = (data: EventRow['data'], one: string): string => {
  const count = Number(data['count'] ?? 0);
  return `${new Intl.NumberFormat('en').format(count)} ${count === 1 ? one : `${one}s`}`;
};

const runsOf = (slots: unknown): string => (slots === 1 ? '1 run' : `${String(slots)} runs`);
const limitWords = (slots: unknown): string => (slots === null ? 'no limit' : `a limit of ${runsOf(slots)} at once`);

/** Where the words depend on the facts. */
const ownWords: Readonly<Record<string, (data: EventRow['data']) => string>> = {
  'occurrences.missed': (data) => `missed ${manyOf(data, 'instant')}`,
  'trigger.refused': ({ text }) =>
    `was not run${typeof text === 'string' ? `: ${text.replace(/^No run was made: |\.$/g, '')}` : ''}; asked`,
  'queue.limited': ({ slots }) => `as a queue has ${limitWords(slots)}`,
  'lock.limited': ({ slots }) => `as a lock takes ${slots === null ? '1 run' : runsOf(slots)} at once`,
  'system.limited': ({ slots }) => `The system has ${limitWords(slots)}`,
  'person.limited': ({ slots }) => `The limit of people was set: ${limitWords(slots)}`,
  'backfill.started': (data) => `was given ${manyOf(data, 'run')} for passed instants`,
};

const saying: Readonly<Record<string, string>> = {
  'job.created': 'was created',
  'job.changed': 'was changed',
  'job.deleted': 'was deleted',
  'job.tried': 'was tried unsaved',
  'job.restored': 'was restored',
  'job.paused': 'was paused',
  'job.resumed': 'was resumed',
  'demo.filled': 'Demo data was added',
  'demo.removed': 'Demo data was removed',
  'person.created': 'was added as a person',
  'person.invited': 'was invited',
  'person.uninvited': 'is not invited any more',
  'person.changed': 'has other rights',
  'person.disabled': 'was shut out',
  'person.enabled': 'may sign in again',
  'person.signed_out': 'was signed out',
  'person.deleted': 'was deleted as a person',
  'person.linked': 'has another sign-in through a provider',
  'person.unlinked': 'has one sign-in through a provider less',
  'person.erased': 'A person was erased',
  'person.profile_changed': 'changed their name or zone',
  'person.password_changed': 'has a new password',
  'person.codes_added': 'signs in with one-time codes',
  'person.codes_removed': 'signs in without one-time codes',
  'person.recovery_code_used': 'used a recovery code',
  'person.recovery_codes_renewed': 'has new recovery codes',
  'person.passkey_added': 'has a new passkey',
  'person.passkey_renamed': 'renamed a passkey',
  'person.passkey_removed': 'removed a passkey',
  'person.second_factor_cleared': 'lost one-time codes and passkeys',
  'job.orphaned': 'has no owner any more',
  'script.changed': 'holds something else',
  'script.approved': 'was approved',
  'script.changes_requested': 'is to be changed',
  'script.rejected': 'was rejected',
  'key.created': 'was made as a key',
  'key.rotated': 'has a new key',
  'key.revoked': 'was revoked as a key',
  'calendar.created': 'was created',
  'calendar.changed': 'was changed',
  'calendar.deleted': 'was deleted',
  'maintenance.set': 'Maintenance was set',
  'maintenance.changed': 'Maintenance was changed',
  'maintenance.ended': 'Maintenance ended',
  'monitor.created': 'was added as a monitor',
  'monitor.changed': 'was changed as a monitor',
  'monitor.deleted': 'was deleted as a monitor',
  'monitor.paused': 'was paused as a monitor',
  'monitor.resumed': 'was resumed as a monitor',
  'webhook.created': 'was added as a webhook',
  'webhook.changed': 'was changed as a webhook',
  'webhook.deleted': 'was deleted as a webhook',
  'webhook.rotated': 'has a new secret',
  'run.succeeded': 'ran and succeeded',
  'run.failed': 'ran and failed',
  'run.timed_out': 'ran out of time',
  'run.cancelled': 'was cancelled',
  'run.lost': 'was lost: what it did is unknown',
  'worker.drained': 'drains',
  'worker.paused': 'was paused',
  'worker.resumed': 'takes runs again',
  'worker.removed': 'was taken from the list',
  'clock.held': 'The clock jumped ahead by more than a day; nothing is planned until that is confirmed or stable',
  'clock.jumped': 'The clock jumped ahead and stayed there',
  'clock.went_back': 'The clock went back; schedules count from now',
  'clock.confirmed': 'The clock was confirmed',
  'run.set_aside': 'was set aside: it was lost each time it was started',
  'run.late_result': 'reported after its run was over; the result was not applied',
  'run.leaked': 'left processes behind that could not be ended',
  'database.changed': 'The database changed to another server',
  'database.compared': 'The workers have compared what they know with the database',
  'run.recovered': 'was gone from the database and was written again',
  'run.unreconciled': 'was started, and the database does not know it',
  'worker.unhealthy': 'cannot start processes and rests',
  'worker.healthy': 'starts processes again',
  'queue.paused': 'was paused as a queue',
  'queue.resumed': 'was resumed as a queue',
  'run.moved_front': 'was put first in its queue',
  'run.cancel_requested': 'is to be cancelled',
  'run.stopping': 'was asked to end',
  'job.shared': 'is shared otherwise',
  'job.given': 'has another owner',
  'team.created': 'was made as a team',
  'team.changed': 'was changed as a team',
  'team.deleted': 'was removed as a team',
  'job.hook_added': 'has another incoming hook',
  'job.hook_changed': 'has an incoming hook that was changed',
  'job.hook_deleted': 'has an incoming hook less',
  'job.hook_rotated': 'has an incoming hook with a new secret',
};

const alertSaying: Readonly<Record<string, string>> = {
  'alert.raised': 'Alert',
  'alert.resolved': 'Over',
  'alert.acknowledged': 'Seen',
  'attention.raised': 'Needs attention',
  'attention.resolved': 'Settled',
  'attention.reopened': 'Open again',
  'attention.changed': 'Attention',
  'attention.retried': 'Attention',
};

/** An alert in the words it was raised with; null for any other event. */
function alertSentence({ kind, data, actor }: EventRow): string | null {
  const said = alertSaying[kind];
  if (said === undefined) return null;
  const { title, sentence } = data as { readonly title?: string; readonly sentence?: string };
  return `${said}: ${title ?? ''}. ${sentence ?? ''}${actor === null ? '' : ` (${actor})`}`;
}

/** Why nothing is sent any more. */
const offWords: Readonly<Record<string, string>> = {
  gone: 'is switched off: its receiver answered 410',
  failing: 'is switched off: five days without a success',
};

/** What happened, without who did it to whom. */
function saidOf({ kind, data }: EventRow): string {
  const off = kind === 'webhook.disabled' ? offWords[String(data['reason'])] : undefined;
  const [noun = '', verb = ''] = kind.split('.');
  return off ?? ownWords[kind]?.(data) ?? saying[kind] ?? `${noun} ${verb.replaceAll('_', ' ')}`;
}

function sentence(row: EventRow, jobName: string | null): string {
  const { text } = row.data;
  if (typeof text === 'string' && ownWords[row.kind] === undefined) return text;
  const subject = jobName ?? (typeof row.data['name'] === 'string' ? row.data['name'] : null);
  // Who set up the portal added themself.
  const by = row.actor === null || (row.kind === 'person.created' && row.actor === subject) ? '' : ` by ${row.actor}`;
  return `${subject === null ? '' : `${subject} `}${saidOf(row)}${by}.`;
}

/** What people watch: the first page, what comes, what waits, what happened. */
export function watchRoutes(app: FastifyInstance, options: PortalOptions): void {
  const { store, config } = options;
  const { engine } = config.values;

  serveShared(app, endpoints.coming, async ({ query }) => ({ items: await comingOf(store, query.limit ?? 50) }));

  serveShared(app, endpoints.queue, async () => {
    const live = await store.runs.countLive();
    const placed = await placeWaiting(options, await store.runs.waiting(200, engine.ageingMs));
    return {
      queued: live.queued,
      running: live.leased,
      oldest_queued_at: live.oldestQueuedAt === null ? null : formatInstant(live.oldestQueuedAt),
      items: placed.map((item, at) => ({ position: at + 1, ...item })),
    };
  });

  serveShared(app, endpoints.listEvents, async ({ query }) => {
    const page = await store.events.list(query.kind === undefined ? {} : { kinds: query.kind.split(',') }, {
      limit: query.limit,
      after: query.cursor ?? null,
    });
    const ids = [...new Set(page.items.flatMap((row) => row.jobId ?? []))];
    const jobs = await store.jobs.byIds(ids);
    const items = page.items.map((row) => {
      const job = row.jobId === null ? null : (jobs.get(row.jobId) ?? null);
      const { runId, runCreatedAt } = row;
      return {
        id: String(row.id),
        at: formatInstant(row.at),
        kind: row.kind,
        text: alertSentence(row) ?? sentence(row, job?.definition.name ?? null),
        job_id: job === null || job.version === draftVersion ? null : toUuid(job),
        run_id: runId === null || runCreatedAt === null ? null : toUuid({ id: runId, createdAt: runCreatedAt }),
        actor: row.actor,
      };
    });
    return { items, next_cursor: page.next, limit: query.limit };
  });

  serveShared(app, endpoints.overview, async ({ query }): Promise<Overview> => {
    const now = await store.now();
    const length = query.window_seconds === undefined ? dayMs : query.window_seconds * 1000;
    const from = now - length;
    const [live, skips, running, waiting, finished, starts, workers, schedulers] = await Promise.all([
      store.runs.countLive(),
      store.ledger.skippedSince(from, engine.lateToleranceMs),
      store.runs.running(20),
      store.runs.waiting(20, engine.ageingMs),
      store.runs.ended(10),
      store.runs.starts(200),
      store.workers.list(),
      store.schedulers.list(),
    ]);
    const [named, inWindow, before, attention, explained, coming, all, demo] = await Promise.all([
      namedOf(store, [...running, ...finished]),
      endedIn(store, from, now),
      endedIn(store, from - length, from),
      attentionOf(store, from),
      explainWaiting(options, waiting),
      comingOf(store, 10),
      store.jobs.count({}),
      store.jobs.count({ demo: true }),
    ]);
    const silence = schedulerSilence(now, engine);
    const awake = schedulers.filter((row) => schedulerToWire(row, silence).state === 'online');
    const polls = awake.flatMap((row) => row.polledAt ?? []);
    return {
      window: { from: formatInstant(from), to: formatInstant(now) },
      counts: {
        ...inWindow,
        running: live.leased,
        queued: live.queued,
        missed: skips.missed,
        skipped: skips.otherwise,
      },
      before,
      lateness_p95_seconds: latenessP95(starts, from),
      attention,
      running: running.map((run) => runToWire(run, named)),
      waiting: [...explained],
      coming,
      finished: finished.map((run) => runToWire(run, named)),
      jobs_total: all,
      demo_jobs: demo,
      workers_online: workers.filter((row) => row.lostAt === null && now - row.beatAt <= engine.lostAfterMs).length,
      scheduler: { online: awake.length, last_poll_at: polls.length === 0 ? null : formatInstant(Math.max(...polls)) },
    };
  });
}
