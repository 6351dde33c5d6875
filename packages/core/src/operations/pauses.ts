/** Pausing and resuming: the cursor stops, and what was due meanwhile ends in one counted gap. */
import { JobTriggerError } from '../errors.ts';
import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import { notPaused, type Job, type ResumePolicy } from '../model/job.ts';
import type { JobSummary } from '../store/job-tables.ts';
import type { Actor, OperationContext } from './context.ts';
import { jobEvent } from './job-event.ts';
import { audited, note } from './audited.ts';
import { jobFacts, jobSubject } from './job-facts.ts';
import { livingJob, notFound } from './jobs.ts';
import { afterPlanning, idsToResume, resumeSchedules, settleHeld } from './settle-due.ts';

export interface PauseOperations {
  /** @throws `not_found`, `already_paused`, `invalid` when `until` is past */
  pause(
    id: Id,
    actor: Actor,
    options?: {
      readonly until?: Instant | null;
      readonly reason?: string | null;
      /** What its end runs of the pause; `none` when absent. */
      readonly onResume?: ResumePolicy | undefined;
    },
  ): Promise<JobSummary>;
  /**
   * One `paused` gap a schedule, save for what is run after all, and its instants count from now. `onResume` goes before
   * what the pause was begun with. @throws `not_found`, `not_paused`
   */
  resume(id: Id, actor: Actor, options?: { readonly onResume?: ResumePolicy | undefined }): Promise<JobSummary>;
}

export function pauseOperations(context: OperationContext): PauseOperations {
  const { store } = context;

  async function summaryOf(id: Id): Promise<JobSummary> {
    const summary = await store.jobs.summary(id);
    if (summary === null) throw notFound('job');
    return summary;
  }

  async function toggle(
    id: Id,
    actor: Actor,
    change: (job: Job, now: Instant) => Job,
    { kind, onResume }: { readonly kind: 'job.paused' | 'job.resumed'; readonly onResume?: ResumePolicy | undefined },
  ): Promise<JobSummary> {
    const wanted = (job: Job): Job => ({ ...job, onResume: onResume ?? job.onResume });
    const known = kind === 'job.resumed' ? await store.jobs.get(id) : null;
    const ids = known === null ? [] : await idsToResume(context, wanted(known));
    await afterPlanning(context, id, (settle) =>
      audited(store, async (tables) => {
        await tables.jobs.lock([id]);
        const job = await livingJob(tables, id);
        const now = await tables.now();
        const changed = { ...change(job, now), updatedAt: now };
        await settle(tables, now);
        if (!changed.active) await settleHeld(tables, await tables.schedules.ofJob(id), now);
        await tables.jobs.update(changed, job.version, actor.name);
        if (changed.active)
          await resumeSchedules(tables, wanted(job), { now, ids, drainRate: context.pace?.drainRate });
        else
          for (const schedule of await tables.schedules.ofJob(id))
            await tables.schedules.update({ ...schedule, planAt: null, nextDueAt: null }, schedule.revision);
        await tables.events.append([
          jobEvent(kind, changed, actor, { reason: changed.pausedReason, until: changed.pausedUntil }),
        ]);
        const [before, after] = [jobFacts(job), jobFacts(changed)];
        await note(tables, actor, { action: kind, subject: jobSubject(job), before, after });
      }),
    );
    store.bell.ring('plan');
    if (ids.length > 0) store.bell.ring('queue');
    store.bell.ring('change');
    return summaryOf(id);
  }

  return {
    pause: (id, actor, { until = null, reason = null, onResume = 'none' } = {}) =>
      toggle(
        id,
        actor,
        (job, now) => {
          if (!job.active) throw new JobTriggerError('already_paused', `${job.definition.name} is paused already.`);
          if (until !== null && until <= now)
            throw new JobTriggerError('invalid', 'until: lies in the past', {
              fields: [{ path: 'until', message: 'lies in the past' }],
            });
          return {
            ...job,
            active: false,
            pausedAt: now,
            pausedBy: actor.name,
            pausedReason: reason,
            pausedUntil: until,
            onResume: onResume === 'none' ? null : onResume,
          };
        },
        { kind: 'job.paused' },
      ),
    resume: (id, actor, { onResume } = {}) =>
      toggle(
        id,
        actor,
        (job) => {
          if (job.active) throw new JobTriggerError('not_paused', `${job.definition.name} is not paused.`);
          return { ...job, ...notPaused, active: true };
        },
        { kind: 'job.resumed', onResume },
      ),
  };
}
