/** What people ask of maintenance: what it would cost, that it begins, and that it ends. */
import { invalidField, JobTriggerError } from '../errors.ts';
import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Job } from '../model/job.ts';
import {
  maintenanceState,
  maintenanceEnds,
  type MaintenanceScope,
  type MaintenanceState,
  type MaintenanceWindow,
  type MaintenanceEnd,
} from '../model/maintenance.ts';
import type { Run } from '../model/run.ts';
import type { Schedule } from '../model/schedule.ts';
import { isPlannable } from '../policy/plannable.ts';
import { touchedBy } from '../policy/touched.ts';
import { nextOf, wakeOf } from '../schedule/occurrences.ts';
import type { CursorMove } from '../store/job-tables.ts';
import type { Tables } from '../store/store.ts';
import type { TimelineJob } from '../store/timeline-table.ts';
import { mostInForce, walkBudget } from './coming.ts';
import type { Actor, OperationContext } from './context.ts';
import type { AuditSubject } from '../model/audit.ts';
import { audited, note, subjectOf } from './audited.ts';
import { notFound } from './jobs.ts';

export interface MaintenanceInput {
  readonly scope: MaintenanceScope;
  /** Now when absent. */
  readonly from?: Instant | null | undefined;
  /** Until somebody ends it when absent. */
  readonly until?: Instant | null | undefined;
  readonly reason?: string | null | undefined;
  /** `skip` when absent. */
  readonly resume?: MaintenanceEnd | undefined;
}

/** Absent fields stay. */
export interface MaintenanceChange {
  /** Only of one that has not begun. */
  readonly from?: Instant | undefined;
  readonly until?: Instant | null | undefined;
  readonly reason?: string | null | undefined;
  readonly resume?: MaintenanceEnd | undefined;
}

/** What a window takes from one job. */
export interface JobCost {
  readonly job: TimelineJob;
  /** Instants that would have run. */
  readonly count: number;
  /** Of them, how many run when it is over. */
  readonly runsAfter: number;
  readonly first: Instant;
}

/** What a window would cost, before it is set. */
export interface MaintenanceCost {
  readonly from: Instant;
  readonly until: Instant | null;
  /** Up to where instants were counted: one without an end is counted for a day. */
  readonly countedUntil: Instant;
  readonly count: number;
  readonly runsAfter: number;
  /** Those with the most instants first. */
  readonly jobs: readonly JobCost[];
  /** Jobs that lose instants; the list holds the first 200. */
  readonly jobCount: number;
  /** Counting stopped early: it is at least so many. */
  readonly atLeast: boolean;
  /** Runs of its jobs that are at work and are left alone. */
  readonly running: readonly Run[];
  /** Runs of its jobs that wait; those that no person asked for wait until it is over. */
  readonly queued: number;
}

/** A window with what stands in the way of its quiet. */
export interface MaintenanceView {
  readonly window: MaintenanceWindow;
  readonly state: MaintenanceState;
  /** Runs of its jobs that are at work, and that wait; null unless it is active. */
  readonly running: number | null;
  readonly queued: number | null;
}

export interface MaintenanceOperations {
  /** Active and upcoming ones first, then the newest 200 of the others. */
  list(): Promise<readonly MaintenanceView[]>;
  /** @throws `not_found` */
  get(id: Id): Promise<MaintenanceView>;
  /** Changes nothing. @throws as {@link create} */
  cost(input: MaintenanceInput): Promise<MaintenanceCost>;
  /** @throws `invalid` with the field at fault, `not_found` for a job */
  create(input: MaintenanceInput, actor: Actor): Promise<MaintenanceView>;
  /** @throws `not_found`, `invalid`, `conflict` when it is over */
  change(id: Id, change: MaintenanceChange, actor: Actor): Promise<MaintenanceView>;
  /** Ends one that is active, calls one off that has not begun. @throws `not_found`, `conflict` when it is over */
  end(id: Id, actor: Actor): Promise<MaintenanceView>;
}

const dayMs = 86_400_000;
const mostOpen = 100;
const mostKept = 200;
const mostJobs = 200;
/** Live runs looked at to tell which belong to a scope. */
const mostLive = 1000;
/** Jobs whose schedules are read and written at once. */
const batch = 200;
const longestReason = 500;

function checkSpan(from: Instant, until: Instant | null, now: Instant): void {
  if (until === null) return;
  if (until <= now) throw invalidField('until', 'lies in the past');
  if (until <= from) throw invalidField('until', 'must be after from');
}

function checkWords(reason: string | null): void {
  if (reason !== null && reason.length > longestReason)
    throw invalidField('reason', `takes at most ${longestReason} characters`);
}

