/**
 * Keeps the jobs that plugins ask for in step with what they ask for. A job is found again by its owner, type and subject.
 * What a person made, changed, deleted or took over is left alone; asked twice, the second time changes nothing.
 */
import { JobTriggerError } from '../errors.ts';
import type { JobType } from '../job-types/job-type.ts';
import { fingerprintOf, wantedFaults, type WantedJob } from '../job-types/provision.ts';
import { comesAlone } from '../job-types/registry.ts';
import { toUuid, type Id, type Reference } from '../model/id.ts';
import type { Millis } from '../model/instant.ts';
import { detached, type Job, type Provisioned } from '../model/job.ts';
import { scheduleFromJson } from '../schedule/from-json.ts';
import type { JobSummary } from '../store/job-tables.ts';
import type { Actor, OperationContext } from './context.ts';
import type { JobFields } from './job-input.ts';
import type { JobOperations } from './jobs.ts';

/** What became of one wish; `left`: a person has taken it over, `refused`: it cannot be, as `message` says. */
export type Became = 'created' | 'changed' | 'removed' | 'unchanged' | 'left' | 'refused';

export interface ProvisionedJob {
  readonly subject: string;
  readonly name: string;
  /** Null while there is none. */
  readonly job: Reference | null;
  readonly became: Became;
  readonly message: string | null;
}

export interface ProvisionOutcome {
  readonly type: string;
  readonly jobs: readonly ProvisionedJob[];
  /** Why the plugin could not be asked; then nothing was changed. */
  readonly problem: string | null;
}

export interface ProvisionOperations {
  /**
   * Asks the plugins of these types, or of all, and makes it so.
   * @throws `type_unknown` for a type that is not there, `conflict` for one that asks for no jobs
   */
  provision(types: readonly string[] | null): Promise<readonly ProvisionOutcome[]>;
  /** Takes a job over: its plugin changes and removes it no more. @throws `not_found`, `conflict` when no plugin keeps it */
  detach(id: Id, actor: Actor): Promise<JobSummary>;
}

const patience: Millis = 60_000;
const pageSize = 500;

/** Whoever acts for a plugin: stands as the author of versions. */
function pluginActor(type: string): Actor {
  return { personId: null, name: `plugin ${type}`, via: 'library' };
}

