/** What people ask of jobs. Each request is checked first and then changes everything it changes in one transaction. */
import { isDeepStrictEqual } from 'node:util';
import { JobTriggerError } from '../errors.ts';
import { comesAlone } from '../job-types/registry.ts';
import type { Id, Reference } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import { clipped } from '../policy/clipped.ts';
import { ledgerMark } from '../policy/ledger-age.ts';
import { breakerOf } from '../policy/breaker.ts';
import { detached, draftVersion, notPaused, type Job, type JobDefinition } from '../model/job.ts';
import type { LedgerEntry } from '../model/occurrence.ts';
import type { Schedule } from '../model/schedule.ts';
import { defaultBreaker, openBreakerOf } from '../model/trouble.ts';
import { scheduleFromJson } from '../schedule/from-json.ts';
import { removeRunFolder } from '../spawner/run-folder.ts';
import type { JobFilter, JobSort, JobSummary, JobVersion, Page, PageRequest } from '../store/job-tables.ts';
import { isPlannable } from '../policy/plannable.ts';
import type { LedgerFilter } from '../store/ledger-table.ts';
import type { Tables } from '../store/store.ts';
import { triggerOf, type Actor, type OperationContext } from './context.ts';
import { checkDependencies, lockDependencies, releaseDependents, withLivingPrerequisites } from './dependencies.ts';
import { definitionOf, forOwner, type JobChange, type NewJob, type ScheduleInput } from './job-input.ts';
import { changedSchedule, matchSchedules, newSchedules, plannedInstants } from './match-schedules.ts';
import { editConflict } from './edit-conflict.ts';
import { afterPlanning, resumeSchedules, settleHeld } from './settle-due.ts';
import { checkSecretReferences, noteSecretUses } from './secret-references.ts';
import { resetTrouble } from './reset-trouble.ts';
import { jobEvent } from './job-event.ts';
import { audited, note } from './audited.ts';
import { jobFacts, jobSubject } from './job-facts.ts';
import { attachedIds, resolveInputs } from './resolve-inputs.ts';
import { newRunOf } from '../flow/new-run.ts';
import { answerOnce, type Once } from './once.ts';
import { additionsOf, checkQuota } from './quotas.ts';
import { validateJob, validateSchedules } from './validate-job.ts';

export interface JobOperations {
  /** @throws `invalid` and its kin with every field at fault, `name_taken` */
  create(input: NewJob, actor: Actor, once?: Once): Promise<JobSummary>;
  /** @throws `not_found` */
  get(id: Id): Promise<JobSummary>;
  list(filter: JobFilter, sort: JobSort, descending: boolean, page: PageRequest): Promise<Page<JobSummary>>;
  /**
   * Absent fields stay, `null` clears; `schedules` replaces the list.
   * @param expectedVersion what the caller last saw, or null to overwrite
   * @throws `edit_conflict` when somebody saved first, with the details of an {@link EditConflict}
   */
  change(id: Id, input: JobChange, actor: Actor, expectedVersion: number | null): Promise<JobSummary>;
  /**
   * Ends waiting runs (`job_deleted`) and hides the job; it can be restored. `purge` removes its history instead, also
   * that of a deleted job; its live run must have ended, or is cancelled with it.
   * Jobs that wait for it hold it back, unless `force` takes it off them.
   * @throws `not_found`, `already_running` when a purge would take a live run's record away, `dependents_exist`
   */
  remove(
    id: Id,
    actor: Actor,
    options?: { readonly purge?: boolean; readonly cancelRunning?: boolean; readonly force?: boolean },
  ): Promise<void>;
  /** @throws `not_found`, `conflict` when it is not deleted, `name_taken` */
  restore(id: Id, actor: Actor): Promise<JobSummary>;
  /** Gaps that reach over the span's ends are cut to it, as far as their schedule still counts as it did. */
  occurrences(id: Id, page: PageRequest, filter?: LedgerFilter): Promise<Page<LedgerEntry>>;
  /** From here on nothing of the ledger was taken away by retention; null when nothing ever was. */
  ledgerCompleteFrom(): Promise<Instant | null>;
  versions(id: Id, page: PageRequest): Promise<Page<JobVersion>>;
}

export function notFound(what: string): JobTriggerError {
  return new JobTriggerError('not_found', `There is no such ${what}.`);
}

/** A job, deleted or not. @throws `not_found` for a draft too */
async function storedJob(tables: Tables, id: Id): Promise<Job> {
  const job = await tables.jobs.get(id);
  if (job === null || job.version === draftVersion) throw notFound('job');
  return job;
}

/** A living job. @throws `not_found` for a deleted one too */
export async function livingJob(tables: Tables, id: Id): Promise<Job> {
  const job = await tables.jobs.get(id);
  if (job === null || job.deletedAt !== null) throw notFound('job');
  return job;
}

