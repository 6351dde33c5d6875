/**
 * How a job's last weeks went: its due instants by the scheduler's own functions, and for each run what it would have
 * come to. Pure, and the same facts always give the same rows.
 */
import { exitFailure } from '../../handlers/failure.ts';
import { stopped } from '../../handlers/handler.ts';
import type { Id, Reference } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import type { Job } from '../../model/job.ts';
import type { Gap, Occurrence } from '../../model/occurrence.ts';
import type { AttemptOutcome, Failure } from '../../model/run.ts';
import type { Schedule } from '../../model/schedule.ts';
import { defaultSettings } from '../../model/settings.ts';
import { enumerate, type Fate, type Span } from '../../policy/enumerate.ts';
import { planJob, type PlannedRun } from '../../policy/plan.ts';
import { retryAt } from '../../policy/retry.ts';
import type { NewRun } from '../../store/run-table.ts';
import { newRunOf } from '../../flow/new-run.ts';
import type { Chance } from './chance.ts';
import type { Act, DemoJob } from './demo-job.ts';

export interface PastFacts {
  readonly demo: DemoJob;
  readonly job: Job;
  /** Planned up to the job's creation. */
  readonly schedules: readonly Schedule[];
  /** Up to here everything is decided: now, or the moment of a pause. */
  readonly until: Instant;
  readonly now: Instant;
  /** Nobody planned or ran anything in between. */
  readonly outage: { readonly from: Instant; readonly to: Instant };
}

/** A moment at which somebody looked: the planner at due instants, or a person who asked for a run. */
type Look =
  | { readonly at: Instant; readonly due: readonly { schedule: Schedule; fates: readonly (Fate | Span)[] }[] }
  | { readonly at: Instant; readonly asked: NonNullable<DemoJob['byHand']>[number] };

export interface PastTry {
  readonly outcome: AttemptOutcome;
  readonly reason: string | null;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly failure: Failure | null;
  readonly act: Act;
}

/** A run with the tries it came to; none when it was taken out of the queue. */
export interface Life {
  readonly run: NewRun | PlannedRun;
  /** When it could have started, or was taken out of the queue. */
  startAt: Instant;
  tries: PastTry[];
  /** Why it ended, beyond its last try. */
  reason: string | null;
}

export interface JobPast {
  readonly occurrences: readonly Occurrence[];
  readonly gaps: readonly Gap[];
  readonly lives: readonly Life[];
}

/** The moments of a job's past, ascending. Each dispatch in them may become a run, and needs an id. */
export function looksOf({ demo, job, schedules, until, now, outage }: PastFacts): readonly Look[] {
  const looks: Look[] = [];
  const planned = schedules.map((schedule) => fatesOf(schedule, job, until, outage));
  const onTime = planned.flatMap(({ onTime: fates, schedule }) => fates.map((fate) => ({ schedule, fate })));
  for (const [at, due] of Map.groupBy(onTime, ({ fate }) => fate.dueAt))
    looks.push({ at, due: due.map(({ schedule, fate }) => ({ schedule, fates: [fate] })) });
  const behind = planned.filter(({ missed }) => missed.length > 0);
  if (behind.length > 0)
    looks.push({ at: outage.to, due: behind.map(({ schedule, missed }) => ({ schedule, fates: missed })) });
  for (const asked of demo.byHand ?? []) looks.push({ at: Math.round(now - asked.daysAgo * 86_400_000), asked });
  return looks.toSorted((a, b) => a.at - b.at);
}

const patient = { toleranceMs: Infinity, limit: 100_000 };

