/** What keeps stored plans true when something other than time changes them: pauses that end, zone data, the clock. */
import { drawing, type Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import { liveBeside } from '../flow/live-beside.ts';
import { notPaused, type Job } from '../model/job.ts';
import { endOfWindow, type MaintenanceWindow } from '../model/maintenance.ts';
import type { Schedule } from '../model/schedule.ts';
import { mostAfterPause, planAfterPause } from '../policy/after-pause.ts';
import { hasHadAllRuns, isPlannable } from '../policy/plannable.ts';
import { heldAt } from '../schedule/maintenance.ts';
import { countOf, nextOf, nextPlanOf, wakeOf } from '../schedule/occurrences.ts';
import type { CursorMove } from '../store/job-tables.ts';
import type { Store, Tables } from '../store/store.ts';
import { writeAfterPause } from '../store/write-after-pause.ts';

/** Resumes jobs whose pause had an end. @returns how many */
export async function resumeDue(store: Store, now: Instant, drainRate: number): Promise<number> {
  const paused = await store.jobs.pausedUntil(now);
  for (const waiting of paused) {
    const { id } = waiting;
    const ids = await store.ids(mostAfterPause(waiting, (await store.schedules.ofJob(id)).length));
    await store.transaction(async (tables) => {
      await tables.jobs.lock([id]);
      const job = await tables.jobs.get(id);
      const until = job?.pausedUntil ?? null;
      if (job === null || job.active || job.deletedAt !== null || until === null || until > now) return;
      const resumed: Job = {
        ...job,
        ...notPaused,
        active: true,
        updatedAt: now,
      };
      await tables.jobs.update(resumed, job.version, null);
      const schedules = await tables.schedules.ofJob(id);
      const known = await tables.ledger.ahead(
        schedules.map((each) => ({ scheduleId: each.id, cursorAt: each.cursorAt })),
      );
      const live = await liveBeside(tables, [job]);
      const nextId = drawing(ids);
      const after = planAfterPause({ job, schedules, live, known, at: until, now, nextId, drainRate });
      await writeAfterPause(tables, job, after);
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
  const planAt = runs ? wakeOf(schedule.spec, schedule.cursorAt) : schedule.planAt;
  const nextDueAt = runs ? nextOf(schedule.spec, schedule.cursorAt) : schedule.nextDueAt;
  await tables.schedules.update({ ...schedule, planAt, nextDueAt, tzVersion }, schedule.revision);
  if (planAt === schedule.planAt && nextDueAt === schedule.nextDueAt) return 0;
  const data = { schedule: id, from: schedule.nextDueAt, to: nextDueAt, zone_data: tzVersion };
  await tables.events.append([{ kind: 'schedule.recomputed', jobId, jobCreatedAt: job?.createdAt ?? null, data }]);
  return 1;
}

/** Jobs that are looked at in one go. */
const lookedAt = 200;

/**
 * Lets go of windows that are over once none of their schedules has an instant in them that is not in the ledger. One
 * that still waits for a later end, because it came to its job meanwhile, is woken. @returns how many were settled
 */
export async function settleMaintenance(store: Store, now: Instant): Promise<number> {
  let settled = 0;
  for (const { id } of await store.maintenance.unsettled()) {
    settled += await store.transaction(async (tables) => {
      await tables.maintenance.lock(id);
      const window = await tables.maintenance.get(id);
      if (window === null || window.settledAt !== null || endOfWindow(window) > now) return 0;
      if (await lagsBehind(tables, window, now)) return 0;
      await tables.maintenance.placeWaiting(now);
      await tables.maintenance.update({ ...window, settledAt: now });
      const { from, until, reason, resume, scope } = window;
      if (window.endedAt === null)
        await tables.events.append([
          { kind: 'maintenance.ended', data: { window: id, from, until, reason, resume, scope } },
        ]);
      return 1;
    });
  }
  return settled;
}

/** The next instant of a schedule; none of a rule that cannot be read, so that it stands in nobody's way. */
function nextKnown({ spec, cursorAt }: Schedule): Instant {
  try {
    return nextPlanOf(spec, cursorAt) ?? Infinity;
  } catch {
    return Infinity;
  }
}

/** Those with an instant before `end` that is not in the ledger. */
const behindOf = (schedules: readonly Schedule[], end: Instant): readonly Schedule[] =>
  schedules.filter((schedule) => schedule.planAt !== null && schedule.cursorAt < end - 1 && nextKnown(schedule) < end);

/** It waits for an instant further on, though nothing holds it any more. */
const isAsleep = ({ planAt, spec }: Schedule, now: Instant): boolean =>
  (planAt ?? 0) > now && heldAt(spec, now) === null;

/** Is there an instant of the window that is not in the ledger yet? */
async function lagsBehind(tables: Tables, window: MaintenanceWindow, now: Instant): Promise<boolean> {
  const end = endOfWindow(window);
  const links = await tables.maintenance.reachedBy([window.scope]);
  const jobIds = [...new Set(links.map(({ jobId }) => jobId))].sort((a, b) => a - b);
  let lags = false;
  for (let from = 0; from < jobIds.length; from += lookedAt) {
    const behind = behindOf(await tables.schedules.ofJobs(jobIds.slice(from, from + lookedAt)), end);
    lags ||= behind.length > 0;
    const asleep = [...new Set(behind.filter((schedule) => isAsleep(schedule, now)).map(({ jobId }) => jobId))];
    if (asleep.length === 0) continue;
    // Read anew under their locks: one that is paused meanwhile stays so.
    await tables.jobs.lock(asleep);
    const still = behindOf(await tables.schedules.ofJobs(asleep), end).filter((schedule) => isAsleep(schedule, now));
    await tables.schedules.replan(
      still.map((schedule): CursorMove => {
        const { id: scheduleId, revision, cursorAt, spec } = schedule;
        const plan = { newPlan: wakeOf(spec, cursorAt), newNext: nextOf(spec, now) };
        return { scheduleId, revision, cursorAt, newCursor: cursorAt, ...plan };
      }),
    );
  }
  return lags;
}

/** What lies further ahead than this was decided by a clock that has gone back since. */
const aheadMs: Millis = 5000;

/**
 * After the clock went back: a schedule planned further than now counts from now again, also one that is paused or
 * switched off, which would stay silent until then when it comes back. What was decided of instants that have not come
 * after all is taken back, as long as it made no run; an instant that had its run has had it. A job that has had all its
 * runs stays as it is. @returns how many were moved
 */
export async function rewindCursors(store: Store): Promise<number> {
  let moved = 0;
  await store.maintenance.reopen(await store.now());
  let after: Id = 0;
  for (;;) {
    const now = await store.now();
    const jobIds = await store.schedules.jobsAheadOf(now + aheadMs, lookedAt, after);
    const last = jobIds.at(-1);
    if (last === undefined) return moved;
    moved += await store.transaction((tables) => rewindAll(tables, jobIds, now));
    after = last;
  }
}

interface Ahead {
  readonly job: Job;
  readonly schedule: Schedule;
}

function aheadOf(job: Job, schedules: readonly Schedule[], now: Instant): readonly Ahead[] {
  if (hasHadAllRuns(job)) return [];
  return schedules.filter(({ cursorAt }) => cursorAt > now + aheadMs).map((schedule) => ({ job, schedule }));
}

/** Jobs are locked and read anew: one that was paused or resumed since it was found would keep the plan of before. */
async function rewindAll(tables: Tables, jobIds: readonly Id[], now: Instant): Promise<number> {
  await tables.jobs.lock(jobIds);
  const [jobs, all] = [await tables.jobs.byIds(jobIds), await tables.schedules.ofJobs(jobIds)];
  const ahead = [...jobs.values()].flatMap((job) =>
    aheadOf(
      job,
      all.filter(({ jobId }) => jobId === job.id),
      now,
    ),
  );
  const waiting = ahead.filter(({ job, schedule }) => isPlanned(job, schedule));
  const won = new Set(await tables.schedules.advance(waiting.map(({ schedule }) => rewound(schedule, now))));
  for (const { job, schedule } of ahead) {
    if (isPlanned(job, schedule)) continue;
    const still = { ...schedule, cursorAt: now };
    if (await tables.schedules.update(still, schedule.revision)) won.add(schedule.id);
  }
  const steps = ahead.filter(({ schedule }) => won.has(schedule.id));
  for (const { schedule } of steps) await takeBack(tables, schedule.id, now);
  await tables.events.append(
    steps.map(({ schedule: { id, cursorAt } }) => ({
      kind: 'schedule.rewound',
      data: { schedule: id, from: cursorAt, to: now },
    })),
  );
  return won.size;
}

function rewound({ id: scheduleId, revision, cursorAt, spec }: Schedule, now: Instant): CursorMove {
  return {
    scheduleId,
    revision,
    cursorAt,
    newCursor: now,
    newPlan: wakeOf(spec, now),
    newNext: nextOf(spec, now),
  };
}

async function takeBack({ ledger, schedules }: Tables, scheduleId: Id, now: Instant): Promise<void> {
  await ledger.withdraw(scheduleId, now);
  const schedule = await schedules.get(scheduleId);
  for (const entry of await ledger.ahead([{ scheduleId, cursorAt: now }])) {
    if (schedule === null || entry.kind !== 'gap') continue;
    const counted = countOf(schedule.spec, { after: entry.fromAt - 1, until: now, limit: entry.count });
    await ledger.shorten(entry, { toAt: now, count: counted });
  }
}
