/** Valid rows with nothing remarkable about them; a test names only what it is about. */
import type { Artifact } from '../model/artifact.ts';
import type { BlackoutContent, Calendar, HolidayContent } from '../model/calendar.ts';
import type { Id } from '../model/id.ts';
import type { Job, JobDefinition } from '../model/job.ts';
import type { Occurrence } from '../model/occurrence.ts';
import type { Schedule } from '../model/schedule.ts';
import type { OpenBreaker } from '../model/trouble.ts';
import type { SchedulerRow, Worker } from '../model/worker.ts';
import type { IncomingHook } from '../model/incoming-hook.ts';
import type { Monitor } from '../model/monitor.ts';
import type { Secret } from '../model/secret.ts';
import type { Delivery, Webhook } from '../model/webhook.ts';
import type { ApiKey } from '../model/api-key.ts';
import type { Person } from '../model/person.ts';
import type { NewRun } from '../store/run-table.ts';
import { manualClockStart } from './manual-clock.ts';

let last = 1_000_000;
/** An id no other row of this process's tests has; far above those a test's store draws. */
function nextId(): Id {
  return ++last;
}

/** A script job's definition. */
export function jobDefinition(overrides: Partial<JobDefinition> = {}): JobDefinition {
  return {
    type: 'script',
    config: { script: 'hello.sh', args: [], env: {}, workingDir: null },
    name: `job ${nextId()}`,
    description: null,
    tags: [],
    timeoutSeconds: null,
    killGraceSeconds: 10,
    onLost: 'fail',
    overlap: 'skip',
    maxConcurrent: 1,
    priority: 'medium',
    queue: 'default',
    workerLabels: [],
    catchUp: { policy: 'last', windowSeconds: 86_400, max: 10 },
    retry: null,
    parameters: [],
    maxRuns: null,
    startDeadlineSeconds: null,
    lateAlertSeconds: null,
    source: null,
    ...overrides,
  } as JobDefinition;
}

/** An active job; `definition` may name only the fields that matter. */
export function job(overrides: Partial<Omit<Job, 'definition'>> & { definition?: Partial<JobDefinition> } = {}): Job {
  const { definition, ...rest } = overrides;
  return {
    id: nextId(),
    createdAt: manualClockStart,
    updatedAt: manualClockStart,
    ownerId: null,
    version: 1,
    active: true,
    pausedReason: null,
    pausedBy: null,
    pausedAt: null,
    pausedUntil: null,
    onResume: null,
    automaticRuns: 0,
    deletedAt: null,
    deletedBy: null,
    demo: false,
    trouble: null,
    ...rest,
    definition: jobDefinition(definition),
  };
}

/** A breaker that three failures in a row have opened, for seven days. */
export function openBreaker(overrides: Partial<OpenBreaker> = {}): OpenBreaker {
  return {
    openedAt: manualClockStart,
    coolOffUntil: manualClockStart + 7 * 86_400_000,
    cause: 'consecutive',
    periodDays: 7,
    pattern: {
      consecutiveFailures: 3,
      recentFailures: 3,
      failureReason: 'script_error',
      lastFailureAt: manualClockStart,
      errorPatterns: ['Exit 1'],
    },
    trial: null,
    ...overrides,
  };
}

/** An hourly schedule, planned up to the clock's start and due an hour later. */
export function schedule(overrides: Partial<Schedule> & Pick<Schedule, 'jobId'>): Schedule {
  return {
    id: nextId(),
    createdAt: manualClockStart,
    name: null,
    active: true,
    priority: 0,
    spec: { kind: 'hourly', minute: 0, timezone: 'UTC' },
    revision: 1,
    cursorAt: manualClockStart,
    planAt: manualClockStart + 3_600_000,
    nextDueAt: manualClockStart + 3_600_000,
    tzVersion: '2026a',
    ...overrides,
  };
}

/** A holiday calendar without a day in it. */
export function calendar(overrides: Partial<Calendar> = {}): Calendar {
  const id = nextId();
  return {
    id,
    createdAt: manualClockStart,
    updatedAt: manualClockStart,
    version: 1,
    name: `calendar ${id}`,
    description: null,
    content: { kind: 'holiday', holidays: [] },
    source: null,
    ...overrides,
  };
}

export function holidays(overrides: Partial<HolidayContent> = {}): HolidayContent {
  return { kind: 'holiday', holidays: [], ...overrides };
}

/** Windows that skip, for those who attach them. */
export function blackout(overrides: Partial<BlackoutContent> = {}): BlackoutContent {
  return {
    kind: 'blackout',
    policy: 'skip',
    scope: { kind: 'attached' },
    timezone: 'UTC',
    ranges: [],
    weekly: [],
    yearly: [],
    ...overrides,
  };
}

/** A manual run that may start at once, of a job without a limit. */
export function newRun(overrides: Partial<NewRun> & Pick<NewRun, 'jobId'>): NewRun {
  return {
    id: nextId(),
    createdAt: manualClockStart,
    jobVersion: 1,
    trigger: 'manual',
    scheduleId: null,
    dueAt: null,
    priority: 'medium',
    queue: 'default',
    workerLabels: [],
    onLost: 'fail',
    slots: null,
    availableAt: manualClockStart,
    parameters: {},
    note: null,
    requestedBy: null,
    cause: null,
    reason: null,
    ...overrides,
  };
}

/** An occurrence skipped for overlap. */
export function occurrence(overrides: Partial<Occurrence> & Pick<Occurrence, 'scheduleId' | 'dueAt'>): Occurrence {
  return {
    kind: 'occurrence',
    revision: 1,
    runId: null,
    runCreatedAt: null,
    reason: overrides.runId === undefined || overrides.runId === null ? 'overlap' : null,
    causeRunId: null,
    causeCreatedAt: null,
    decidedAt: manualClockStart,
    ...overrides,
  };
}

