/** How `jtp` writes instants: UTC for machines, the local clock with its offset and the distance for people. */
import type { Terminal } from '../terminal.ts';

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

/** The wire's instant as it stands in a pipe; with the distance on a terminal; a dash for none. */
export function whenText(terminal: Terminal, instant: string | null | undefined, now: number): string {
  if (instant === null || instant === undefined) return terminal.stdout.isTTY === true ? '–' : '';
  return terminal.stdout.isTTY === true ? `${instant} (${distance(Date.parse(instant), now)})` : instant;
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
