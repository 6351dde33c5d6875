/** What a change of a schedule owes to the instants that came before it. */
import { liveBeside } from '../flow/live-beside.ts';
import { drawing, type Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { LedgerEntry } from '../model/occurrence.ts';
import type { Schedule } from '../model/schedule.ts';
import { mostAfterPause, planAfterPause } from '../policy/after-pause.ts';
import { missedOf } from '../policy/missed.ts';
import { gapsUntil } from '../policy/resume.ts';
import { nextOf, nextPlanOf, wakeOf } from '../schedule/occurrences.ts';
import { missedEvent } from '../store/missed-event.ts';
import type { Tables } from '../store/store.ts';
import { writeAfterPause } from '../store/write-after-pause.ts';
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
  const gaps = due.flatMap((schedule) => gapsUntil(schedule, { until: now, now, reason: 'misfire', known }));
  await tables.ledger.insertGaps(gaps);
  const job = await tables.jobs.get(jobId);
  const missed = missedOf(gaps).flatMap((each) => {
    const schedule = due.find(({ id }) => id === each.scheduleId);
    return job === null || schedule === undefined ? [] : [missedEvent(job, schedule, each)];
  });
  await tables.events.append(missed);
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

/** Draws the ids that a resumption may use up; call it before its transaction. */
export async function idsToResume({ store }: Pick<OperationContext, 'store'>, job: Job): Promise<readonly Id[]> {
  const most = mostAfterPause(job, job.onResume === null ? 0 : (await store.schedules.ofJob(job.id)).length);
  return most === 0 ? [] : store.ids(most);
}

/**
 * Lets every schedule of a resumed job count from now, and accounts for what the pause swallowed.
 *
 * @param job as it stood while paused
 */
export async function resumeSchedules(
  tables: Tables,
  job: Job,
  {
    now,
    ids = [],
    drainRate = 10,
  }: { readonly now: Instant; readonly ids?: readonly Id[]; readonly drainRate?: number | undefined },
): Promise<void> {
  const schedules = await tables.schedules.ofJob(job.id);
  const [known, live] = [await knownAhead(tables, schedules), await liveBeside(tables, [job])];
  const nextId = drawing(ids);
  const onResume = ids.length === 0 ? null : job.onResume;
  const after = planAfterPause({ job: { ...job, onResume }, schedules, live, known, at: now, now, nextId, drainRate });
  await writeAfterPause(tables, job, after);
}
