/** Past and future on one axis. Reads only. */
import type { Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import { firstOf } from '../policy/first-of.ts';
import { stretchOf } from '../policy/timeline.ts';
import { dayOf, timeOf, weekdayOf } from '../schedule/civil.ts';
import { zoneOf } from '../schedule/zone.ts';
import type {
  RunMark,
  ScheduleInForce,
  SkipMark,
  TimelineFilter,
  TimelineJob,
  TimelineSum,
  TimeSpan,
} from '../store/timeline-table.ts';
import { blackoutsOf, type BlackoutBand } from './blackout-bands.ts';
import { holidaysOf, type HolidayBand } from './holiday-bands.ts';
import { maintenanceBandsOf, type MaintenanceBand } from './maintenance-bands.ts';
import { checkSpan, comingMarks, countComing, mostInForce, type ComingMark } from './coming.ts';
import type { OperationContext } from './context.ts';

/** Counts of one job in a stretch. */
interface StretchCount {
  readonly job: TimelineJob;
  readonly at: Instant;
  readonly runs: number;
  readonly failed: number;
  readonly skipped: number;
  readonly due: number;
}
interface TimelineLane {
  readonly job: TimelineJob;
  /** Zone of its first schedule; null without one. */
  readonly timezone: string | null;
  /** How long its runs take; null where none is told to come, and without a success. */
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
  readonly holidays: readonly HolidayBand[];
  readonly maintenance: readonly MaintenanceBand[];
  /** Part of the future was reckoned from its rate. */
  readonly estimated: boolean;
}

interface HeatCell {
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
}

/** More marks than this are counted instead of told one by one. */
const mostMarks = 2000;
const mostLanes = 100;
const mostStretches = 100;
const mostSampled = 500;
const mostMatching = 1000;
const dayMs = 86_400_000;
const hourMs = 3_600_000;
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

/** What of a span lies behind; null when nothing does. */
function pastOf({ from, to }: TimeSpan, now: Instant): TimeSpan | null {
  const past = { from, to: Math.min(to, now + 1) };
  return past.to > past.from ? past : null;
}

const failures = new Set(['failed', 'timed_out', 'lost']);

let collator: Intl.Collator | null = null;
/** Made for the first timeline and kept: a portal that draws none goes without. */
const inWords = (): Intl.Collator => (collator ??= new Intl.Collator('en', { numeric: true }));

/** Each job once: the first by name get a lane, the others are numbered. */
function laned(jobs: readonly TimelineJob[]): { readonly shown: readonly TimelineJob[]; readonly leftOut: number } {
  const unique = new Map(jobs.map((job) => [job.id, job]));
  const { compare } = inWords();
  const shown = firstOf(unique.values(), mostLanes, (a, b) => compare(a.name, b.name));
  return { shown, leftOut: unique.size - shown.length };
}

export function timelineOperations({ store }: OperationContext): TimelineOperations {
  /**
   * Counts by stretches for the jobs that get a lane: of those seen in samples of the span, the first by name. The others
   * that were seen are numbered.
   */
  async function counted(filter: TimelineFilter, seen: readonly TimelineJob[], span: TimeSpan, now: Instant) {
    const width = stretchOf(span.to - span.from, mostStretches);
    const first = laned([...seen, ...(await sampled(filter, span, now))]);
    const shown = new Map(first.shown.map((job) => [job.id, job]));
    const jobIds = [...shown.keys()];
    const [lanes, past, ahead] = await Promise.all([
      lanesOf(first, [], []),
      sumsOf(jobIds, span, width),
      span.to <= now ? [] : store.timeline.inForce({ jobIds, planUntil: span.to }, mostInForce),
    ]);
    const cells = new Stretches();
    for (const { jobId, at, state, count } of past) {
      const job = shown.get(jobId);
      if (job === undefined) continue;
      cells.add(job, at, state === 'skipped' ? 'skipped' : 'runs', count);
      if (failures.has(state)) cells.add(job, at, 'failed', count);
    }
    const rules = ahead.map(({ job, schedule }) => ({ ...schedule, of: job }));
    const { estimated } = countComing(rules, span, width, (of, stretch, kind, count) => {
      for (const job of of) cells.add(job, span.from + stretch * width, kind, count);
    });
    const zones = new Map(ahead.map(({ job, schedule }) => [job.id, schedule.spec.timezone]));
    const named = lanes.lanes.map((lane) => ({ ...lane, timezone: zones.get(lane.job.id) ?? lane.timezone }));
    return { ...lanes, lanes: named, stretchMs: width, counts: cells.all(), estimated };
  }

  async function sumsOf(jobIds: readonly Id[], span: TimeSpan, width: Millis): Promise<readonly TimelineSum[]> {
    if (width % dayMs === 0) return store.timeline.sums(jobIds, span, width);
    const counts = await store.timeline.counts({ jobIds }, span, width);
    return counts.map(({ job, ...rest }) => ({ jobId: job.id, ...rest }));
  }

  /** Jobs with runs in the span. Of all jobs they are looked for in its quarters: the newest runs alone would show its end. */
  async function sampled(filter: TimelineFilter, span: TimeSpan, now: Instant): Promise<readonly TimelineJob[]> {
    const past = pastOf(span, now);
    if (past === null) return [];
    if (filter.jobIds !== undefined) return store.timeline.busy(filter, past, mostSampled);
    const quarter = Math.ceil((past.to - past.from) / 4);
    const quarters = [0, 1, 2, 3].map((nth) => {
      const from = past.from + nth * quarter;
      return store.timeline.busy(filter, { from, to: Math.min(from + quarter, past.to) }, mostSampled);
    });
    return (await Promise.all(quarters)).flat();
  }

  /** Lanes in the order of the jobs; those that do not fit are counted. How long a run takes is asked of those that have one ahead. */
  async function lanesOf(
    { shown, leftOut }: ReturnType<typeof laned>,
    inForce: readonly ScheduleInForce[],
    ahead: readonly ComingMark[],
  ) {
    const isAhead = new Set(ahead.map(({ job }) => job.id));
    const usual = await store.timeline.usual(shown.map(({ id }) => id).filter((id) => isAhead.has(id)));
    const zones = new Map(inForce.map(({ job, schedule }) => [job.id, schedule.spec.timezone]));
    const lanes = shown.map((job) => ({
      job,
      timezone: zones.get(job.id) ?? null,
      usualMs: usual.get(job.id) ?? null,
    }));
    return { lanes, leftOut };
  }

  /** Words become the jobs they mean: of those each thing is found by an index. */
  async function narrowed(filter: TimelineFilter): Promise<TimelineFilter> {
    if (filter.tag === undefined && filter.search === undefined) return filter;
    return { jobIds: await store.timeline.matching(filter, mostMatching) };
  }

  const maintenanceOf = (lanes: Timeline['lanes'], span: TimeSpan): Promise<MaintenanceBand[]> =>
    maintenanceBandsOf(
      store.maintenance,
      lanes.map(({ job }) => job),
      span,
    );

  return {
    async timeline(asked, span) {
      checkSpan(span);
      const filter = await narrowed(asked);
      const now = await store.now();
      // A schedule that names an instant in the span makes a mark: more of them than that are counted.
      const past = pastOf(span, now);
      const [inForce, runs] = await Promise.all([
        span.to <= now ? [] : store.timeline.inForce({ ...filter, planUntil: span.to }, mostMarks + 1),
        past === null ? [] : store.timeline.runs(filter, past, mostMarks),
      ]);
      // Beside too many runs they only say which jobs have something here.
      const mostSkips = runs === null ? mostSampled : mostMarks + 1;
      const skips = past === null ? [] : await store.timeline.skips(filter, past, mostSkips);
      const coming = inForce.length > mostMarks ? null : comingMarks(inForce, span, mostMarks + 1);
      const blackouts = await blackoutsOf(store.calendars, inForce, span);
      const answer = { ...span, now, blackouts, holidays: holidaysOf(inForce, span) };
      if (coming !== null && runs !== null && runs.length + skips.length + coming.length <= mostMarks) {
        const jobs = [...runs, ...skips, ...coming].map(({ job }) => job);
        const lanes = await lanesOf(laned(jobs), inForce, coming);
        const maintenance = await maintenanceOf(lanes.lanes, span);
        return { ...answer, ...lanes, maintenance, stretchMs: null, runs, skips, coming, counts: [], estimated: false };
      }
      const seen = [...(runs ?? []), ...skips, ...inForce].map(({ job }) => job);
      const stretches = await counted(filter, seen, span, now);
      const maintenance = await maintenanceOf(stretches.lanes, span);
      return { ...answer, ...stretches, maintenance, runs: [], skips: [], coming: [] };
    },

    async heatMap(asked, span, timezone) {
      checkSpan(span);
      const filter = await narrowed(asked);
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
      const isAll = filter.jobIds === undefined;
      const [inForce, past] = await Promise.all([
        store.timeline.rulesInForce({ ...filter, planUntil: span.to }, mostInForce),
        isAll && width === hourMs
          ? store.timeline.sums(null, { ...span, from }, width)
          : store.timeline.counts(filter, { ...span, from }, width),
      ]);
      for (const { at, state, count } of past) {
        cellAt(at)[state === 'skipped' ? 'skipped' : 'runs'] += count;
        if (failures.has(state)) cellAt(at).failed += count;
      }
      const reach = { from, to: span.to };
      const rules = inForce.map(({ count, ...rule }) => ({ ...rule, of: count }));
      const { estimated } = countComing(rules, reach, width, (counts, stretch, kind, each) => {
        for (const count of counts) cellAt(from + stretch * width)[kind] += count * each;
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
        return { now, coming, lanes: (await lanesOf(laned(jobs), inForce, coming)).lanes };
      }
    },
  };
}
