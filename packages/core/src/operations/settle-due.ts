/** What a change of a schedule owes to the instants that came before it. */
import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { LedgerEntry } from '../model/occurrence.ts';
import type { Schedule } from '../model/schedule.ts';
import { hasHadAllRuns } from '../policy/plannable.ts';
import { gapsUntil, resumeSchedule } from '../policy/resume.ts';
import { nextOf, nextPlanOf, wakeOf } from '../schedule/occurrences.ts';
import type { Tables } from '../store/store.ts';
import type { OperationContext } from './context.ts';

/** How often a change waits for the planner before it counts what is left as missed. */
const mostTries = 5;

/** Thrown inside a transaction to have it undone: something came due meanwhile. */
class CameDue extends Error {}

/**
 * Makes a change after everything due so far is planned by the old rule. `change` calls `settle` inside its transaction,
 * with the job locked, before it moves a cursor: when something has come due in between, it is all done again.
 */
export async function afterPlanning<T>(
  { planDue }: Pick<OperationContext, 'planDue'>,
  jobId: Id,
  change: (settle: (tables: Tables, now: Instant) => Promise<void>) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    // A rule that cannot be planned is to be changed all the more.
    await planDue?.(jobId).catch(() => undefined);
    const isLast = planDue === undefined || tries >= mostTries;
    try {
      return await change((tables, now) => settleDue(tables, { jobId, now, isLast }));
    } catch (error) {
      if (!(error instanceof CameDue)) throw error;
    }
  }
}

async function settleDue(
  tables: Tables,
  { jobId, now, isLast }: { readonly jobId: Id; readonly now: Instant; readonly isLast: boolean },
): Promise<void> {
  const due = (await tables.schedules.ofJob(jobId)).filter(({ planAt }) => planAt !== null && planAt <= now);
  if (due.length === 0) return;
  if (!isLast) throw new CameDue();
  const known = await knownAhead(tables, due);
  await tables.ledger.insertGaps(
    due.flatMap((schedule) => gapsUntil(schedule, { until: now, now, reason: 'misfire', known })),
  );
  for (const schedule of due) {
    const planned = { ...schedule, cursorAt: now, planAt: wakeOf(schedule.spec, now) };
    await tables.schedules.update(planned, schedule.revision);
  }
}

/**
 * Settles what maintenance holds back of these schedules, before their cursor, rule or scope changes: it is counted as
 * `maintenance` and no longer waits for what comes after it.
 */
export async function settleHeld(tables: Tables, schedules: readonly Schedule[], now: Instant): Promise<void> {
  const held = schedules.filter(
    ({ planAt, cursorAt, spec }) => planAt !== null && planAt > now && (nextPlanOf(spec, cursorAt) ?? Infinity) <= now,
  );
  if (held.length === 0) return;
  const known = await knownAhead(tables, held);
  await tables.ledger.insertGaps(
    held.flatMap((schedule) => gapsUntil(schedule, { until: now, now, reason: 'maintenance', known })),
  );
  for (const schedule of held) {
    const { spec } = schedule;
    const settled = { ...schedule, cursorAt: now, planAt: wakeOf(spec, now), nextDueAt: nextOf(spec, now) };
    await tables.schedules.update(settled, schedule.revision);
  }
}

function knownAhead({ ledger }: Tables, schedules: readonly Schedule[]): Promise<readonly LedgerEntry[]> {
  return ledger.ahead(schedules.map(({ id: scheduleId, cursorAt }) => ({ scheduleId, cursorAt })));
}

/** Lets every schedule of a resumed job count from now, and accounts for what the pause swallowed. */
export async function resumeSchedules(tables: Tables, job: Job, now: Instant): Promise<void> {
  const stored = await tables.schedules.ofJob(job.id);
  const known = await knownAhead(tables, stored);
  const isOver = hasHadAllRuns(job);
  const resumed = stored.map((schedule) => resumeSchedule(schedule, { at: now, known, isOver }));
  await tables.ledger.insertGaps(resumed.flatMap(({ gaps }) => gaps));
  for (const { schedule } of resumed) await tables.schedules.update(schedule, schedule.revision);
}