export function provisionOperations(context: OperationContext, jobs: JobOperations): ProvisionOperations {
  const { store, system, jobTypes = comesAlone, defaultTimezone } = context;

  /** What the plugin wants. The list is whole, or the error says why it is not. */
  async function wantedOf(type: JobType): Promise<readonly WantedJob[]> {
    const limit = new AbortController();
    let stopWaiting = (): void => undefined;
    const tooLong = new Promise<never>((_, reject) => {
      stopWaiting = system.clock.after(patience, () => {
        limit.abort();
        reject(new Error(`It took more than ${patience / 1000} s to list its jobs.`));
      });
    });
    try {
      const answer = Promise.resolve(type.provision?.({ ownerId: null, signal: limit.signal }) ?? []);
      const list = await Promise.race([answer, tooLong]);
      const faults = wantedFaults(list);
      if (faults.length > 0) throw new Error(`What it lists cannot be used: ${faults.slice(0, 5).join('; ')}.`);
      return list;
    } finally {
      stopWaiting();
    }
  }

  /** Those that it asked for earlier, by subject; also those in the bin. A living one goes before a deleted one. */
  async function keptOf(type: string): Promise<Map<string, Job & { definition: { provisioned: Provisioned } }>> {
    const kept = new Map<string, Job & { definition: { provisioned: Provisioned } }>();
    for (const deleted of [false, true]) {
      let after: string | null = null;
      do {
        const page = await store.jobs.list({ type, deleted }, 'created_at', false, { limit: pageSize, after });
        for (const { job } of page.items) {
          const { provisioned } = job.definition;
          if (provisioned === undefined || job.ownerId !== null || kept.has(provisioned.subject)) continue;
          kept.set(provisioned.subject, job as Job & { definition: { provisioned: Provisioned } });
        }
        after = page.next;
      } while (after !== null);
    }
    return kept;
  }

  function fieldsOf({ name, config, description = null, tags = [], schedules }: WantedJob): JobFields {
    return {
      name,
      config,
      description,
      tags,
      ...(schedules === undefined
        ? {}
        : { schedules: schedules.map((one) => ({ spec: scheduleFromJson(one, { timezone: defaultTimezone }) })) }),
    };
  }

  /** @returns what became of it, and the job */
  async function apply(type: JobType, wanted: WantedJob, job: Job | null): Promise<[Became, Reference | null]> {
    const provisioned = { subject: wanted.subject, fingerprint: fingerprintOf(wanted), detached: false };
    const actor = pluginActor(type.id);
    if (job === null) {
      const input = { ...fieldsOf(wanted), name: wanted.name, type: type.id, provisioned };
      return ['created', (await jobs.create(input, actor)).job];
    }
    if (job.definition.provisioned?.detached === true) return ['left', job];
    if (job.deletedAt === null) {
      if (job.definition.provisioned?.fingerprint === provisioned.fingerprint) return ['unchanged', job];
      await jobs.change(job.id, { ...fieldsOf(wanted), provisioned }, actor, job.version);
      return ['changed', job];
    }
    if (job.deletedBy !== actor.name) return ['left', job];
    const restored = await jobs.restore(job.id, actor);
    await jobs.change(job.id, { ...fieldsOf(wanted), provisioned, active: true }, actor, restored.job.version);
    return ['created', job];
  }

  async function made(type: JobType, wanted: WantedJob, job: Job | null): Promise<ProvisionedJob> {
    const { subject, name } = wanted;
    try {
      const [became, reference] = await apply(type, wanted, job);
      return { subject, name, job: reference, became, message: null };
    } catch (error) {
      const rival = await rivalOf(type, wanted, error);
      if (rival !== null) return { subject, name, job: rival, became: 'unchanged', message: null };
      return { subject, name, job, became: 'refused', message: sayOf(error) };
    }
  }

  /** The same wish, granted by another process at the same time. */
  async function rivalOf({ id }: JobType, { name, subject }: WantedJob, error: unknown): Promise<Job | null> {
    if (!(error instanceof JobTriggerError) || error.code !== 'name_taken') return null;
    const found = await store.jobs.byName(name, null);
    return found?.definition.type === id && found.definition.provisioned?.subject === subject ? found : null;
  }

  async function unmade(type: string, subject: string, job: Job): Promise<ProvisionedJob> {
    const { name } = job.definition;
    try {
      await jobs.remove(job.id, pluginActor(type));
      return { subject, name, job, became: 'removed', message: null };
    } catch (error) {
      return { subject, name, job, became: 'refused', message: sayOf(error) };
    }
  }

  /** What the error says where it is ours; what is not is a fault of the portal and goes to its log. */
  function sayOf(error: unknown): string {
    if (error instanceof JobTriggerError) return error.message;
    system.log.error('a provisioned job failed', { error: (error as Error).message });
    return 'A fault of the portal; its log says more.';
  }

  async function reconcile(type: JobType): Promise<ProvisionOutcome> {
    let wanted: readonly WantedJob[];
    try {
      wanted = await wantedOf(type);
    } catch (error) {
      const problem = (error as Error).message;
      system.log.warn('a plugin did not list its jobs', { type: type.id, problem });
      return { type: type.id, jobs: [], problem };
    }
    const kept = await keptOf(type.id);
    const outcome: ProvisionedJob[] = [];
    for (const wish of wanted) {
      outcome.push(await made(type, wish, kept.get(wish.subject) ?? null));
      kept.delete(wish.subject);
    }
    for (const [subject, job] of kept)
      if (job.deletedAt === null && !job.definition.provisioned.detached)
        outcome.push(await unmade(type.id, subject, job));
    return { type: type.id, jobs: outcome, problem: null };
  }

  /** The types that ask for jobs, of those named or of all. */
  function asking(types: readonly string[] | null): readonly JobType[] {
    if (types === null) return jobTypes.all().filter(({ provision }) => provision !== null);
    return types.map((id) => {
      const type = jobTypes.get(id);
      if (type === null) throw new JobTriggerError('type_unknown', jobTypes.refusal(id) ?? id);
      if (type.provision === null) throw new JobTriggerError('conflict', `The job type ${id} asks for no jobs.`);
      return type;
    });
  }

  return {
    async provision(types) {
      const outcomes: ProvisionOutcome[] = [];
      for (const type of asking(types)) outcomes.push(await reconcile(type));
      return outcomes;
    },

    async detach(id, actor) {
      const { job } = await jobs.get(id);
      const { provisioned } = detached(job.definition);
      if (provisioned === undefined || provisioned === job.definition.provisioned)
        throw new JobTriggerError('conflict', `${job.definition.name} is kept by no plugin.`, { job: toUuid(job) });
      return jobs.change(id, { provisioned }, actor, job.version);
    },
  };
}
