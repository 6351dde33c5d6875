/** A round in which nothing is wrong, small enough to be spoilt by hand. */
import type { AttemptRow, History, LedgerRow, RunRow, Told } from './history.ts';

export const t0 = Date.UTC(2026, 0, 15, 12);
const second = 1000;
/** When the worker was killed, in the middle of a run of each job. */
const killedAt = t0 + 12 * second;

const jobs = (['alone', 'shared'] as const).map((name, index) => ({
  id: name,
  name,
  onLost: index === 0 ? ('rerun' as const) : ('fail' as const),
  exclusive: index === 0,
  attempts: 1,
  schedules: [
    { id: `every-${name}`, rule: { kind: 'interval' as const, seconds: 2, start: t0 }, periodMs: 2 * second },
  ],
  from: t0,
  until: t0 + 20 * second,
}));

type JobId = (typeof jobs)[number]['id'];

const runIdOf = (job: JobId, at: number): string => `${job}-${(at - t0) / second}`;
/** What the faults and the overlap left of the instants. */
const runsAt = (at: number): boolean => ![6, 8, 10].some((gone) => at === t0 + gone * second);

function ledgerAt(job: JobId, at: number): readonly LedgerRow[] {
  const of = { scheduleId: `every-${job}`, decidedAt: at + 5 };
  if (at === t0 + 6 * second)
    return [{ ...of, kind: 'gap', from: at, to: at + 2 * second, count: 2, reason: 'misfire' }];
  if (at === t0 + 10 * second) return [{ ...of, kind: 'row', dueAt: at, runId: null, reason: 'overlap' }];
  return runsAt(at) ? [{ ...of, kind: 'row', dueAt: at, runId: runIdOf(job, at), reason: null }] : [];
}

function toldAt(job: JobId, at: number): readonly Told[] {
  const key = `every-${job}@${at}`;
  const line = { runId: runIdOf(job, at), jobId: job, key, pid: 1, exitCode: null, other: null };
  const first = { ...line, attempt: 1, fence: 1 };
  const again = { ...line, attempt: 2, fence: 2 };
  const start: Told = { ...first, kind: 'start', at: at + 20 };
  if (at !== killedAt) return [start, { ...first, kind: 'end', at: at + 500, exitCode: 0 }];
  if (job === 'shared') return [start];
  return [start, { ...again, kind: 'start', at: at + 1200 }, { ...again, kind: 'end', at: at + 1700, exitCode: 0 }];
}

function attemptsAt(job: JobId, at: number): readonly AttemptRow[] {
  const workerId = 'a';
  const good = { workerId, outcome: 'succeeded', reason: null, exitCode: 0, startedAt: at + 15, endedAt: at + 1800 };
  if (at !== killedAt) return [{ ...good, attempt: 1 }];
  const lost = {
    workerId,
    outcome: 'lost',
    reason: 'worker_died',
    exitCode: null,
    startedAt: at + 15,
    endedAt: at + 1000,
  };
  return [{ ...lost, attempt: 1 }, ...(job === 'alone' ? [{ ...good, attempt: 2 }] : [])];
}

function runAt(job: JobId, at: number): RunRow {
  return {
    id: runIdOf(job, at),
    jobId: job,
    trigger: 'schedule',
    scheduleId: `every-${job}`,
    dueAt: at,
    state: at === killedAt && job === 'shared' ? 'lost' : 'succeeded',
    reason: null,
    note: null,
    createdAt: at + 5,
    startedAt: at + 15,
    endedAt: at + 1800,
    attempts: attemptsAt(job, at),
  };
}

const asked: RunRow = {
  id: 'asked',
  jobId: 'shared',
  trigger: 'api',
  scheduleId: null,
  dueAt: null,
  state: 'succeeded',
  reason: null,
  note: 'trigger 0',
  createdAt: t0 + 3000,
  startedAt: t0 + 3100,
  endedAt: t0 + 3300,
  attempts: [
    {
      attempt: 1,
      workerId: 'a',
      outcome: 'succeeded',
      reason: null,
      exitCode: 0,
      startedAt: t0 + 3100,
      endedAt: t0 + 3300,
    },
  ],
};

/** Two jobs, every 2 s for 20 s: an exclusive one that is retried by `rerun` after a fault, and a shared one. */
export function soundHistory(): History {
  const instants = Array.from({ length: 10 }, (_, at) => t0 + (at + 1) * 2 * second);
  const due = jobs.flatMap(({ id: job }) => instants.map((at) => ({ job, at })));
  const ran = due.filter(({ at }) => runsAt(at));
  const line = { runId: 'asked', jobId: 'shared', key: 'asked', attempt: 1, fence: 1, pid: 1, other: null };
  const told: readonly Told[] = [
    ...ran.flatMap(({ job, at }) => toldAt(job, at)),
    { ...line, kind: 'start', at: t0 + 3110, exitCode: null },
    { ...line, kind: 'end', at: t0 + 3290, exitCode: 0 },
  ];
  return {
    database: 'sqlite',
    seed: 0,
    workers: { 'worker-a': 'a', 'worker-b': 'b' },
    shifts: [],
    jobs,
    told: told.toSorted((a, b) => a.at - b.at),
    ledger: due.flatMap(({ job, at }) => ledgerAt(job, at)),
    runs: [...ran.map(({ job, at }) => runAt(job, at)), asked],
    triggers: [
      { note: 'trigger 0', jobId: 'shared', at: t0 + 2990, runId: 'asked' },
      { note: 'trigger 1', jobId: 'shared', at: t0 + 3500, runId: null },
    ],
    faults: [{ kind: 'worker_killed', target: 'worker-a', at: t0 + 12_100, until: t0 + 13_000 }],
    remains: { orphans: [], open: 0, crashes: [], integrity: 'ok' },
  };
}
