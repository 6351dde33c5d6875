/** "Why?", asked of a job, of one of its instants, or of a run. Reads only; the deciding policies give the codes. */
import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { LedgerEntry } from '../model/occurrence.ts';
import type { Run } from '../model/run.ts';
import type { Schedule } from '../model/schedule.ts';
import { ledgerMark } from '../policy/ledger-age.ts';
import { whyNextNone } from '../policy/why.ts';
import { closureName } from '../schedule/closure-words.ts';
import { describe } from '../schedule/describe.ts';
import { closureAt, judge } from '../schedule/filters.ts';
import { newestOf } from '../schedule/newest.ts';
import { countOf, nextOf, nextPlanOf } from '../schedule/occurrences.ts';
import { spoken } from '../schedule/spoken.ts';
import type { JobSummary } from '../store/job-tables.ts';
import type { OperationContext } from './context.ts';
import { explain, type Explanation } from './explanation.ts';
import { notFound } from './jobs.ts';
import { explainEntries, hoursOf } from './why-entries.ts';
import { explainRun, type RunExplained } from './why-run.ts';
import { explainWaiting } from './why-waiting.ts';

export interface WhyOperations {
  /** Why it runs next when it does, or why nothing is next. @throws `not_found` */
  job(jobId: Id): Promise<Explanation>;
  /** What became, or will become, of an instant. @throws `not_found` */
  at(jobId: Id, at: Instant): Promise<Explanation>;
  run(run: Run): Promise<RunExplained>;
  /** By run, for those that wait. */
  waiting(runs: readonly Run[]): Promise<ReadonlyMap<Id, Explanation>>;
  /** In the order of the entries. */
  entries(job: Job, entries: readonly LedgerEntry[]): Promise<readonly Explanation[]>;
}

/** Instants counted to tell whether a limit of runs is reached before one. */
const mostCounted = 100_000;

export function whyOperations({ store, lostAfterMs = 60_000, drainRate = 10 }: OperationContext): WhyOperations {
  const options = { lostAfterMs, drainRate };

  async function summaryOf(jobId: Id): Promise<JobSummary> {
    const summary = await store.jobs.summary(jobId);
    if (summary === null) throw notFound('job');
    return summary;
  }

  async function past(summary: JobSummary, at: Instant, now: Instant): Promise<Explanation> {
    const { job, schedules } = summary;
    const { items } = await store.ledger.ofJob(job.id, { limit: 50 }, { from: at, to: at });
    const entry = items.find(({ reason }) => reason === null) ?? items[0];
    const [explained] = entry === undefined ? [] : await explainEntries(store, job, [entry]);
    if (explained !== undefined) return explained;
    const told = (instant: Instant): string => spoken(instant, zoneOfJob(schedules));
    const mark = Number((await store.settings.get(ledgerMark)) ?? 0);
    if (at < job.createdAt) return explain('not_created', 'told', { at: told(job.createdAt) });
    if (at < mark) return explain('removed', 'told', { at: told(mark) });
    const naming = schedules.find(({ spec }) => names(spec, at));
    if (naming === undefined) return notDue(schedules, at);
    const idle = idleOf(summary);
    return at <= now && idle === null ? explain('undecided', 'told', { at: told(naming.cursorAt) }) : (idle ?? notDue(schedules, at));
  }

  return {
    async job(jobId) {
      const summary = await summaryOf(jobId);
      const { items } = await store.runs.list({ jobId, states: ['queued'] }, { limit: 1 });
      const [waits] = [...(await explainWaiting(store, items, options)).values()];
      if (waits !== undefined) return waits;
      const none = idleOf(summary);
      if (none !== null || summary.nextDueAt === null) return none ?? explain('ended', 'idle');
      return future(summary, summary.nextDueAt, await store.now());
    },

    async at(jobId, at) {
      const summary = await summaryOf(jobId);
      const now = await store.now();
      return at <= now ? past(summary, at, now) : future(summary, at, now);
    },

    run: (run) => explainRun(store, run, options),
    waiting: (runs) => explainWaiting(store, runs, options),
    entries: (job, entries) => explainEntries(store, job, entries),
  };
}

