import { browserZone, clockText, dateText, zoneMark } from './time.ts';

const weekday = (at: number, zone: string): string =>
  new Intl.DateTimeFormat('en', { weekday: 'long', timeZone: zone }).format(at);

/** Whole days between two dates on the wall clock of a zone, whatever its clocks did in between. */
function daysApart(from: number, to: number, zone: string): number {
  const day = (at: number): number => {
    const parts = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' }).format(at);
    return Date.parse(`${parts}T00:00:00Z`);
  };
  return Math.round((day(to) - day(from)) / 86_400_000);
}

/** `Today at 09:00 UTC+8`, `Tomorrow at …`, a weekday within a week, else the date: how people say what comes next. */
export function nextWords(at: number, now: number, zone: string = browserZone()): string {
  const days = daysApart(now, at, zone);
  const clock = `${clockText(at, zone)} ${zoneMark(at, zone)}`;
  if (days === 0) return `Today at ${clock}`;
  if (days === 1) return `Tomorrow at ${clock}`;
  if (days > 1 && days < 7) return `${weekday(at, zone)} at ${clock}`;
  return `${dateText(at, zone)} at ${clock}`;
}
