/** How `jtp` writes instants: UTC for machines, the reader's clock with the distance for people. */
import { hostZone, isKnownZone, localText, spoken, spokenParts, suggestZone } from 'job-trigger-core';
import type { Context } from '../context.ts';
import { CommandError, exitStatus } from '../exit-status.ts';

/** `in 12 min`, `3 h ago`; the largest unit that says enough. */
export function distance(at: number, now: number): string {
  const seconds = Math.round(Math.abs(at - now) / 1000);
  const steps: readonly (readonly [number, string])[] = [
    [86_400, 'd'],
    [3600, 'h'],
    [60, 'min'],
    [1, 's'],
  ];
  const [size, unit] = steps.find(([size]) => seconds >= size * (size === 86_400 ? 2 : 1)) ?? [1, 's'];
  const text = `${Math.floor(seconds / size)} ${unit}`;
  return at >= now ? `in ${text}` : `${text} ago`;
}

/** A schedule's instant is passed by when it is planned; that may take so long. */
const dueNowMs = 30_000;

/** `in 12 min`; once its instant has passed `due now`, then `due 3 min ago`. */
function ahead(at: number, now: number): string {
  if (at > now) return distance(at, now);
  return now - at <= dueNowMs ? 'due now' : `due ${distance(at, now)}`;
}

/** Writes the instants of one answer alike. */
export interface Times {
  /** A heading with the zone of the column: `NEXT (Asia/Hong_Kong)`. */
  title(name: string): string;
  /** One instant; `zone` is the job's, for `--tz job`. A dash for none on a terminal, nothing in a pipe. */
  text(instant: string | null | undefined, zone?: string): string;
  /** What comes next, likewise: once its instant has passed it is due, until it is planned. */
  next(instant: string | null | undefined, zone?: string): string;
  /** A sentence with its instants on the reader's clock: of `--tz`, else of this host; in a pipe as it was written. */
  sentence(text: string): string;
}

const forms = ['relative', 'absolute', 'iso'] as const;

/** @throws CommandError (usage) for an unknown form */
function formOf(context: Context): (typeof forms)[number] | null {
  const { time } = context.flags;
  if (time === undefined) return null;
  const form = forms.find((one) => one === time);
  if (form === undefined) throw new CommandError(exitStatus.usage, `--time: '${time}' is none of ${forms.join(', ')}.`);
  return form;
}

/** The zone that `--tz` names; null for the job's own. @throws CommandError (usage) for an unknown one */
function zoneOf(context: Context, otherwise: string): string | null {
  const { tz } = context.flags;
  if (tz === undefined) return otherwise;
  if (tz === 'job') return null;
  const name = { local: hostZone(), utc: 'UTC' }[tz] ?? tz;
  if (isKnownZone(name)) return name;
  const near = suggestZone(name);
  const fix = near === null ? 'Use local, utc, job or an IANA name.' : `Did you mean ${near}?`;
  throw new CommandError(exitStatus.usage, `--tz: '${tz}' is no time zone.`, fix);
}

/** RFC 3339 in UTC in a pipe; on a terminal the clock of `--tz` (else of this host) and the distance. */
export function timesOf(context: Context, now: number = Date.now()): Times {
  const isTerminal = context.terminal.stdout.isTTY === true;
  const zone = zoneOf(context, isTerminal ? hostZone() : 'UTC');
  const form = formOf(context) ?? (isTerminal ? null : 'iso');
  const written = (
    instant: string | null | undefined,
    jobZone: string,
    far: (at: number, now: number) => string,
  ): string => {
    if (instant === null || instant === undefined) return isTerminal ? '–' : '';
    const at = Date.parse(instant);
    if (form === 'relative') return far(at, now);
    const here = zone ?? jobZone;
    if (form === 'iso') return here === 'UTC' ? instant : localText(at, here);
    const clock = localText(at, here).slice(0, 19).replace('T', ' ');
    return form === 'absolute' ? clock : `${clock} (${far(at, now)})`;
  };
  return {
    title: (name) => `${name} (${zone ?? 'job'})`,
    text: (instant, jobZone = hostZone()) => written(instant, jobZone, distance),
    next: (instant, jobZone = hostZone()) => written(instant, jobZone, ahead),
    sentence(text) {
      if (zone === null || (!isTerminal && context.flags.tz === undefined)) return text;
      return spokenParts(text)
        .map((part) => (typeof part === 'string' ? part : spoken(part.at, zone)))
        .join('');
    },
  };
}

/** `840 ms`, `12 s`, `2 m 14 s`, `3 h 05 m`. */
export function durationText(seconds: number | null): string {
  if (seconds === null) return '';
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} m ${String(Math.round(seconds % 60)).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} m`;
}
