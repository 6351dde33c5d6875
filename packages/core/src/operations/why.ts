/** "Why?", asked of a job, of one of its instants, or of a run. Reads only; the deciding policies give the codes. */
import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { LedgerEntry } from '../model/occurrence.ts';
import type { Run } from '../model/run.ts';
import type { Schedule } from '../model/schedule.ts';
import { defaultSettings } from '../model/settings.ts';
import { ledgerMark } from '../policy/ledger-age.ts';
import { whyNextNone } from '../policy/why.ts';
import { describe } from '../schedule/describe.ts';
import { closureAt, judge } from '../schedule/filters.ts';
import { newestOf } from '../schedule/newest.ts';
import { countOf, nextOf, nextPlanOf } from '../schedule/occurrences.ts';
import { unapprovedOf } from '../flow/script-gate.ts';
import type { JobSummary } from '../store/job-tables.ts';
import type { OperationContext } from './context.ts';
import { closureFacts, explain, told, type Explanation } from './explanation.ts';
import { notFound } from './jobs.ts';
import { explainEntries, hoursOf } from './why-entries.ts';
import { explainRun, type RunExplained } from './why-run.ts';
import { explainWaiting, type WaitingExplained, type WaitingOptions } from './why-waiting.ts';

export interface WhyOperations {
  /**
   * Why it runs next when it does, or why nothing is next.
   * @param waits what `waiting` says of its newest waiting run, null when none waits; looked up when absent
   * @throws `not_found`
   */
  job(jobId: Id, waits?: WaitingExplained | null): Promise<Explanation>;
  /** What became, or will become, of an instant. @throws `not_found` */
  at(jobId: Id, at: Instant): Promise<Explanation>;
  run(run: Run): Promise<RunExplained>;
  /** By run, for those that wait. */
  waiting(runs: readonly Run[]): Promise<ReadonlyMap<Id, WaitingExplained>>;
  /** In the order of the entries. */
  entries(job: Job, entries: readonly LedgerEntry[]): Promise<readonly Explanation[]>;
}

/** Instants counted to tell whether a limit of runs is reached before one. */
const mostCounted = 100_000;

/** A scheduler at work has planned an instant by then. */
const overdueMs = 30_000;

export function whyOperations({
  store,
  lostAfterMs = 60_000,
  pace = defaultSettings,
  look,
}: OperationContext): WhyOperations {
  const options = (): WaitingOptions => ({ lostAfterMs, ageingMs: pace.ageingMs, drainRate: pace.drainRate });

  async function summaryOf(jobId: Id): Promise<JobSummary> {
    const summary = await store.jobs.summary(jobId);
    if (summary === null) throw notFound('job');
    return summary;
  }

  async function newestWaiting(jobId: Id): Promise<WaitingExplained | null> {
    const { items } = await store.runs.list({ jobId, states: ['queued'] }, { limit: 1 });
    const [explained = null] = (await explainWaiting(store, items, options())).values();
    return explained;
  }

  /** What the ledger says of an instant; null when it says nothing. */
  async function entryAt(job: Job, at: Instant): Promise<Explanation | null> {
    const { items } = await store.ledger.ofJob(job.id, { limit: 50 }, { from: at, to: at });
    const entry = items.find(({ reason }) => reason === null) ?? items[0];
    return entry === undefined ? null : ((await explainEntries(store, job, [entry]))[0] ?? null);
  }

  async function past(summary: JobSummary, at: Instant): Promise<Explanation> {
    const { job, schedules } = summary;
    const known = await entryAt(job, at);
    if (known !== null) return known;
    const zone = zoneOfJob(schedules);
    if (at < job.createdAt) return explain('not_created', 'told', { at: told(job.createdAt, zone) });
    const mark = Number((await store.settings.get(ledgerMark)) ?? 0);
    if (at < mark) return explain('removed', 'told', { at: told(mark, zone) });
    const naming = schedules.find(({ spec, cursorAt }) => at > cursorAt && names(spec, at));
    if (naming === undefined) return notDue(schedules, at);
    const { settledAt, noticedAt } = await store.lineage.look();
    if (settledAt === null) return explain('held', 'told', { at: told(noticedAt, zone) });
    return idleOf(summary) ?? explain('undecided', 'told', { at: told(naming.cursorAt, zone) });
  }

  /** What its files hold now would be skipped. */
  async function unapproved({ job }: JobSummary): Promise<Explanation | null> {
    const script = look === undefined ? undefined : (await unapprovedOf(store, [job], look)).get(job.id);
    return script === undefined ? null : explain('not_approved', 'idle', { script });
  }

  async function ahead(summary: JobSummary, at: Instant, now: Instant): Promise<Explanation> {
    const told = future(summary, at, now);
    return told.code === 'will_run' ? ((await unapproved(summary)) ?? told) : told;
  }

  return {
    async job(jobId, waits) {
      const summary = await summaryOf(jobId);
      const waiting = waits === undefined ? await newestWaiting(jobId) : waits;
      if (waiting !== null) return waiting;
      const none = idleOf(summary);
      if (none !== null || summary.nextDueAt === null) return none ?? explain('ended', 'idle');
      const now = await store.now();
      return now - summary.nextDueAt > overdueMs
        ? past(summary, summary.nextDueAt)
        : ahead(summary, summary.nextDueAt, now);
    },

    async at(jobId, at) {
      const summary = await summaryOf(jobId);
      const now = await store.now();
      return at <= now ? past(summary, at) : ahead(summary, at, now);
    },

    run: (run) => explainRun(store, run, options()),
    waiting: (runs) => explainWaiting(store, runs, options()),
    entries: (job, entries) => explainEntries(store, job, entries),
  };
}