/** A worker of four slots on the queue `default`. */
export function worker(overrides: Partial<Worker> = {}): Worker {
  const id = nextId();
  return {
    id,
    createdAt: manualClockStart,
    name: `worker-${id}`,
    host: 'host-a',
    platform: 'linux-x64',
    pid: 4711,
    version: '0.1.0',
    slots: 4,
    queues: ['default'],
    labels: [],
    containment: 'pgid',
    incarnation: id * 7,
    startedAt: manualClockStart,
    beatAt: manualClockStart,
    lostAt: null,
    draining: false,
    pausedAt: null,
    process: null,
    folderId: null,
    clockOffset: null,
    ...overrides,
  };
}

export function scheduler(overrides: Partial<SchedulerRow> = {}): SchedulerRow {
  const id = nextId();
  return {
    id,
    createdAt: manualClockStart,
    name: `scheduler-${id}`,
    host: 'host-a',
    pid: 4712,
    version: '0.1.0',
    startedAt: manualClockStart,
    beatAt: manualClockStart,
    polledAt: null,
    stoppedAt: null,
    clockOffset: null,
    hold: null,
    ...overrides,
  };
}

/** An administrator; the password hash is no real one. */
export function person(overrides: Partial<Person> = {}): Person {
  const id = nextId();
  return {
    id,
    createdAt: manualClockStart,
    email: `person-${id}@example.org`,
    name: `Person ${id}`,
    role: 'admin',
    timezone: 'UTC',
    active: true,
    passwordHash: '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA',
    epoch: 1,
    approver: false,
    seenAt: null,
    ...overrides,
  };
}

/** A key that reads, from anywhere, and was never used. */
export function apiKey(overrides: Partial<ApiKey> = {}): ApiKey {
  const id = nextId();
  return {
    id,
    createdAt: manualClockStart,
    personId: id,
    name: `Key ${id}`,
    scopes: ['read'],
    addresses: [],
    hash: `hash of ${id}`,
    formerHash: null,
    formerUntil: null,
    expiresAt: manualClockStart + 90 * 86_400_000,
    usedAt: null,
    usedFrom: null,
    ...overrides,
  };
}

/** An endpoint that is on and hears of failures. */
export function webhook(overrides: Partial<Webhook> = {}): Webhook {
  const id = nextId();
  return {
    id,
    createdAt: manualClockStart,
    updatedAt: manualClockStart,
    name: `webhook ${id}`,
    url: 'https://example.org/hook',
    kinds: ['run.failed'],
    active: true,
    offReason: null,
    sinceEvent: 0,
    secret: 'sealed',
    formerSecret: null,
    formerUntil: null,
    failingSince: null,
    dropped: 0,
    ...overrides,
  };
}

/** A delivery that is due at once. */
export function delivery(overrides: Partial<Delivery> & Pick<Delivery, 'webhookId'>): Delivery {
  const id = nextId();
  return {
    id,
    createdAt: manualClockStart,
    eventId: id,
    kind: 'run.failed',
    body: '{"type":"run.failed"}',
    state: 'waiting',
    nextAt: manualClockStart,
    attempts: 0,
    tries: [],
    ...overrides,
  };
}

/** A monitor without a ping so far. */
export function monitor(overrides: Partial<Monitor> = {}): Monitor {
  const id = nextId();
  return {
    id,
    createdAt: manualClockStart,
    updatedAt: manualClockStart,
    name: `monitor ${id}`,
    hash: `hash ${id}`,
    token: 'sealed',
    expects: { spec: null, periodMs: 3_600_000 },
    graceMs: 60_000,
    state: 'new',
    stateSince: manualClockStart,
    expectedAt: null,
    checkAt: null,
    lastPingAt: null,
    startedAt: null,
    lastOutput: null,
    ownerId: null,
    ...overrides,
  };
}

/** A kept file; the run and the job that it names need not exist. */
export function artifact(overrides: Partial<Artifact> = {}): Artifact {
  return {
    id: nextId(),
    createdAt: manualClockStart,
    runId: 1,
    runCreatedAt: manualClockStart,
    jobId: 1,
    attempt: 1,
    name: 'report.txt',
    type: 'text/plain',
    bytes: 3,
    sha256: 'ab'.repeat(32),
    crc32: 7,
    problem: null,
    expiresAt: null,
    ...overrides,
  };
}

/** A signed hook of the job 1, which need not exist. */
export function incomingHook(overrides: Partial<IncomingHook> = {}): IncomingHook {
  const id = nextId();
  return {
    id,
    createdAt: manualClockStart,
    updatedAt: manualClockStart,
    jobId: 1,
    name: `hook ${id}`,
    kind: 'signed',
    active: true,
    mapping: null,
    secret: 'sealed',
    formerSecret: null,
    formerUntil: null,
    usedAt: null,
    ...overrides,
  };
}

/** Sealed with no real key, and everybody's. */
export function secret(overrides: Partial<Secret> = {}): Secret {
  const id = nextId();
  return {
    id,
    createdAt: manualClockStart,
    updatedAt: manualClockStart,
    name: `secret-${id}`,
    scope: 'installation',
    ownerId: null,
    provider: 'local',
    sealed: 'jtp1.a.b.c',
    reference: null,
    version: 1,
    rotatedAt: manualClockStart,
    expiresAt: null,
    usedAt: null,
    createdBy: null,
    ...overrides,
  };
}