const names = (spec: Schedule['spec'], at: Instant): boolean => nextPlanOf(spec, at - 1) === at;

const zoneOfJob = (schedules: readonly Schedule[]): string => schedules[0]?.spec.timezone ?? 'UTC';

/** Why the job has no next instant at all. */
function idleOf(summary: JobSummary): Explanation | null {
  const { job } = summary;
  const zone = zoneOfJob(summary.schedules);
  const told = (at: Instant | null): string | null => (at === null ? null : spoken(at, zone));
  const facts = { at: told(job.pausedAt), until: told(job.pausedUntil), note: job.pausedReason };
  const none = whyNextNone({ ...summary, facts });
  if (none === null) return null;
  const by = job.deletedAt === null ? job.pausedBy : job.deletedBy;
  const explained = explain(none.reason, 'idle', { ...facts, by, limit: job.definition.maxRuns });
  return { ...explained, sentence: none.text };
}

/** What is to become of an instant ahead, as far as it is known now. */
function future(summary: JobSummary, at: Instant, now: Instant): Explanation {
  const { job, schedules } = summary;
  const resumes = !job.active && job.deletedAt === null && job.pausedUntil !== null && job.pausedUntil < at;
  const idle = idleOf(summary);
  if (idle !== null && !(idle.code === 'paused' && resumes)) return idle;
  const active = schedules.filter((schedule) => schedule.active);
  const naming = active.filter(({ spec }) => names(spec, at));
  const [first] = naming;
  if (first === undefined) return notDue(active, at);
  const open = naming.find(({ spec }) => judge(spec, at).dropped === null) ?? first;
  const { spec } = open;
  const { timezone } = spec;
  const { dropped, deferredTo } = judge(spec, at);
  const closure = closureAt(spec, at);
  if (dropped !== null) {
    const until = closure === null || closure.until === null ? null : spoken(closure.until, timezone);
    const name = closure === null ? null : closureName(closure);
    const hours = hoursOf(spec.activeHours ?? []);
    return explain(dropped, 'skipped', { name, until, date: closure?.date ?? null, hours, zone: timezone });
  }
  const left = (job.definition.maxRuns ?? Infinity) - job.automaticRuns;
  const before = active.reduce((sum, each) => sum + runsBefore(each, now, at), 0);
  if (before >= left) return explain('completed', 'idle', { limit: job.definition.maxRuns });
  if (deferredTo !== null) {
    const name = closure === null ? null : closureName(closure);
    return explain('blackout', 'waiting', { name, until: spoken(deferredTo, timezone) });
  }
  const schedule = open.name ?? describe(spec);
  return explain('will_run', 'told', { schedule: `${schedule}, at ${spoken(at, timezone)}` });
}

/** Instants of a schedule after now and before `at`: by then they have had their runs. */
function runsBefore({ spec, cursorAt }: Schedule, now: Instant, at: Instant): number {
  return countOf(spec, { after: Math.max(now, cursorAt), until: at - 1, limit: mostCounted });
}

/** Names the instants around one that no schedule names. */
function notDue(schedules: readonly Schedule[], at: Instant): Explanation {
  const around = schedules.flatMap(({ spec }) => [
    { at: newestOf(spec, at - 400 * 86_400_000, at - 1), zone: spec.timezone },
    { at: nextOf(spec, at), zone: spec.timezone },
  ]);
  const before = around.filter((one) => one.at !== null && one.at < at).toSorted((a, b) => (b.at ?? 0) - (a.at ?? 0))[0];
  const after = around.filter((one) => one.at !== null && one.at > at).toSorted((a, b) => (a.at ?? 0) - (b.at ?? 0))[0];
  const nearest = [before, after].flatMap((one) =>
    one === undefined || one.at === null ? [] : [spoken(one.at, one.zone)],
  );
  return explain('not_due', 'told', { nearest: nearest.length === 0 ? null : nearest.join(' and ') });
}
