/**
 * T5 with what its results mean for their jobs: a failure that counts may open the breaker, a success ends the trouble.
 * Results of jobs that are well and succeed are finished as they are, without a statement more.
 */
import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import {
  failureStates,
  openBreakerOf,
  type Breaker,
  type BreakerSettings,
  type FailurePattern,
  type Trouble,
} from '../model/trouble.ts';
import { afterFailure, afterSuccess, breakerOf, breakerSettingsOf, breakerWords } from '../policy/breaker.ts';
import { failurePattern } from '../policy/failure-pattern.ts';
import type { Finished } from '../store/dispatch-table.ts';
import type { NewEvent } from '../store/event-table.ts';
import type { JobFailures } from '../store/run-table.ts';
import type { Tables } from '../store/store.ts';

type Judged = Finished & { readonly jobId: Id };

/** Runs looked at where only failures in a row count: enough to pass over what was cancelled or asked for in person. */
const lookedInRow = 200;
/** Where failures of a period count as well. */
const lookedInPeriod = 20_000;
/** Failures read, more than any breaker may wait for. */
const failuresRead = 100;

const isFailure = ({ state }: Finished): boolean => failureStates.some((failure) => failure === state);
const isNews = (finished: Finished): finished is Judged =>
  finished.jobId !== undefined &&
  (isFailure(finished) || (finished.state === 'succeeded' && finished.troubled === true));

/** Inside a transaction; the same answer as `finish`. */
export async function finishJudged(
  tables: Tables,
  finished: readonly Finished[],
  settings: BreakerSettings,
): Promise<readonly Id[]> {
  const news = finished.filter(isNews);
  if (news.length === 0) return tables.dispatch.finish(finished);
  const ids = [...new Set(news.map(({ jobId }) => jobId))].toSorted((a, b) => a - b);
  // Before any other row: whoever else takes a job's lock takes it first, too.
  await tables.jobs.lock(ids);
  const done = await tables.dispatch.finish(finished);
  const held = new Set(done);
  const counted = Map.groupBy(
    news.filter(({ runId }) => held.has(runId)),
    ({ jobId }) => jobId,
  );
  if (counted.size > 0) await judge(tables, counted, settings);
  return done;
}

async function judge(
  tables: Tables,
  counted: ReadonlyMap<Id, readonly Judged[]>,
  settings: BreakerSettings,
): Promise<void> {
  const now = await tables.now();
  const jobs = await tables.jobs.byIds([...counted.keys()]);
  const alive = [...jobs.values()].filter(({ deletedAt }) => deletedAt === null);
  const histories = await historiesOf(
    tables,
    alive.filter(({ id }) => counted.get(id)?.some(isFailure) === true),
    settings,
  );
  const events: NewEvent[] = [];
  for (const job of alive) {
    const results = counted.get(job.id) ?? [];
    const history = histories.get(job.id);
    const { trouble, told } = afterResults(job, results, { history, settings, now });
    if (trouble !== job.trouble) await tables.jobs.writeTrouble(job.id, trouble);
    events.push(...told);
  }
  await tables.events.append(events);
}

async function historiesOf(
  { runs }: Tables,
  failing: readonly Job[],
  settings: BreakerSettings,
): Promise<ReadonlyMap<Id, JobFailures>> {
  const countsRecent = failing.some((job) => countsPeriod(breakerOf(job, settings)));
  return runs.failures(
    failing.map(({ id: jobId, trouble }) => ({ jobId, from: trouble?.failuresFrom ?? null })),
    { look: countsRecent ? lookedInPeriod : lookedInRow, limit: failuresRead },
  );
}

interface JudgeFacts {
  readonly history: JobFailures | undefined;
  readonly settings: BreakerSettings;
  readonly now: Instant;
}

const countsPeriod = (breaker: Breaker | null): boolean => breaker !== null && breaker.recent !== null;

interface Afterwards {
  readonly trouble: Trouble | null;
  readonly told: readonly NewEvent[];
}

/** What becomes of one job by the results of one batch: its successes first. */
function afterResults(job: Job, results: readonly Judged[], facts: JudgeFacts): Afterwards {
  const hasSucceeded = results.some(({ state }) => state === 'succeeded');
  const first = hasSucceeded ? afterSuccesses(job, facts.now) : { trouble: job.trouble, told: [] };
  const { history } = facts;
  const now = { ...job, trouble: first.trouble };
  if (history === undefined || !results.some((result) => counts(result, now, history))) return first;
  const after = afterFailures(now, history, facts);
  return after === null ? first : { trouble: after.trouble, told: [...first.told, ...after.told] };
}

/** A failure of an automatic trigger, or of the trial, whoever made it. */
function counts(result: Judged, job: Job, { failures }: JobFailures): boolean {
  if (!isFailure(result)) return false;
  return openBreakerOf(job)?.trial === result.runId || failures.some(({ id }) => id === result.runId);
}

function afterSuccesses(job: Job, now: Instant): Afterwards {
  const { trouble } = job;
  if (trouble === null) return { trouble, told: [] };
  const isNews = trouble.failingSince !== null || trouble.breaker !== null;
  return { trouble: afterSuccess(trouble, now), told: isNews ? [recovered(job, trouble)] : [] };
}

/** Null where the failures do not count: a run that was made later has succeeded already. */
function afterFailures(
  job: Job,
  history: JobFailures,
  { settings, now }: Pick<JudgeFacts, 'settings' | 'now'>,
): Afterwards | null {
  const breaker = breakerOf(job, settings);
  const { periodDays } = breaker ?? breakerSettingsOf(job.ownerId, settings);
  const pattern = failurePattern({ ...history, periodDays, now });
  const isOver = pattern.consecutiveFailures === 0 && openBreakerOf(job) === null;
  if (isOver && !countsPeriod(breaker)) return null;
  const { coolOffDays } = settings;
  const { trouble, change } = afterFailure({ before: job.trouble, breaker, coolOffDays, pattern, now });
  if (change !== null) return { trouble, told: [stopped(job, change, trouble, pattern)] };
  // Nothing is written for the second of many.
  return { trouble: job.trouble !== null && job.trouble.failingSince !== null ? job.trouble : trouble, told: [] };
}

function recovered({ id, createdAt, definition }: Job, { failingSince, breaker }: Trouble): NewEvent {
  const data = { name: definition.name, failing_since: failingSince, was_stopped: breaker !== null };
  return { kind: 'job.recovered', jobId: id, jobCreatedAt: createdAt, data };
}

function stopped(
  { id, createdAt, definition }: Job,
  change: 'opened' | 'renewed',
  { breaker }: Trouble,
  pattern: FailurePattern,
): NewEvent {
  const data = {
    name: definition.name,
    cause: breaker?.cause,
    words: breaker === null ? null : breakerWords(breaker),
    consecutive_failures: pattern.consecutiveFailures,
    recent_failures: pattern.recentFailures,
    failure_reason: pattern.failureReason,
    error: pattern.errorPatterns[0] ?? null,
    cool_off_until: breaker?.coolOffUntil,
  };
  return { kind: `breaker.${change}`, jobId: id, jobCreatedAt: createdAt, data };
}