async function checkScope(tables: Tables, scope: MaintenanceScope): Promise<void> {
  if (scope.kind === 'tags' && scope.tags.length === 0) throw invalidField('scope.tags', 'needs at least one tag');
  if (scope.kind !== 'jobs') return;
  if (scope.jobs.length === 0) throw invalidField('scope.job_ids', 'needs at least one job');
  const jobs = await tables.jobs.byIds(scope.jobs);
  scope.jobs.forEach((id, at) => {
    const job = jobs.get(id);
    if (job === undefined || job.deletedAt !== null) throw invalidField(`scope.job_ids.${at}`, 'there is no such job');
  });
}

/** The window that an input asks for, as if it were set at `now`. */
async function windowOf(
  tables: Tables,
  { scope, from = null, until = null, reason = null, resume = 'skip' }: MaintenanceInput,
  { id, now, by }: { readonly id: Id; readonly now: Instant; readonly by: string },
): Promise<MaintenanceWindow> {
  const begin = Math.max(now, from ?? now);
  checkSpan(begin, until, now);
  checkWords(reason);
  if (!maintenanceEnds.includes(resume)) throw invalidField('resume', `must be one of ${maintenanceEnds.join(', ')}`);
  await checkScope(tables, scope);
  return {
    id,
    createdAt: now,
    scope,
    from: begin,
    until,
    reason: reason === null || reason.trim() === '' ? null : reason.trim(),
    resume,
    by,
    endedAt: null,
    endedBy: null,
    settledAt: null,
  };
}

/** Its cursor stays: what was held lies behind it and is settled when nothing holds it any more. */
function replanned(schedule: Schedule, job: Job, now: Instant): CursorMove {
  const { id, revision, cursorAt, spec } = schedule;
  const same = { scheduleId: id, revision, cursorAt, newCursor: cursorAt };
  if (!schedule.active || !isPlannable(job)) return { ...same, newPlan: null, newNext: null };
  try {
    return { ...same, newPlan: wakeOf(spec, cursorAt), newNext: nextOf(spec, Math.max(now, cursorAt)) };
  } catch {
    // A rule that cannot be read is the scheduler's to tell; it keeps nobody from setting or ending maintenance.
    return { ...same, newPlan: schedule.planAt, newNext: schedule.nextDueAt };
  }
}

/** Plans anew what a scope reaches, job after job in id order as the scheduler does. */
async function replanScope(tables: Tables, scope: MaintenanceScope, now: Instant): Promise<void> {
  const links = await tables.maintenance.reachedBy([scope]);
  const jobIds = [...new Set(links.map(({ jobId }) => jobId))].sort((a, b) => a - b);
  for (let from = 0; from < jobIds.length; from += batch) {
    const ids = jobIds.slice(from, from + batch);
    await tables.jobs.lock(ids);
    const jobs = await tables.jobs.byIds(ids);
    const moves = (await tables.schedules.ofJobs(ids)).flatMap((schedule): CursorMove[] => {
      const job = jobs.get(schedule.jobId);
      return job === undefined ? [] : [replanned(schedule, job, now)];
    });
    if ((await tables.schedules.replan(moves)).length < moves.length)
      throw new JobTriggerError('edit_conflict', 'A schedule was changed meanwhile. Try again.');
  }
}

function eventOf(kind: string, window: MaintenanceWindow, actor: Actor) {
  const { from, until, reason, resume, scope } = window;
  return { kind, actor: actor.name, data: { window: window.id, from, until, reason, resume, scope, via: actor.via } };
}

function windowSubject({ id, createdAt, reason }: MaintenanceWindow): AuditSubject {
  return subjectOf('maintenance', { id, createdAt, name: reason });
}