const names = (spec: Schedule['spec'], at: Instant): boolean => nextPlanOf(spec, at - 1) === at;

const zoneOfJob = (schedules: readonly Schedule[]): string => schedules[0]?.spec.timezone ?? 'UTC';

/** Why the job has no next instant at all. */
function idleOf(summary: JobSummary): Explanation | null {
  const none = whyNextNone(summary);
  return none === null ? null : { ...explain(none.reason, 'idle', none.facts), sentence: none.text };
}

/** Its pause ends by itself before an instant. */
function resumesBefore({ active, deletedAt, pausedUntil }: Job, at: Instant): boolean {
  return !active && deletedAt === null && pausedUntil !== null && pausedUntil < at;
}

/** What is to become of an instant ahead, as far as it is known now. */
function future(summary: JobSummary, at: Instant, now: Instant): Explanation {
  const { job } = summary;
  const idle = idleOf(summary);
  if (idle !== null && !(idle.code === 'paused' && resumesBefore(job, at))) return idle;
  const active = summary.schedules.filter((schedule) => schedule.active);
  const naming = active.filter(({ spec }) => names(spec, at));
  const open = naming.find(({ spec }) => judge(spec, at).dropped === null) ?? naming[0];
  if (open === undefined) return notDue(active, at);
  const held = heldBack(open, at);
  if (held !== null) return held;
  const left = (job.definition.maxRuns ?? Infinity) - job.automaticRuns;
  const before = active.reduce((sum, each) => sum + runsBefore(each, now, at), 0);
  if (before >= left) return explain('completed', 'idle', { limit: job.definition.maxRuns });
  return willRun(open, at);
}

/** The filter that is to drop an instant. */
function heldBack({ spec }: Schedule, at: Instant): Explanation | null {
  const { dropped } = judge(spec, at);
  if (dropped === null) return null;
  const closure = closureFacts(closureAt(spec, at), spec.timezone);
  return explain(dropped, 'skipped', { ...closure, hours: hoursOf(spec.activeHours ?? []), zone: spec.timezone });
}

function willRun({ name, spec }: Schedule, at: Instant): Explanation {
  const { deferredTo } = judge(spec, at);
  if (deferredTo === null)
    return explain('will_run', 'told', { schedule: `${name ?? describe(spec)}, at ${told(at, spec.timezone)}` });
  const closure = closureFacts(closureAt(spec, at), spec.timezone);
  return explain('blackout', 'waiting', { ...closure, until: told(deferredTo, spec.timezone) });
}

/** Instants of a schedule after now and before `at`: by then they have had their runs. */
function runsBefore({ spec, cursorAt }: Schedule, now: Instant, at: Instant): number {
  return countOf(spec, { after: Math.max(now, cursorAt), until: at - 1, limit: mostCounted });
}

const lookedBackMs = 400 * 86_400_000;

/** Names the instants around one that no schedule names. */
function notDue(schedules: readonly Schedule[], at: Instant): Explanation {
  const nearest = (each: (schedule: Schedule) => Instant | null, order: 1 | -1): string[] =>
    schedules
      .flatMap((schedule) => {
        const found = each(schedule);
        return found === null ? [] : [{ found, zone: schedule.spec.timezone }];
      })
      .toSorted((a, b) => (a.found - b.found) * order)
      .slice(0, 1)
      .flatMap(({ found, zone }) => told(found, zone) ?? []);
  const around = [
    ...nearest(({ spec }) => newestOf(spec, at - lookedBackMs, at - 1), -1),
    ...nearest(({ spec }) => nextOf(spec, at), 1),
  ];
  return explain('not_due', 'told', { nearest: around.length === 0 ? null : around.join(' and ') });
}
