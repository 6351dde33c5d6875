/** Where starts meet, and what a blackout would take away. Reads only. */
import { takersOf } from '../policy/waiting.ts';
import type { Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import { highestOf, offsetOf, peaksOf, windowFor, type Start } from '../policy/forecast.ts';
import { aheadOf } from '../policy/timeline.ts';
import type { TimelineFilter, TimelineJob, TimeSpan } from '../store/timeline-table.ts';
import { beginOf, checkSpan, mostInForce, walkBudget } from './coming.ts';
import type { OperationContext } from './context.ts';
import { rememberedLengths } from './remembered-lengths.ts';

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

export interface ForecastOperations {
  /** Starts a minute against the slots of the workers that are online. */
  forecast(filter: TimelineFilter, span: TimeSpan): Promise<Forecast>;
  /** Runs that a blackout over the span would take away. */
  whatIf(filter: TimelineFilter, blackout: TimeSpan): Promise<WhatIf>;
}

/** A job that never ran is taken to need this long. */
const unknownLengthMs = 60_000;
const mostListed = 500;
/** A worker silent for longer lends no slots. */
const onlineMs = 15_000;

export function forecastOperations({ store, system }: OperationContext): ForecastOperations {
  const usualLengths = rememberedLengths(store, system.clock);

  async function startsIn(filter: TimelineFilter, span: TimeSpan) {
    const inForce = await store.timeline.inForce({ ...filter, planUntil: span.to }, mostInForce);
    const jobs = new Map(inForce.map(({ job }) => [job.id, job]));
    const usual = await usualLengths([...jobs.keys()]);
    const seen = new Map<Id, Set<Instant>>();
    const starts: Start[] = [];
    inForce.forEach((one, place) => {
      const limit = Math.floor((walkBudget - starts.length) / (inForce.length - place));
      const known = seen.get(one.job.id) ?? new Set<Instant>();
      seen.set(one.job.id, known);
      const lengthMs = usual.get(one.job.id) ?? unknownLengthMs;
      const reach = { after: beginOf(one.schedule.cursorAt, span.from), until: span.to - 1, limit };
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
    async forecast(filter, span) {
      checkSpan(span);
      const { starts, jobs } = await startsIn(filter, span);
      const now = await store.now();
      const { takers } = takersOf(await store.workers.list(), { now, lostAfterMs: onlineMs });
      const slots = takers.reduce((sum, worker) => sum + worker.slots, 0);
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
