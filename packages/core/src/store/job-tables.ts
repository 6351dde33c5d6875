import type { Id, Reference } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Job, JobDefinition } from '../model/job.ts';
import type { Run } from '../model/run.ts';
import type { Schedule } from '../model/schedule.ts';
import type { Trouble } from '../model/trouble.ts';

/** What lists, pages and the status of a job need, read without touching more than the newest runs. */
export interface JobSummary {
  readonly job: Job;
  readonly schedules: readonly Schedule[];
  /** Earliest `next_due_at` of its active schedules; null while its breaker is open. */
  readonly nextDueAt: Instant | null;
  readonly live: number;
  readonly queued: number;
  /** The newest run that has ended. */
  readonly lastRun: Run | null;
  /** Finally failed, timed-out or lost runs of automatic triggers since the last success; counted up to 10. */
  readonly consecutiveFailures: number;
  /** All it ever had: those that wait, live, and have ended. */
  readonly runCount: number;
}

export interface JobVersion {
  readonly jobId: Id;
  readonly version: number;
  readonly createdAt: Instant;
  readonly author: string | null;
  /** Null where it is not known: nobody in person, or written before it was kept. */
  readonly authorId: Id | null;
  readonly note: string | null;
  readonly definition: JobDefinition;
}

/** A job with all its active schedules, at least one of which is due. */
export interface DueJob {
  readonly job: Job;
  readonly schedules: readonly Schedule[];
}

/** A job with that of its schedules which names its next instant. */
export interface ComingJob {
  readonly job: Job;
  readonly schedule: Schedule;
  readonly at: Instant;
}

/** One of `of` parts of the jobs, about equally large whatever their ids have in common, and of the others what was due at `anybodys`. */
export interface DueShare {
  readonly of: number;
  readonly index: number;
  readonly anybodys: Instant;
}

export type JobSort = 'created_at' | 'name' | 'next_due_at' | 'updated_at';

/** Every field narrows; absent ones do not. */
export interface JobFilter {
  /** Part of the name, case ignored; taken literally. */
  readonly search?: string;
  readonly type?: string;
  readonly tag?: string;
  readonly ownerId?: Id;
  readonly source?: string;
  readonly active?: boolean;
  /** Has at least one schedule. */
  readonly scheduled?: boolean;
  /** Only deleted ones instead of only living ones; drafts are neither. */
  readonly deleted?: boolean;
  readonly demo?: boolean;
}

export interface Page<T> {
  readonly items: readonly T[];
  /** Opaque position after the last item; null at the end. */
  readonly next: string | null;
}

export interface PageRequest {
  readonly limit: number;
  /** As answered by the page before. @throws `malformed` when it is not one of ours. */
  readonly after?: string | null;
}

