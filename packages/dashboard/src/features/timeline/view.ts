import type { TimelineShape } from 'job-trigger-contract';
import { clockText, dateText, fullText } from '../../lib/time.ts';
import { daysOf, startOfWeek, type Span } from './axis.ts';

export const views = ['lanes', 'day', 'week', 'month', 'agenda', 'heat'] as const;
export type View = (typeof views)[number];

export const viewLabels: Readonly<Record<View, string>> = {
  lanes: 'Lanes',
  day: 'Day',
  week: 'Week',
  month: 'Month',
  agenda: 'Agenda',
  heat: 'Heat map',
};

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

interface Asked {
  readonly at: number;
  /** Of the zoom. */
  readonly hours: number;
  readonly zone: string;
}

/** A part of what is shown lies before the instant. */
const around = (at: number, lengthMs: number, before: number): Span => ({
  from: at - lengthMs * before,
  to: at + lengthMs * (1 - before),
});

/** Whole days of the zone, from a Monday on. */
function weeksOf({ at, zone }: Asked, days: number): Span {
  const from = startOfWeek(at, zone);
  return { from, to: daysOf({ from, to: from + (days - 0.5) * dayMs }, zone).at(-1)?.to ?? from };
}

const spans: Readonly<Record<View, (asked: Asked) => Span>> = {
  lanes: ({ at, hours }) => around(at, hours * hourMs, 0.35),
  agenda: ({ at, hours }) => around(at, hours * hourMs, 1 / 24),
  heat: ({ at }) => around(at, 28 * dayMs, 0.5),
  week: (asked) => weeksOf(asked, 7),
  month: (asked) => weeksOf(asked, 35),
  day: ({ at, zone }) => daysOf({ from: at, to: at + 1 }, zone)[0] ?? { from: at, to: at + dayMs },
};

/** What a view shows around an instant. */
export function spanOf(view: View, asked: Asked): Span {
  const { from, to } = spans[view](asked);
  return { from, to };
}

/** The stretch in words: whole days as dates, else with the clock; the zone once. */
export function spanText({ from, to }: Span, view: View, zone: string): string {
  if (view === 'day') return `${dateText(from, zone)} (${zone})`;
  if (view === 'week' || view === 'month') return `${dateText(from, zone)} to ${dateText(to - 1, zone)} (${zone})`;
  return `${dateText(from, zone)} ${clockText(from, zone)} to ${fullText(to, zone)}`;
}

/** Views whose length the zoom decides. */
export const isZooming = (view: View): boolean => view === 'lanes' || view === 'agenda';

export function hoursText(hours: number): string {
  return hours < 48 ? `${hours} h` : `${hours / 24} d`;
}

/** What a drawing leaves out, in sentences that follow its sum; empty when it shows all. */
export function leftOutText({
  stretch_seconds: seconds,
  left_out: jobs,
}: Pick<TimelineShape, 'stretch_seconds' | 'left_out'>): string {
  const stretches =
    seconds === null ? '' : ` Counted by stretches of ${hoursText(seconds / 3600)}; zoom in for single runs.`;
  return jobs > 0 ? `${stretches} ${jobs} more jobs have no lane here; filter to see them.` : stretches;
}
