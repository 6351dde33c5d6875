/** Where starts meet: what waits for a slot, and how far a spread would help. Pure. */
import { createHash } from 'node:crypto';
import type { Instant, Millis } from '../model/instant.ts';

/** One coming start. */
export interface Start {
  readonly at: Instant;
  readonly job: number;
  /** What a run usually takes. */
  readonly lengthMs: Millis;
}

export interface Peak {
  /** The whole minute. */
  readonly at: Instant;
  readonly starts: number;
  /** How long the last of them waits for a slot. */
  readonly lastWaitMs: Millis;
  readonly jobs: readonly number[];
  /** What the longest of them usually takes. */
  readonly longestMs: Millis;
}

const minuteMs = 60_000;
const minuteOf = (at: Instant): Instant => Math.floor(at / minuteMs) * minuteMs;

/** Waits of each start when `slots` runs may live at once and none is preferred. `starts` ascend. */
function waitsOf(starts: readonly Start[], slots: number): Millis[] {
  // A slot is the instant at which it is free; the earliest first.
  const free = Array.from({ length: Math.max(1, slots) }, () => -Infinity);
  return starts.map(({ at, lengthMs }) => {
    let earliest = 0;
    for (let slot = 1; slot < free.length; slot += 1) if ((free[slot] ?? 0) < (free[earliest] ?? 0)) earliest = slot;
    const begin = Math.max(at, free[earliest] ?? at);
    free[earliest] = begin + lengthMs;
    return begin - at;
  });
}

/** Minutes in which more runs start than there are slots, or somebody waits; the fullest first. */
export function peaksOf(starts: readonly Start[], slots: number, most: number): readonly Peak[] {
  const waits = waitsOf(starts, slots);
  const minutes = new Map<Instant, { starts: number; lastWaitMs: Millis; longestMs: Millis; jobs: number[] }>();
  starts.forEach((start, place) => {
    const at = minuteOf(start.at);
    const minute = minutes.get(at) ?? { starts: 0, lastWaitMs: 0, longestMs: 0, jobs: [] };
    minute.starts += 1;
    minute.lastWaitMs = Math.max(minute.lastWaitMs, waits[place] ?? 0);
    minute.longestMs = Math.max(minute.longestMs, start.lengthMs);
    minute.jobs.push(start.job);
    minutes.set(at, minute);
  });
  return [...minutes]
    .map(([at, minute]) => ({ at, ...minute }))
    .filter((minute) => minute.starts > Math.max(1, slots))
    .sort((a, b) => b.starts - a.starts || b.lastWaitMs - a.lastWaitMs || a.at - b.at)
    .slice(0, most);
}

/** The most starts in one minute. */
export function highestOf(starts: readonly Start[]): number {
  const minutes = new Map<Instant, number>();
  for (const { at } of starts) minutes.set(minuteOf(at), (minutes.get(minuteOf(at)) ?? 0) + 1);
  return [...minutes.values()].reduce((most, count) => Math.max(most, count), 0);
}

/** Minutes that a name is set back within a window: the same name always by the same. */
export function offsetOf(name: string, windowMinutes: number): number {
  return createHash('sha256').update(name).digest().readUInt32BE(0) % Math.max(1, windowMinutes);
}

/** A window wide enough that the starts of a peak fit beside each other: 15, 30 or 60 minutes. */
export function windowFor(peak: Peak, slots: number): number {
  const needed = (Math.ceil(peak.starts / Math.max(1, slots)) * Math.max(minuteMs, peak.longestMs)) / minuteMs;
  return [15, 30, 60].find((minutes) => minutes >= Math.max(needed, peak.starts)) ?? 60;
}