export interface JobTable {
  /** Also writes version 1. @throws `name_taken` */
  insert(job: Job, author: string | null, authorId?: Id | null): Promise<void>;
  /**
   * Writes the job over the stored one; a higher `version` adds a row to its versions.
   * @returns false when the stored version is not `expectedVersion` or the job is gone. @throws `name_taken`
   */
  update(job: Job, expectedVersion: number, author: string | null, authorId?: Id | null): Promise<boolean>;
  /** Deleted jobs too; null when there is none. */
  get(id: Id): Promise<Job | null>;
  /** Those of the jobs that are there, deleted ones too. */
  byIds(ids: readonly Id[]): Promise<ReadonlyMap<Id, Job>>;
  byName(name: string, ownerId: Id | null): Promise<Job | null>;
  /**
   * Locks the rows, and those of all jobs that follow from them, in id order until the transaction ends: decisions about
   * overlap agree, and so do those about what starts when a run of theirs ends.
   */
  lock(ids: readonly Id[]): Promise<void>;
  summary(id: Id): Promise<JobSummary | null>;
  /** Of those that are there, in no order. */
  summaries(ids: readonly Id[]): Promise<readonly JobSummary[]>;
  list(filter: JobFilter, sort: JobSort, descending: boolean, page: PageRequest): Promise<Page<JobSummary>>;
  /** Of the `limit` active jobs that are due soonest those that no breaker stops, soonest first. */
  coming(limit: number): Promise<readonly ComingJob[]>;
  /** Counts living jobs by a filter, no further than ten thousand. */
  count(filter: JobFilter): Promise<number>;
  versions(id: Id, page: PageRequest): Promise<Page<JobVersion>>;
  /** Definition of one version: what a run of it carries out. */
  version(id: Id, version: number): Promise<JobDefinition | null>;
  /** Jobs whose pause has a set end at or before `now`. */
  pausedUntil(now: Instant): Promise<readonly Job[]>;
  /** Raises the counter of automatic runs, for `max_runs`. */
  countAutomaticRuns(id: Id, by: number): Promise<void>;
  /** Writes what is kept of its failures; the caller holds the job's lock. {@link update} leaves it as it is. */
  writeTrouble(id: Id, trouble: Trouble | null): Promise<void>;
  /** Living jobs with an open breaker, the one that was opened first before all. */
  stopped(): Promise<readonly Job[]>;
  /** Drafts whose run is gone: nothing refers to them any more. */
  spentDrafts(limit: number): Promise<readonly Id[]>;
  /**
   * Removes a job and everything it left: runs, ledger, versions. A run that lives loses its lease, and its worker ends it.
   * @returns the runs that are gone, whose files the caller removes after the commit
   */
  purge(id: Id): Promise<readonly Reference[]>;
  /**
   * Leaves what a person owns to nobody, deleted jobs too.
   * @returns the living ones. @throws `name_taken` where nobody owns one of that name already
   */
  disown(personId: Id): Promise<readonly OwnedJob[]>;
}

/** What is told of a job that changes hands. */
interface OwnedJob extends Reference {
  readonly name: string;
}

/** One schedule's step of planning: written only where id, revision and cursor still are what was read. */
export interface CursorMove {
  readonly scheduleId: Id;
  readonly revision: number;
  readonly cursorAt: Instant;
  readonly newCursor: Instant;
  readonly newPlan: Instant | null;
  readonly newNext: Instant | null;
}

/** Whatever is read carries the calendars that count for it (`schedule/resolve.ts`); they are not written back. */
export interface ScheduleTable {
  ofJob(jobId: Id): Promise<readonly Schedule[]>;
  ofJobs(jobIds: readonly Id[]): Promise<readonly Schedule[]>;
  get(id: Id): Promise<Schedule | null>;
  insert(schedules: readonly Schedule[]): Promise<void>;
  /** Writes everything but the identity; the caller raises `revision`. @returns false when it was not `expectedRevision` */
  update(schedule: Schedule, expectedRevision: number): Promise<boolean>;
  /** The ledger rows stay. */
  remove(ids: readonly Id[]): Promise<void>;
  /** Jobs with a schedule due at `now`, each with *all* its active schedules, earliest `plan_at` first. By the index only. */
  due(now: Instant, limit: number, share?: DueShare): Promise<readonly DueJob[]>;
  /** Earliest `plan_at` of all; null when nothing is scheduled. */
  earliestPlan(): Promise<Instant | null>;
  /** T1's compare-and-set. @returns ids of the schedules this caller may now plan. */
  advance(moves: readonly CursorMove[]): Promise<readonly Id[]>;
  /** New plans of schedules whose rule reads differently now: their revision goes up. @returns ids of those that still had theirs */
  replan(moves: readonly CursorMove[]): Promise<readonly Id[]>;
  /** Living jobs with a schedule whose cursor stands beyond `at`: the first `limit` by their ids, of those beyond `after`. Walks all schedules. */
  jobsAheadOf(at: Instant, limit: number, after: Id): Promise<readonly Id[]>;
  /** Schedules computed with another version of the zone data, to be recomputed. */
  withOtherZoneData(tzVersion: string, limit: number): Promise<readonly Schedule[]>;
}