export function maintenanceOperations({ store }: OperationContext): MaintenanceOperations {
  async function jobIdsOf(scope: MaintenanceScope): Promise<ReadonlySet<Id> | null> {
    if (scope.kind === 'all') return null;
    if (scope.kind === 'jobs') return new Set(scope.jobs);
    return new Set((await store.maintenance.reachedBy([scope])).map(({ jobId }) => jobId));
  }

  async function liveOf(scope: MaintenanceScope) {
    const ids = await jobIdsOf(scope);
    const isIn = ({ jobId }: Run): boolean => ids === null || ids.has(jobId);
    const running = (await store.runs.running(mostLive)).filter(isIn);
    const queued = (await store.runs.waiting(mostLive)).filter(isIn);
    return { running, queued: queued.length };
  }

  async function viewOf(window: MaintenanceWindow): Promise<MaintenanceView> {
    const state = maintenanceState(window, await store.now());
    if (state !== 'active') return { window, state, running: null, queued: null };
    const { running, queued } = await liveOf(window.scope);
    return { window, state, running: running.length, queued };
  }

  async function existing(tables: Tables, id: Id): Promise<MaintenanceWindow> {
    const window = await tables.maintenance.get(id);
    if (window === null) throw notFound('maintenance window');
    return window;
  }

  function ring(): void {
    store.bell.ring('plan');
    store.bell.ring('queue');
    store.bell.ring('change');
  }

  /** One that is over stays as it was. */
  async function rewrite(
    id: Id,
    actor: Actor,
    kind: 'maintenance.changed' | 'maintenance.ended',
    change: (window: MaintenanceWindow, now: Instant) => MaintenanceWindow,
  ): Promise<MaintenanceView> {
    const changed = await audited(store, async (tables) => {
      await tables.maintenance.lock(id);
      const window = await existing(tables, id);
      const now = await tables.now();
      const state = maintenanceState(window, now);
      if (state === 'ended' || state === 'called_off')
        throw new JobTriggerError('conflict', 'This maintenance is over already.');
      const after = change(window, now);
      await tables.maintenance.update(after);
      await replanScope(tables, window.scope, now);
      await tables.maintenance.placeWaiting(now);
      await tables.events.append([eventOf(kind, after, actor)]);
      await note(tables, actor, { action: kind, subject: windowSubject(after), before: window, after });
      return after;
    });
    ring();
    return viewOf(changed);
  }

  return {
    async list() {
      const views: MaintenanceView[] = [];
      for (const window of await store.maintenance.list(mostKept + mostOpen)) views.push(await viewOf(window));
      const open = views.filter(({ state }) => state === 'active' || state === 'upcoming');
      const over = views.filter((view) => !open.includes(view));
      return [...open.toSorted((a, b) => a.window.from - b.window.from), ...over.slice(0, mostKept)];
    },

    get: async (id) => viewOf(await existing(store, id)),

    async cost(input) {
      const now = await store.now();
      const window = await windowOf(store, input, { id: 0, now, by: '' });
      const countedUntil = window.until ?? window.from + dayMs;
      const ids = await jobIdsOf(window.scope);
      const inForce = (await store.timeline.inForce({ planUntil: countedUntil }, mostInForce)).filter(
        ({ job }) => ids === null || ids.has(job.id),
      );
      const jobs = await store.jobs.byIds([...new Set(inForce.map(({ job }) => job.id))]);
      const costs = new Map<Id, JobCost>();
      let left = walkBudget;
      let atLeast = false;
      for (const [place, { schedule, job }] of inForce.entries()) {
        const span = { after: Math.max(schedule.cursorAt, window.from - 1), until: countedUntil - 1 };
        const budget = Math.max(1, Math.floor(left / (inForce.length - place)));
        const touched = touchedBy(schedule.spec, span, budget);
        left -= touched.walked;
        atLeast ||= touched.atLeast;
        if (touched.first === null) continue;
        const known = costs.get(job.id) ?? { job, count: 0, runsAfter: 0, first: touched.first };
        const most = jobs.get(job.id)?.definition.catchUp.max ?? 1;
        const runsAfter = { skip: 0, one: 1, all: known.runsAfter + Math.min(touched.count, most) }[window.resume];
        const first = Math.min(known.first, touched.first);
        costs.set(job.id, { job, count: known.count + touched.count, runsAfter, first });
      }
      const sorted = [...costs.values()].toSorted((a, b) => b.count - a.count || a.job.name.localeCompare(b.job.name));
      return {
        from: window.from,
        until: window.until,
        countedUntil,
        count: sorted.reduce((sum, { count }) => sum + count, 0),
        runsAfter: sorted.reduce((sum, { runsAfter }) => sum + runsAfter, 0),
        jobs: sorted.slice(0, mostJobs),
        jobCount: sorted.length,
        atLeast,
        ...(await liveOf(window.scope)),
      };
    },

    async create(input, actor) {
      const [id = 0] = await store.ids(1);
      const made = await audited(store, async (tables) => {
        if ((await tables.maintenance.unsettled()).length >= mostOpen)
          throw new JobTriggerError('conflict', `There are ${mostOpen} maintenance windows already. Call some off.`);
        const now = await tables.now();
        const window = await windowOf(tables, input, { id, now, by: actor.name });
        await tables.maintenance.insert(window);
        await replanScope(tables, window.scope, now);
        await tables.maintenance.placeWaiting(now);
        await tables.events.append([eventOf('maintenance.set', window, actor)]);
        await note(tables, actor, { action: 'maintenance.set', subject: windowSubject(window), after: window });
        return window;
      });
      ring();
      return viewOf(made);
    },

    change: (id, change, actor) =>
      rewrite(id, actor, 'maintenance.changed', (window, now) => {
        const from = change.from ?? window.from;
        if (from !== window.from && window.from <= now) throw invalidField('from', 'has begun already');
        const until = change.until === undefined ? window.until : change.until;
        const begin = from === window.from ? from : Math.max(now, from);
        checkSpan(begin, until, now);
        const reason = change.reason === undefined ? window.reason : change.reason;
        checkWords(reason);
        return { ...window, from: begin, until, reason, resume: change.resume ?? window.resume };
      }),

    end: (id, actor) =>
      rewrite(id, actor, 'maintenance.ended', (window, now) => ({ ...window, endedAt: now, endedBy: actor.name })),
  };
}
