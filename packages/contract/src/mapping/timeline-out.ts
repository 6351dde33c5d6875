/** Timelines going out: a job stands once, and marks name its place. */
import { formatInstant, reasonText, toUuid, type CalendarFeed, type Forecast, type Timeline } from 'job-trigger-core';
import type { Feed, ForecastShape, TimelineShape } from '../shapes/timeline.ts';

export function timelineToWire(timeline: Timeline): TimelineShape {
  const places = new Map(timeline.lanes.map(({ job }, place) => [job.id, place]));
  /** Marks of jobs without a lane stay out. */
  const placed = <T extends { readonly job: { readonly id: number } }, R>(
    marks: readonly T[],
    make: (mark: T, job: number) => R,
  ): R[] =>
    marks.flatMap((mark) => {
      const job = places.get(mark.job.id);
      return job === undefined ? [] : [make(mark, job)];
    });
  type Band = { readonly job: { readonly id: number } | null; readonly from: number; readonly to: number };
  const banded = <T extends Band, R>(bands: readonly T[], more: (band: T) => R) =>
    bands.flatMap((band) => {
      const job = band.job === null ? null : places.get(band.job.id);
      if (job === undefined) return [];
      return [{ job, from: formatInstant(band.from), to: formatInstant(band.to), ...more(band) }];
    });
  return {
    from: formatInstant(timeline.from),
    to: formatInstant(timeline.to),
    now: formatInstant(timeline.now),
    stretch_seconds: timeline.stretchMs === null ? null : timeline.stretchMs / 1000,
    estimated: timeline.estimated,
    jobs: timeline.lanes.map(({ job, timezone, usualMs }) => ({
      id: toUuid(job),
      name: job.name,
      timezone,
      usual_seconds: usualMs === null ? null : usualMs / 1000,
    })),
    left_out: timeline.leftOut,
    runs: placed(timeline.runs, (run, job) => ({
      job,
      run_id: toUuid(run),
      trigger: run.trigger,
      state: run.state,
      due_at: run.dueAt === null ? null : formatInstant(run.dueAt),
      from: formatInstant(run.startedAt ?? run.createdAt),
      to: run.endedAt === null ? null : formatInstant(run.endedAt),
    })),
    skips: placed(timeline.skips, (skip, job) => ({
      job,
      from: formatInstant(skip.from),
      to: formatInstant(skip.to),
      count: skip.count,
      reason: skip.reason,
      reason_text: reasonText(skip.reason, {}, 'skipped'),
    })),
    coming: placed(timeline.coming, ({ at, dropped }, job) => ({
      job,
      at: formatInstant(at),
      reason: dropped,
      reason_text: dropped === null ? null : reasonText(dropped, {}, 'skipped'),
    })),
    counts: placed(timeline.counts, ({ at, runs, failed, skipped, due }, job) => ({
      job,
      at: formatInstant(at),
      runs,
      failed,
      skipped,
      due,
    })),
    blackouts: banded(timeline.blackouts, ({ name }) => ({ name })),
    holidays: banded(timeline.holidays, ({ name }) => ({ name })),
    maintenance: banded(timeline.maintenance, ({ reason }) => ({ reason })),
  };
}

export function forecastToWire(forecast: Forecast): ForecastShape {
  return {
    from: formatInstant(forecast.from),
    to: formatInstant(forecast.to),
    slots: forecast.slots,
    highest: forecast.highest,
    highest_spread: forecast.highestSpread,
    peaks: forecast.peaks.map(({ at, starts, lastWaitMs, advice }) => ({
      at: formatInstant(at),
      starts,
      last_wait_seconds: lastWaitMs / 1000,
      advice: advice.map(({ job, offsetMinutes }) => ({
        job_id: toUuid(job),
        job_name: job.name,
        offset_minutes: offsetMinutes,
      })),
    })),
  };
}

export function feedToWire(feed: CalendarFeed): Feed {
  return {
    id: toUuid(feed),
    name: feed.name,
    created_at: formatInstant(feed.createdAt),
    tag: feed.tag,
    search: feed.search,
  };
}
