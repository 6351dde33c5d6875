/** What keeps stored plans true when something other than time changes them: pauses that end, zone data, the clock. */
import type { Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import type { Schedule } from '../model/schedule.ts';
import { hasHadAllRuns, isPlannable } from '../policy/plannable.ts';
import { resumeSchedule } from '../policy/resume.ts';
import { countOf, nextOf, nextPlanOf } from '../schedule/occurrences.ts';
import type { CursorMove, JobSummary } from '../store/job-tables.ts';
import type { Store, Tables } from '../store/store.ts';

/** Resumes jobs whose pause had an end. @returns how many */
export async function resumeDue(store: Store, now: Instant): Promise<number> {
  const paused = await store.jobs.pausedUntil(now);
  for (const { id } of paused) {
    await store.transaction(async (tables) => {
      await tables.jobs.lock([id]);
      const job = await tables.jobs.get(id);
      const until = job?.pausedUntil ?? null;
      if (job === null || job.active || job.deletedAt !== null || until === null || until > now) return;
      const resumed: Job = {
        ...job,
        active: true,
        pausedAt: null,
        pausedBy: null,
        pausedReason: null,
        pausedUntil: null,
        updatedAt: now,
      };
      await tables.jobs.update(resumed, job.version, null);
      const stored = await tables.schedules.ofJob(id);
      const known = await tables.ledger.ahead(stored.map((each) => ({ scheduleId: each.id, cursorAt: each.cursorAt })));
      const counting = stored.map((schedule) =>
        resumeSchedule(schedule, { at: until, now, known, isOver: hasHadAllRuns(job) }),
      );
      await tables.ledger.insertGaps(counting.flatMap(({ gaps }) => gaps));
      for (const { schedule } of counting) await tables.schedules.update(schedule, schedule.revision);
      await tables.events.append([
        {
          kind: 'job.resumed',
          jobId: id,
          jobCreatedAt: job.createdAt,
          data: { name: job.definition.name, until: job.pausedUntil },
        },
      ]);
    });
  }
  return paused.length;
}

/** Computes anew what was computed with other zone data, and tells where that moved something. @returns how many changed */
export async function recompute(store: Store, tzVersion: string): Promise<number> {
  let changed = 0;
  for (;;) {
    const stale = await store.schedules.withOtherZoneData(tzVersion, 200);
    if (stale.length === 0) return changed;
    for (const each of stale) changed += await store.transaction((tables) => recomputeOne(tables, each, tzVersion));
  }
}

/** Does it wait for an instant? A rule that older data saw at its end may name more. */
const isPlanned = (job: Job | null, schedule: Schedule): boolean => job !== null && isPlannable(job) && schedule.active;

/** @returns 1 when its instants moved, else 0 */
async function recomputeOne(
  tables: Tables,
  { id, jobId }: Pick<Schedule, 'id' | 'jobId'>,
  tzVersion: string,
): Promise<0 | 1> {
  await tables.jobs.lock([jobId]);
  const [job, schedule] = [await tables.jobs.get(jobId), await tables.schedules.get(id)];
  if (schedule === null) return 0;
  const runs = isPlanned(job, schedule);
  const planAt = runs ? nextPlanOf(schedule.spec, schedule.cursorAt) : schedule.planAt;
  const nextDueAt = runs ? nextOf(schedule.spec, schedule.cursorAt) : schedule.nextDueAt;
  await tables.schedules.update({ ...schedule, planAt, nextDueAt, tzVersion }, schedule.revision);
  if (planAt === schedule.planAt && nextDueAt === schedule.nextDueAt) return 0;
  const data = { schedule: id, from: schedule.nextDueAt, to: nextDueAt, zone_data: tzVersion };
  await tables.events.append([{ kind: 'schedule.recomputed', jobId, jobCreatedAt: job?.createdAt ?? null, data }]);
  return 1;
}

/** What lies further ahead than this was decided by a clock that has gone back since. */
export const aheadMs: Millis = 5000;

/**
 * After the clock went back: a schedule planned further than now counts from now again. What was decided of instants
 * that have not come after all is taken back, as long as it made no run; an instant that had its run has had it. A job
 * that has had all its runs stays as it is. @returns how many were moved
 */
export async function rewindCursors(store: Store): Promise<number> {
  let moved = 0;
  let after: string | null = null;
  do {
    const page = await store.jobs.list({ active: true, scheduled: true }, 'created_at', false, { limit: 200, after });
    after = page.next;
    const now = await store.now();
    const moves = page.items.filter(isUnfinished).flatMap(({ schedules }) =>
      schedules
        .filter((schedule) => schedule.active && schedule.cursorAt > now + aheadMs)
        .map((schedule): CursorMove => {
          const { id: scheduleId, revision, cursorAt, spec } = schedule;
          return {
            scheduleId,
            revision,
            cursorAt,
            newCursor: now,
            newPlan: nextPlanOf(spec, now),
            newNext: nextOf(spec, now),
          };
        }),
    );
    if (moves.length === 0) continue;
    moved += await store.transaction(async (tables) => {
      const won = await tables.schedules.advance(moves);
      const steps = moves.filter(({ scheduleId }) => won.includes(scheduleId));
      for (const { scheduleId, newCursor } of steps) await takeBack(tables, scheduleId, newCursor);
      await tables.events.append(
        steps.map(({ scheduleId, cursorAt, newCursor }) => ({
          kind: 'schedule.rewound',
          data: { schedule: scheduleId, from: cursorAt, to: newCursor },
        })),
      );
      return won.length;
    });
  } while (after !== null);
  return moved;
}

const isUnfinished = ({ job }: JobSummary): boolean => !hasHadAllRuns(job);

async function takeBack({ ledger, schedules }: Tables, scheduleId: Id, now: Instant): Promise<void> {
  await ledger.withdraw(scheduleId, now);
  const schedule = await schedules.get(scheduleId);
  for (const entry of await ledger.ahead([{ scheduleId, cursorAt: now }])) {
    if (schedule === null || entry.kind !== 'gap') continue;
    const counted = countOf(schedule.spec, { after: entry.fromAt - 1, until: now, limit: entry.count });
    await ledger.shorten(entry, { toAt: now, count: counted });
  }
}
