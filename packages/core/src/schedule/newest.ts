import type { Instant } from '../model/instant.ts';
import type { ScheduleSpec } from '../model/schedule.ts';
import { occurrencesOf } from './occurrences.ts';

const atOnce = 10_000;

/** The newest instant in (after, until] that filters let through. Looks back further and further, so that a dense rule costs little. */
export function newestOf(spec: ScheduleSpec, after: Instant, until: Instant): Instant | null {
  for (let reach = 60_000; ; reach *= 8) {
    let from = Math.max(after, until - reach);
    const isLast = from === after;
    for (;;) {
      const found = occurrencesOf(spec, { after: from, until, limit: atOnce });
      const last = found.at(-1);
      if (last === undefined) break;
      if (found.length < atOnce) return last;
      from = last;
    }
    if (isLast) return null;
  }
}