/** What the planner would have found: on time before and after the outage, and at its end all that was missed. */
function fatesOf(schedule: Schedule, job: Job, until: Instant, outage: PastFacts['outage']) {
  const { catchUp } = job.definition;
  const before = enumerate({ ...patient, schedule, now: Math.min(outage.from, until), catchUp });
  const found = before.fates.filter((fate): fate is Fate => fate.kind !== 'span');
  if (until <= outage.to) return { schedule, onTime: found, missed: [] };
  const late = enumerate({
    schedule: { ...schedule, cursorAt: before.cursorAt },
    now: outage.to,
    toleranceMs: defaultSettings.lateToleranceMs,
    catchUp,
  });
  const after = enumerate({ ...patient, schedule: { ...schedule, cursorAt: late.cursorAt }, now: until, catchUp });
  const rest = after.fates.filter((fate): fate is Fate => fate.kind !== 'span');
  return { schedule, onTime: [...found, ...rest], missed: late.fates };
}

/** How many runs may come of it at the most. */
export function mostRuns(looks: readonly Look[]): number {
  const of = (look: Look): number =>
    'asked' in look ? 1 : look.due.flatMap(({ fates }) => fates).filter(({ kind }) => kind === 'dispatch').length;
  return looks.reduce((sum, look) => sum + of(look), 0);
}

/** Lives through the moments one after the other. */
export function pastOf(
  facts: PastFacts,
  looks: readonly Look[],
  { nextId, chance }: { readonly nextId: () => Id; readonly chance: Chance },
): JobPast {
  const { job, now, outage } = facts;
  const occurrences: Occurrence[] = [];
  const gaps: Gap[] = [];
  const lives: Life[] = [];
  let open: Life[] = [];
  for (const look of looks) {
    const at = Math.min(look.at + chance.whole(3, 45), now);
    open = open.filter((life) => endOf(life) > at);
    const begin = (run: NewRun | PlannedRun): void => {
      const free = Math.max(run.availableAt, ...open.map((life) => endOf(life) + 5)) + chance.whole(12, 140);
      const life = lived(facts, run, free, chance);
      lives.push(life);
      open.push(life);
    };
    if ('asked' in look) {
      const { by, parameters = {}, note = null } = look.asked;
      if (open.length > 0) continue;
      begin(newRunOf(job, { id: nextId(), now: at, trigger: 'manual', requestedBy: by, parameters, note }));
      continue;
    }
    let drained = at;
    const plan = planJob({
      job: { ...job, active: true },
      schedules: look.due,
      live: open.map(({ run, startAt }) => ({
        id: run.id,
        createdAt: run.createdAt,
        trigger: run.trigger,
        state: startAt > at ? 'queued' : 'running',
      })),
      now: at,
      nextId,
      availableAt: ({ dueAt, trigger }) => (trigger === 'catch_up' ? (drained += 100) : Math.max(at, dueAt)),
    });
    occurrences.push(...plan.occurrences);
    gaps.push(...plan.gaps);
    for (const { id, reason } of plan.displaced) displace(open, id, reason, at);
    for (const run of plan.runs) begin(run);
  }
  for (const life of lives) interrupt(life, outage);
  return { occurrences, gaps, lives };
}

export function endOf({ startAt, tries }: Life): Instant {
  return tries.at(-1)?.endedAt ?? startAt;
}

/** Tries until one succeeds or the job's own policy gives up. One that would not be over by now goes well and ends now. */
function lived({ demo, job, now, outage }: PastFacts, run: Life['run'], startAt: Instant, chance: Chance): Life {
  const { timeoutSeconds } = job.definition;
  const timeoutMs = timeoutSeconds === null ? defaultSettings.jobTimeoutMs : timeoutSeconds * 1000;
  const tries: PastTry[] = [];
  const awake = (at: Instant): Instant =>
    at >= outage.from && at < outage.to ? outage.to + chance.whole(50, 400) : at;
  const first = awake(startAt);
  for (let next: Instant | null = first; next !== null;) {
    const daysAgo = (now - next) / 86_400_000;
    const act = demo.act({ at: next, daysAgo, attempt: tries.length + 1, parameters: run.parameters, chance });
    const tried = tryOf(act, next, timeoutMs);
    if (tried.endedAt >= now)
      return { run, startAt: Math.min(first, now), tries: [hurried(act, first, now)], reason: null };
    tries.push(tried);
    next = againAfter(tried, job, { failures: tries.length, firstStartedAt: first });
    if (next !== null) next = awake(next + chance.whole(12, 140));
    if (next !== null && next >= now) return { run, startAt: first, tries: [hurried(act, first, now)], reason: null };
  }
  return { run, startAt: first, tries, reason: null };
}

