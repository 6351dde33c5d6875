/** Check 11: life goes on. */
import type { History } from '../history.ts';
import { instantsOf } from '../oracle.ts';

const graceMs = 5000;

/** (11) After the last fault every schedule has a row within a period and 5 s of its own, decided in that time. */
export function liveness({ jobs, ledger, faults }: History): string[] {
  const last = Math.max(0, ...faults.map(({ until }) => until));
  return jobs.flatMap((job) =>
    job.schedules.flatMap(({ id, rule, periodMs }) => {
      const after = Math.max(last, job.from);
      const until = after + periodMs + graceMs;
      const own = ledger.filter((row) => row.scheduleId === id);
      // A clock that was ahead may have had an instant run already.
      const isDecided = (at: number): boolean =>
        own.some((row) => row.kind === 'row' && row.dueAt === at && row.decidedAt <= after);
      const due = instantsOf(rule, after, after + periodMs).filter((at) => !isDecided(at));
      if (until > job.until || due.length === 0) return [];
      const fired = own.some(
        (row) => row.kind === 'row' && row.dueAt > after && row.decidedAt > after && row.decidedAt <= until,
      );
      return fired
        ? []
        : [
            `${job.name}, schedule ${id} did not fire between ${new Date(after).toISOString()} and ${new Date(until).toISOString()}`,
          ];
    }),
  );
}
