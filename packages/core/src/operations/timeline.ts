/** Past and future on one axis, where starts meet, and what a blackout would take away. Reads only. */
import { JobTriggerError } from '../errors.ts';
import type { Calendar } from '../model/calendar.ts';
import type { Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import { highestOf, offsetOf, peaksOf, windowFor, type Start } from '../policy/forecast.ts';
import { aheadOf, countAhead, stretchOf, type Ahead } from '../policy/timeline.ts';
import { windowsIn } from '../schedule/blackouts.ts';
import { dayOf, timeOf, weekdayOf } from '../schedule/civil.ts';
import { zoneOf } from '../schedule/zone.ts';
import type { FilterReason } from '../schedule/filters.ts';
import type {
  RunMark,
  ScheduleInForce,
  SkipMark,
  TimelineFilter,
  TimelineJob,
  TimeSpan,
} from '../store/timeline-table.ts';
import type { OperationContext } from './context.ts';

/** A coming instant of a job; schedules that name the same one make one run. */
export interface ComingMark {
  readonly job: TimelineJob;
  readonly at: Instant;
  /** What holds it back. */
  readonly dropped: FilterReason | null;
}
/** Counts of one job in a stretch. */
export interface StretchCount {
  readonly job: TimelineJob;
  readonly at: Instant;
  readonly runs: number;
  readonly failed: number;
  readonly skipped: number;
  readonly due: number;
}
export interface BlackoutBand extends TimeSpan {
  /** Null for all jobs. */
  readonly job: TimelineJob | null;
  /** Of the calendar and its window; null for a bare range of the schedule. */
  readonly name: string | null;
}
export interface TimelineLane {
  readonly job: TimelineJob;
  /** Zone of its first schedule; null without one. */
  readonly timezone: string | null;
  readonly usualMs: Millis | null;
}

export interface Timeline extends TimeSpan {
  readonly now: Instant;
  /** Width of a stretch when there is too much for single marks; null otherwise. */
  readonly stretchMs: Millis | null;
  readonly lanes: readonly TimelineLane[];
  /** Jobs that have something here but no lane. */
  readonly leftOut: number;
  readonly runs: readonly RunMark[];
  readonly skips: readonly SkipMark[];
  readonly coming: readonly ComingMark[];
  readonly counts: readonly StretchCount[];
  readonly blackouts: readonly BlackoutBand[];
  /** Part of the future was reckoned from its rate. */
  readonly estimated: boolean;
}

export interface Forecast extends TimeSpan {
  readonly slots: number;
  readonly highest: number;
  /** The highest after the advice was followed. */
  readonly highestSpread: number;
  readonly peaks: readonly {
    readonly at: Instant;
    readonly starts: number;
    readonly lastWaitMs: Millis;
    readonly advice: readonly { readonly job: TimelineJob; readonly offsetMinutes: number }[];
  }[];
}

export interface WhatIf {
  readonly count: number;
  readonly items: readonly { readonly job: TimelineJob; readonly at: Instant }[];
}

export interface HeatCell {
  /** 1 is Monday. */
  readonly weekday: number;
  readonly hour: number;
  readonly runs: number;
  readonly failed: number;
  readonly skipped: number;
  readonly due: number;
}

export interface TimelineOperations {
  /** @throws `invalid` when the span is empty or longer than ten years */
  timeline(filter: TimelineFilter, span: TimeSpan): Promise<Timeline>;
  /** Counts by weekday and hour of a zone's wall clock. */
  heatMap(
    filter: TimelineFilter,
    span: TimeSpan,
    timezone: string,
  ): Promise<{ readonly cells: readonly HeatCell[]; readonly estimated: boolean }>;
  /** Coming runs one by one, as far ahead as they can be told one by one. */
  calendar(filter: TimelineFilter, aheadMs: Millis): Promise<Pick<Timeline, 'now' | 'coming' | 'lanes'>>;
  /** Starts a minute against the slots of the workers that are online. */
  forecast(filter: TimelineFilter, span: TimeSpan): Promise<Forecast>;
  /** Runs that a blackout over the span would take away. */
  whatIf(filter: TimelineFilter, blackout: TimeSpan): Promise<WhatIf>;
}

/** More marks than this are counted instead of told one by one. */
const mostMarks = 2000;
const mostLanes = 100;
const mostInForce = 10_000;
/** Instants walked through for one answer. */
const walkBudget = 1_000_000;
const mostStretches = 100;
const longestMs = 10 * 366 * 86_400_000;
/** A job that never ran is taken to need this long. */
const unknownLengthMs = 60_000;
const mostListed = 500;
/** A worker silent for longer lends no slots. */
const onlineMs = 15_000;

function checkSpan({ from, to }: TimeSpan): void {
  const message =
    to <= from ? 'must be after from' : to - from > longestMs ? 'is more than ten years after from' : null;
  if (message !== null) throw new JobTriggerError('invalid', `to: ${message}`, { fields: [{ path: 'to', message }] });
}

/** Where the ledger ends and the future of a schedule begins. */
const beginOf = ({ schedule }: ScheduleInForce, from: Instant): Instant => Math.max(schedule.cursorAt, from - 1);

/** Coming instants one by one, or null when there are more than can be drawn. */
function comingMarks(inForce: readonly ScheduleInForce[], { from, to }: TimeSpan, most: number): ComingMark[] | null {
  const byJob = new Map<Id, { job: TimelineJob; instants: Map<Instant, Ahead> }>();
  let left = most;
  for (const one of inForce) {
    const ahead = aheadOf(one.schedule.spec, { after: beginOf(one, from), until: to - 1, limit: left });
    if (ahead === null) return null;
    left -= ahead.length;
    const known = byJob.get(one.job.id) ?? { job: one.job, instants: new Map<Instant, Ahead>() };
    for (const due of ahead) if (known.instants.get(due.at)?.dropped !== null) known.instants.set(due.at, due);
    byJob.set(one.job.id, known);
  }
  const marks = [...byJob.values()].flatMap(({ job, instants }) =>
    [...instants.values()].map(({ at, dropped }) => ({ job, at, dropped })),
  );
  return marks.sort((a, b) => a.at - b.at || a.job.id - b.job.id);
}

class Stretches {
  readonly #cells = new Map<string, { -readonly [K in keyof StretchCount]: StretchCount[K] }>();

  add(job: TimelineJob, at: Instant, kind: 'runs' | 'failed' | 'skipped' | 'due', count: number): void {
    const key = `${job.id} ${at}`;
    const cell = this.#cells.get(key) ?? { job, at, runs: 0, failed: 0, skipped: 0, due: 0 };
    cell[kind] += count;
    this.#cells.set(key, cell);
  }
  all(): StretchCount[] {
    return [...this.#cells.values()].sort((a, b) => a.at - b.at);
  }
}

const byName = new Intl.Collator('en', { numeric: true });
const failures = new Set(['failed', 'timed_out', 'lost']);

const countsForAll = ({ content }: Calendar): boolean => content.kind === 'blackout' && content.scope.kind === 'all';

/** The windows of a calendar in a span, named by it and by themselves. */
function bandsOf({ content, name }: Calendar, job: TimelineJob | null, span: TimeSpan): readonly BlackoutBand[] {
  if (content.kind !== 'blackout') return [];
  return windowsIn(content, { ...span, limit: mostListed }).map((window) => ({
    job,
    from: window.from,
    to: window.to,
    name: window.name === '' || window.name === name ? name : `${name}: ${window.name}`,
  }));
}

export function timelineOperations({ store }: OperationContext): TimelineOperations {
  /** Counts the coming instants of each schedule by stretches, within one budget for all. @returns whether it was enough */
  function countComing(
    inForce: readonly ScheduleInForce[],
    span: TimeSpan,
    width: Millis,
    visit: (job: TimelineJob, stretch: number, kind: 'due' | 'skipped', count: number) => void,
  ): { readonly estimated: boolean } {
    let estimated = false;
    let left = walkBudget;
    inForce.forEach((one, place) => {
      const budget = Math.max(1, Math.floor(left / (inForce.length - place)));
      const reach = { from: span.from, after: beginOf(one, span.from), until: span.to - 1 };
      const counts = countAhead(one.schedule.spec, reach, { width, budget });
      estimated ||= counts.estimated;
      left -= counts.walked;
      for (const [stretch, count] of counts.due) visit(one.job, stretch, 'due', count);
      for (const [stretch, count] of counts.dropped) visit(one.job, stretch, 'skipped', count);
    });
    return { estimated };
  }

  /** Counts by stretches for the jobs that get a lane; the others are only numbered. */
  async function counted(filter: TimelineFilter, inForce: readonly ScheduleInForce[], span: TimeSpan) {
    const width = stretchOf(span.to - span.from, mostStretches);
    const past = await store.timeline.counts(filter, span, width);
    const lanes = await lanesOf(
      [...past, ...inForce].map(({ job }) => job),
      inForce,
    );
    const shown = new Set(lanes.lanes.map(({ job }) => job.id));
    const cells = new Stretches();
    for (const { job, at, state, count } of past) {
      if (!shown.has(job.id)) continue;
      cells.add(job, at, state === 'skipped' ? 'skipped' : 'runs', count);
      if (failures.has(state)) cells.add(job, at, 'failed', count);
    }
    const ahead = inForce.filter(({ job }) => shown.has(job.id));
    const { estimated } = countComing(ahead, span, width, (job, stretch, kind, count) =>
      cells.add(job, span.from + stretch * width, kind, count),
    );
    return { ...lanes, stretchMs: width, counts: cells.all(), estimated };
  }

  /** Lanes in the order of the name; those that do not fit are counted. */
  async function lanesOf(jobs: readonly TimelineJob[], inForce: readonly ScheduleInForce[]) {
    const unique = [...new Map(jobs.map((job) => [job.id, job])).values()].sort((a, b) =>
      byName.compare(a.name, b.name),
    );
    const shown = unique.slice(0, mostLanes);
    const usual = await store.timeline.usual(shown.map(({ id }) => id));
    const zones = new Map(inForce.map(({ job, schedule }) => [job.id, schedule.spec.timezone]));
    const lanes = shown.map((job) => ({
      job,
      timezone: zones.get(job.id) ?? null,
      usualMs: usual.get(job.id) ?? null,
    }));
    return { lanes, leftOut: unique.length - shown.length };
  }

  /** Windows without runs: of the calendars that count for all jobs, and of each job's schedules. */
  async function blackoutsOf(inForce: readonly ScheduleInForce[], span: TimeSpan): Promise<BlackoutBand[]> {
    const forAll = (await store.calendars.inForce([])).filter(countsForAll);
    const seen = new Set<string>();
    const ofJobs = inForce.flatMap(({ job, schedule }) => {
      const calendars = (schedule.spec.resolved ?? []).filter((calendar) => {
        const key = `${job.id} ${calendar.id}`;
        const isNew = !countsForAll(calendar) && !seen.has(key);
        seen.add(key);
        return isNew;
      });
      const own = (schedule.spec.blackouts ?? []).filter(({ from, to }) => from < span.to && to > span.from);
      return [
        ...own.map(({ from, to }) => ({ job, from, to, name: null })),
        ...calendars.flatMap((calendar) => bandsOf(calendar, job, span)),
      ];
    });
    return [...forAll.flatMap((calendar) => bandsOf(calendar, null, span)), ...ofJobs].slice(0, mostListed);
  }

  async function startsIn(filter: TimelineFilter, span: TimeSpan) {
    const inForce = await store.timeline.inForce({ ...filter, planUntil: span.to }, mostInForce);
    const jobs = new Map(inForce.map(({ job }) => [job.id, job]));
    const usual = await store.timeline.usual([...jobs.keys()]);
    const seen = new Map<Id, Set<Instant>>();
    const starts: Start[] = [];
    inForce.forEach((one, place) => {
      const limit = Math.floor((walkBudget - starts.length) / (inForce.length - place));
      const known = seen.get(one.job.id) ?? new Set<Instant>();
      seen.set(one.job.id, known);
      const lengthMs = usual.get(one.job.id) ?? unknownLengthMs;
      const reach = { after: beginOf(one, span.from), until: span.to - 1, limit };
      for (const { at, dropped } of aheadOf(one.schedule.spec, reach) ?? []) {
        if (dropped !== null || known.has(at)) continue;
        known.add(at);
        starts.push({ at, job: one.job.id, lengthMs });
      }
    });
    starts.sort((a, b) => a.at - b.at || a.job - b.job);
    return { starts, jobs };
  }

  return {
    async timeline(filter, span) {
      checkSpan(span);
      const now = await store.now();
      const inForce =
        span.to <= now ? [] : await store.timeline.inForce({ ...filter, planUntil: span.to }, mostInForce);
      const past = { from: span.from, to: Math.min(span.to, now + 1) };
      const isPast = past.to > past.from;
      const runs = isPast ? await store.timeline.runs(filter, past, mostMarks + 1) : [];
      const skips = isPast ? await store.timeline.skips(filter, past, mostMarks + 1) : [];
      const coming = comingMarks(inForce, span, mostMarks + 1);
      const blackouts = await blackoutsOf(inForce, span);
      const answer = { ...span, now, blackouts };
      if (coming !== null && runs.length + skips.length + coming.length <= mostMarks) {
        const jobs = [...runs, ...skips, ...coming].map(({ job }) => job);
        const lanes = await lanesOf(jobs, inForce);
        return { ...answer, ...lanes, stretchMs: null, runs, skips, coming, counts: [], estimated: false };
      }
      return { ...answer, ...(await counted(filter, inForce, span)), runs: [], skips: [], coming: [] };
    },

    async heatMap(filter, span, timezone) {
      checkSpan(span);
      const inForce = await store.timeline.inForce({ ...filter, planUntil: span.to }, mostInForce);
      const zone = zoneOf(timezone);
      // Half and quarter hours of offset stand on whole quarters; so must the stretches.
      const width = zone.segmentAt(span.from).offset % 3_600_000 === 0 ? 3_600_000 : 900_000;
      const from = Math.floor(span.from / width) * width;
      const cells = new Map<number, { -readonly [K in keyof HeatCell]: HeatCell[K] }>();
      const cellAt = (at: Instant): { -readonly [K in keyof HeatCell]: HeatCell[K] } => {
        const local = zone.toLocal(at);
        const [weekday, hour] = [weekdayOf(dayOf(local)), Math.floor(timeOf(local) / 3_600_000)];
        const cell = cells.get(weekday * 24 + hour) ?? { weekday, hour, runs: 0, failed: 0, skipped: 0, due: 0 };
        cells.set(weekday * 24 + hour, cell);
        return cell;
      };
      for (const { at, state, count } of await store.timeline.counts(filter, { ...span, from }, width)) {
        cellAt(at)[state === 'skipped' ? 'skipped' : 'runs'] += count;
        if (failures.has(state)) cellAt(at).failed += count;
      }
      const reach = { from, to: span.to };
      const { estimated } = countComing(inForce, reach, width, (_job, stretch, kind, count) => {
        cellAt(from + stretch * width)[kind] += count;
      });
      return { cells: [...cells.values()].sort((a, b) => a.weekday - b.weekday || a.hour - b.hour), estimated };
    },

    async calendar(filter, aheadMs) {
      const now = await store.now();
      for (let reach = aheadMs; ; reach = Math.floor(reach / 2)) {
        const span = { from: now, to: now + reach };
        const inForce = await store.timeline.inForce({ ...filter, planUntil: span.to }, mostInForce);
        const coming = reach < 60_000 ? [] : comingMarks(inForce, span, mostMarks);
        if (coming === null) continue;
        const jobs = coming.map(({ job }) => job);
        return { now, coming, lanes: (await lanesOf(jobs, inForce)).lanes };
      }
    },

    async forecast(filter, span) {
      checkSpan(span);
      const { starts, jobs } = await startsIn(filter, span);
      const now = await store.now();
      const workers = await store.workers.list();
      const slots = workers
        .filter(({ beatAt, lostAt, draining }) => lostAt === null && !draining && now - beatAt <= onlineMs)
        .reduce((sum, worker) => sum + worker.slots, 0);
      const peaks = peaksOf(starts, slots, 20);
      const moves = new Map<string, number>();
      const named = peaks.map((peak) => {
        const window = windowFor(peak, slots);
        const advice = [...new Set(peak.jobs)].flatMap((id) => {
          const job = jobs.get(id);
          return job === undefined ? [] : [{ job, offsetMinutes: offsetOf(job.name, window) }];
        });
        for (const { job, offsetMinutes } of advice) moves.set(`${job.id} ${peak.at}`, offsetMinutes);
        return { at: peak.at, starts: peak.starts, lastWaitMs: peak.lastWaitMs, advice };
      });
      const spread = starts.map((start) => {
        const minutes = moves.get(`${start.job} ${Math.floor(start.at / 60_000) * 60_000}`) ?? 0;
        return { ...start, at: start.at + minutes * 60_000 };
      });
      return { ...span, slots, highest: highestOf(starts), highestSpread: highestOf(spread), peaks: named };
    },

    async whatIf(filter, blackout) {
      checkSpan(blackout);
      const { starts, jobs } = await startsIn(filter, blackout);
      const items = starts.slice(0, mostListed).flatMap(({ at, job: id }) => {
        const job = jobs.get(id);
        return job === undefined ? [] : [{ at, job }];
      });
      return { count: starts.length, items };
    },
  };
}