/** When the job's policy tries again; null when it has what it wanted, or gives up. */
function againAfter(
  { outcome, exitCode, failure, endedAt }: PastTry,
  { definition: { retry } }: Job,
  before: { readonly failures: number; readonly firstStartedAt: Instant },
): Instant | null {
  if (outcome === 'succeeded') return null;
  return retryAt({
    ...before,
    retry,
    outcome: outcome === 'timed_out' ? 'timed_out' : 'failed',
    exitCode,
    httpStatus: null,
    category: failure?.category ?? null,
    retryable: true,
    retryAfterMs: null,
    now: endedAt,
  });
}

function hurried(act: Act, startedAt: Instant, now: Instant): PastTry {
  const at = Math.min(startedAt, now);
  return { ...tryOf({ ...act, seconds: 0, exitCode: 0 }, at, Infinity), endedAt: Math.max(at, now - 1) };
}

function tryOf(act: Act, startedAt: Instant, timeoutMs: number): PastTry {
  const tookMs = Math.max(1, Math.round(act.seconds * 1000));
  const base = { reason: null, startedAt, signal: null, failure: null, act };
  if (tookMs >= timeoutMs) {
    const { failure } = stopped('timed_out', { timeoutMs });
    const endedAt = startedAt + timeoutMs + 12;
    return { ...base, outcome: 'timed_out', endedAt, exitCode: null, signal: 'SIGTERM', failure };
  }
  const endedAt = startedAt + tookMs;
  if (act.exitCode === 0) return { ...base, outcome: 'succeeded', endedAt, exitCode: 0 };
  const said = act.lines.filter((line) => line.startsWith('! ')).map((line) => line.slice(2));
  const detail = said.length === 0 ? null : said.join('\n');
  const failure = exitFailure({ exitCode: act.exitCode, signal: null, tookMs, detail });
  return { ...base, outcome: 'failed', endedAt, exitCode: act.exitCode, failure };
}

/** A newer run takes its place: a waiting one leaves the queue, a live one is stopped. */
function displace(open: Life[], id: Id, reason: string, at: Instant): void {
  const life = open.find(({ run }) => run.id === id);
  if (life === undefined) return;
  life.reason = reason;
  if (life.startAt > at) {
    life.startAt = at;
    life.tries = [];
    return;
  }
  cut(life, at, { outcome: 'cancelled', reason, endedAt: at + 240 });
}

/** What ran when the lights went out is lost: nobody saw its end. */
function interrupt(life: Life, outage: PastFacts['outage']): void {
  if (life.tries.every(({ startedAt, endedAt }) => startedAt >= outage.from || endedAt <= outage.from)) return;
  life.reason = 'worker_died';
  cut(life, outage.from, { outcome: 'lost', reason: 'worker_died', endedAt: outage.to + 1200 });
}

/** Ends the try that is under way at an instant, and drops those that would have followed. */
function cut(life: Life, at: Instant, end: Pick<PastTry, 'outcome' | 'reason' | 'endedAt'>): void {
  const began = life.tries.filter(({ startedAt }) => startedAt <= at);
  const last = began.at(-1);
  if (last === undefined) return;
  const signal = end.outcome === 'cancelled' ? 'SIGTERM' : null;
  life.tries = [...began.slice(0, -1), { ...last, ...end, exitCode: null, signal, failure: null }];
}

/** Names a run. */
export function referenceOf({ run: { id, createdAt } }: Life): Reference {
  return { id, createdAt };
}