/** Writes what a change did to the schedules, and recomputes all of them when the job's activity changed. */
async function writeSchedules(
  tables: Tables,
  job: Job,
  changes: { readonly inputs: readonly ScheduleInput[] | null; readonly ids: readonly Id[]; readonly now: Instant },
): Promise<void> {
  const stored = await tables.schedules.ofJob(job.id);
  const jobActive = isPlannable(job);
  const options = { now: changes.now, jobActive };
  if (changes.inputs === null) {
    for (const schedule of stored) {
      const planned = { ...schedule, ...plannedInstants(schedule, jobActive) };
      if (!isDeepStrictEqual(planned, schedule)) await tables.schedules.update(planned, schedule.revision);
    }
    return;
  }
  const inputs = await resolveInputs(tables, changes.inputs, { jobId: job.id, tags: job.definition.tags });
  const { inserted, updated, removed } = matchSchedules(stored, inputs);
  const moved = updated.filter(
    ({ before, input }) => changedSchedule(before, input, options).revision > before.revision,
  );
  await settleHeld(tables, [...removed, ...moved.map(({ before }) => before)], changes.now);
  await tables.schedules.remove(removed.map((schedule) => schedule.id));
  for (const { before, input } of updated) {
    if (!(await tables.schedules.update(changedSchedule(before, input, options), before.revision)))
      throw new JobTriggerError('edit_conflict', 'A schedule was changed meanwhile. Load the job again.');
  }
  await tables.schedules.insert(newSchedules(job.id, inserted, changes.ids, changes.now, jobActive));
}

/** What a new job whose author names no schedules has: those of its type. */
function schedulesOfType(type: string, { jobTypes = comesAlone, defaultTimezone }: OperationContext): ScheduleInput[] {
  const schedule = jobTypes.get(type)?.defaults.schedule ?? null;
  return schedule === null ? [] : [{ spec: scheduleFromJson(schedule, { timezone: defaultTimezone }) }];
}

/** What differs between two definitions: field names with both values. */
function difference(before: JobDefinition, after: JobDefinition): Readonly<Record<string, unknown>> {
  const [old, fresh] = [before, after] as unknown as readonly Readonly<Record<string, unknown>>[];
  const names = Object.keys({ ...old, ...fresh }).filter((name) => !isDeepStrictEqual(old?.[name], fresh?.[name]));
  return Object.fromEntries(names.map((name) => [name, { from: old?.[name], to: fresh?.[name] }]));
}

/** The schedules as they stand before a change that lets maintenance go of them, or ends their planning; else none. */
async function heldBefore(
  tables: Tables,
  current: Job,
  { active, definition }: Pick<Job, 'active' | 'definition'>,
): Promise<readonly Schedule[]> {
  const isSame = active === current.active && isDeepStrictEqual(definition.tags, current.definition.tags);
  return isSame ? [] : tables.schedules.ofJob(current.id);
}

/** Who paused the job, and when; nobody while it is active. */
function pauseOf(active: boolean, actor: Actor, now: Instant): Partial<Job> {
  return active ? notPaused : { ...notPaused, pausedBy: actor.name, pausedAt: now };
}

/** A job with its change. Another definition makes a version of it, and so do sent schedules; either is a person's from then on. */
function changedJob(
  current: Job,
  change: Pick<Job, 'definition' | 'active'> & { readonly reschedules: boolean; readonly byPlugin: boolean },
  { actor, now }: { readonly actor: Actor; readonly now: Instant },
): Job {
  const { definition, active, reschedules, byPlugin } = change;
  const versioned = reschedules || !isDeepStrictEqual(definition, current.definition);
  return {
    ...current,
    definition: versioned && !byPlugin ? detached(definition) : definition,
    active,
    ...(active === current.active ? {} : pauseOf(active, actor, now)),
    version: current.version + (versioned ? 1 : 0),
    updatedAt: now,
  };
}

