/** From the time that a shifted clock tells to the machine's, and back. A shift is far longer than a round. */
import type { Shift } from './history.ts';

/** The machine's time of an instant that the product wrote down. */
export function machineTime(shifts: readonly Shift[], told: number): number {
  const shift = shifts.find(({ at, until, offsetMs }) => Math.abs(told - offsetMs - at) < Math.abs(told - until));
  return shift === undefined ? told : told - shift.offsetMs;
}

/** The latest instant that a clock of the product has told, when the machine's told `until` in the end. */
export function latestTold(shifts: readonly Shift[], until: number): number {
  return Math.max(until, ...shifts.map((shift) => shift.until + shift.offsetMs));
}

/** How far ahead the clock had been at the machine's time `at`, or before. */
export function furthestAhead(shifts: readonly Shift[], at: number): number {
  return Math.max(0, ...shifts.filter((shift) => shift.at <= at).map(({ offsetMs }) => offsetMs));
}