export function jobOperations(context: OperationContext): JobOperations {
  const { store, breaker: settings = defaultBreaker } = context;

  /** Without a breaker nothing can be stopped by it. */
  async function closeWhereOff(
    tables: Tables,
    job: Job,
    { actor, now }: { readonly actor: Actor; readonly now: Instant },
  ): Promise<void> {
    if (openBreakerOf(job) !== null && breakerOf(job, settings) === null) await resetTrouble(tables, job, actor, now);
  }

  async function summaryOf(tables: Tables, id: Id): Promise<JobSummary> {
    const summary = await tables.jobs.summary(id);
    if (summary === null || summary.job.version === draftVersion) throw notFound('job');
    return summary;
  }

  return {
    create: (input, actor, once) =>
      answerOnce(store, once, async (transaction) => {
        const definition = definitionOf(input, null, forOwner(context, actor.personId));
        const schedules = input.schedules ?? schedulesOfType(definition.type, context);
        validateJob(definition, context);
        const [id = 0, runId = 0, ...scheduleIds] = await store.ids(2 + schedules.length);
        const holder = { jobId: id, tags: definition.tags };
        validateSchedules(await resolveInputs(store, schedules, holder), {
          now: await store.now(),
          allowPast: input.allowPast === true,
        });
        const created = await transaction(async (tables) => {
          await tables.calendars.lock(attachedIds(schedules));
          await lockDependencies(tables, definition);
          const resolved = await resolveInputs(tables, schedules, holder);
          const now = await tables.now();
          const job: Job = {
            id,
            createdAt: now,
            updatedAt: now,
            ownerId: actor.personId,
            version: 1,
            definition,
            active: input.active ?? true,
            ...notPaused,
            ...pauseOf(input.active ?? true, actor, now),
            automaticRuns: 0,
            deletedAt: null,
            deletedBy: null,
            demo: false,
            trouble: null,
          };
          await checkDependencies(tables, job, context);
          await checkSecretReferences(tables, job, { ...context, actor });
          const added = { jobs: 1, schedules: schedules.length, waiting_runs: input.runOnCreate === true ? 1 : 0 };
          await checkQuota(tables, additionsOf(job, added), { ...context, actor });
          await tables.jobs.insert(job, actor.name, actor.personId);
          await noteSecretUses(tables, job, null);
          const made = newSchedules(id, resolved, scheduleIds, now, job.active);
          await tables.schedules.insert(made);
          if (input.runOnCreate === true) {
            const trigger = triggerOf(actor);
            await tables.runs.insert([newRunOf(job, { id: runId, now, trigger, requestedBy: actor.name })]);
          }
          await tables.events.append([jobEvent('job.created', job, actor)]);
          await note(tables, actor, { action: 'job.created', subject: jobSubject(job), after: jobFacts(job, made) });
          return summaryOf(tables, id);
        });
        store.bell.ring('plan');
        store.bell.ring('change');
        if (input.runOnCreate === true) store.bell.ring('queue');
        return created;
      }),

    async get(id) {
      const summary = await summaryOf(store, id);
      if (summary.job.deletedAt !== null) throw notFound('job');
      return summary;
    },

    list: (filter, sort, descending, page) => store.jobs.list(filter, sort, descending, page),

    async change(id, input, actor, expectedVersion) {
      const inputs = input.schedules ?? null;
      const before = await livingJob(store, id);
      const definition = definitionOf(input, before.definition, forOwner(context, before.ownerId));
      validateJob(definition, context);
      if (inputs !== null) {
        const saved = (await store.schedules.ofJob(id)).map((schedule) => schedule.spec);
        const resolved = await resolveInputs(store, inputs, { jobId: id, tags: definition.tags });
        validateSchedules(resolved, { now: await store.now(), allowPast: input.allowPast === true, saved });
      }
      const ids = await store.ids(Math.max(1, inputs?.length ?? 0));
      const attached = attachedIds(inputs ?? []);
      const from = expectedVersion ?? before.version;
      const write = async (tables: Tables, settle: (now: Instant) => Promise<void>): Promise<void> => {
        await tables.calendars.lock(attached);
        await lockDependencies(tables, definition);
        await tables.jobs.lock([id]);
        const current = await livingJob(tables, id);
        if (current.version !== from) throw await editConflict(tables, current, { definition, inputs, from });
        const now = await tables.now();
        const active = input.active ?? current.active;
        const stored = await tables.schedules.ofJob(id);
        const before = jobFacts(current, stored);
        const held = await heldBefore(tables, current, { active, definition });
        const byPlugin = input.provisioned !== undefined;
        const changed = { definition, active, reschedules: inputs !== null, byPlugin };
        const job = changedJob(current, changed, { actor, now });
        await checkDependencies(tables, job, context, current.definition);
        await checkSecretReferences(tables, job, { ...context, actor }, current.definition);
        await noteSecretUses(tables, job, current.definition);
        if (!(await tables.jobs.update(job, current.version, actor.name, actor.personId)))
          throw new JobTriggerError('edit_conflict', 'The job was changed meanwhile. Load it again.');
        if (inputs !== null || active !== current.active) await settle(now);
        await settleHeld(tables, held, now);
        await closeWhereOff(tables, job, { actor, now });
        if (active && !current.active) await resumeSchedules(tables, job, { now });
        const more = (inputs ?? stored).length - stored.length;
        await checkQuota(tables, additionsOf(job, { schedules: more }), { ...context, actor });
        await writeSchedules(tables, job, { inputs, ids, now });
        await tables.events.append([
          jobEvent('job.changed', job, actor, {
            fields: Object.keys(difference(current.definition, definition)),
            note: input.changeNote ?? null,
          }),
        ]);
        const after = { ...jobFacts(job, await tables.schedules.ofJob(id)), changeNote: input.changeNote };
        await note(tables, actor, { action: 'job.changed', subject: jobSubject(job), before, after });
      };
      await afterPlanning(context, id, (settle) =>
        audited(store, (tables) => write(tables, (now) => settle(tables, now))),
      );
      store.bell.ring('plan');
      store.bell.ring('change');
      return summaryOf(store, id);
    },

    async remove(id, actor, { purge = false, cancelRunning = false, force = false } = {}) {
      const write = async (tables: Tables, settle: (now: Instant) => Promise<void>): Promise<readonly Reference[]> => {
        await tables.dependencies.lockEdits();
        await tables.jobs.lock([id]);
        const job = purge ? await storedJob(tables, id) : await livingJob(tables, id);
        const now = await tables.now();
        await settle(now);
        await settleHeld(tables, await tables.schedules.ofJob(id), now);
        const live = await tables.runs.live([id]);
        const running = live.filter((run) => run.state !== 'queued');
        if (purge && !cancelRunning && running.length > 0)
          throw new JobTriggerError(
            'already_running',
            `${job.definition.name} has a run that is ${running[0]?.state}. Let it end or cancel it, then purge.`,
            { cause_run: running[0] },
          );
        await tables.runs.endWaiting(
          live.filter((run) => run.state === 'queued').map((run) => run.id),
          { state: 'cancelled', reason: 'job_deleted', by: actor.name },
        );
        await releaseDependents(tables, job, { force, actor, sight: context.sight });
        await tables.events.append([jobEvent('job.deleted', job, actor, { purged: purge })]);
        const after = { purge, cancelRunning };
        await note(tables, actor, { action: 'job.deleted', subject: jobSubject(job), after });
        if (purge) return tables.jobs.purge(id);
        if (cancelRunning)
          for (const run of running) await tables.runs.requestCancel(run, { reason: 'job_deleted', by: actor.name });
        const deleted: Job = { ...job, active: false, deletedAt: now, deletedBy: actor.name, updatedAt: now };
        await tables.jobs.update(deleted, job.version, actor.name);
        await writeSchedules(tables, deleted, { inputs: null, ids: [], now });
        return [];
      };
      const gone = await afterPlanning(context, id, (settle) =>
        audited(store, (tables) => write(tables, (now) => settle(tables, now))),
      );
      store.bell.ring('cancel');
      store.bell.ring('change');
      for (const run of gone) await removeRunFolder(context.dataDir, run);
    },

    async restore(id, actor) {
      await audited(store, async (tables) => {
        await tables.dependencies.lockEdits();
        await tables.jobs.lock([id]);
        const job = await storedJob(tables, id);
        if (job.deletedAt === null) throw new JobTriggerError('conflict', `${job.definition.name} is not deleted.`);
        const now = await tables.now();
        // It comes back paused: nobody expects a job to start again by being found in the bin.
        const definition = detached(await withLivingPrerequisites(tables, job.definition));
        const restored: Job = {
          ...job,
          definition,
          version: job.version + (definition === job.definition ? 0 : 1),
          deletedAt: null,
          deletedBy: null,
          updatedAt: now,
          active: false,
          pausedBy: actor.name,
          pausedAt: now,
          pausedReason: 'restored',
        };
        await checkDependencies(tables, restored, context);
        const schedules = (await tables.schedules.ofJob(id)).length;
        await checkQuota(tables, additionsOf(job, { jobs: 1, schedules }), { ...context, actor });
        await tables.jobs.update(restored, job.version, actor.name, actor.personId);
        await tables.events.append([jobEvent('job.restored', restored, actor)]);
        await note(tables, actor, { action: 'job.restored', subject: jobSubject(restored) });
      });
      store.bell.ring('change');
      return summaryOf(store, id);
    },

    async occurrences(id, page, filter = {}) {
      const { schedules } = await summaryOf(store, id);
      const found = await store.ledger.ofJob(id, page, filter);
      const specs = new Map(schedules.map((schedule) => [schedule.id, schedule.spec]));
      return { ...found, items: found.items.map((entry) => clipped(entry, specs.get(entry.scheduleId), filter)) };
    },

    async ledgerCompleteFrom() {
      const mark = await store.settings.get(ledgerMark);
      return typeof mark === 'number' ? mark : null;
    },

    async versions(id, page) {
      await summaryOf(store, id);
      return store.jobs.versions(id, page);
    },
  };
}
