/** What a job may wait for, and what becomes of those that wait for one that goes. */
import { isDeepStrictEqual } from 'node:util';
import { JobTriggerError } from '../errors.ts';
import type { DependsOn } from '../model/dependency.ts';
import { toUuid, type Id } from '../model/id.ts';
import { draftVersion, type Job, type JobDefinition } from '../model/job.ts';
import { circleOf } from '../policy/cycle.ts';
import type { Tables } from '../store/store.ts';
import type { Actor, OperationContext } from './context.ts';
import { jobEvent } from './job-event.ts';
import { namesSeen, requireSeen } from './seen.ts';

/**
 * Takes the lock of edits when `definition` waits for anything; call it before any job is locked, and what follows is
 * decided on lines that nobody else changes.
 */
export async function lockDependencies(
  { dependencies }: Pick<Tables, 'dependencies'>,
  { dependsOn = null }: Pick<JobDefinition, 'dependsOn'>,
): Promise<void> {
  if (dependsOn !== null) await dependencies.lockEdits();
}

/** @throws `invalid` naming each prerequisite that is no living job */
async function checkLiving({ jobs }: Pick<Tables, 'jobs'>, dependsOn: DependsOn): Promise<void> {
  const found = await jobs.byIds(dependsOn.jobs.map((job) => job.id));
  const fields = dependsOn.jobs.flatMap((reference, at) => {
    const job = found.get(reference.id);
    const isThere = job?.createdAt === reference.createdAt && job.deletedAt === null && job.version !== draftVersion;
    return isThere
      ? []
      : [{ path: `depends_on.jobs.${at}`, message: `${toUuid(reference)} is no job, or was deleted` }];
  });
  if (fields.length > 0) throw new JobTriggerError('invalid', `${fields[0]?.path}: ${fields[0]?.message}`, { fields });
}

/** @param before what it waited for already is not asked again @throws `invalid` naming a prerequisite that is no living job, `dependency_cycle` with the names on the way round */
export async function checkDependencies(
  tables: Pick<Tables, 'dependencies' | 'jobs' | 'sharing'>,
  { id, definition }: Pick<Job, 'id' | 'definition'>,
  eyes: Pick<OperationContext, 'sight'>,
  before?: JobDefinition,
): Promise<void> {
  const { dependsOn = null } = definition;
  if (dependsOn === null || isDeepStrictEqual(dependsOn, before?.dependsOn)) return;
  const known = new Set(before?.dependsOn?.jobs.map((job) => job.id));
  await requireSeen(
    tables,
    dependsOn.jobs.map((job) => job.id).filter((upstream) => !known.has(upstream)),
    eyes,
  );
  await checkLiving(tables, dependsOn);
  const upstreams = dependsOn.jobs.map((job) => job.id);
  const circle = circleOf(id, upstreams, await tables.dependencies.above(upstreams));
  if (circle !== null) throw cycle(await namesOf(tables, circle, { id, definition }, eyes));
}

function cycle(path: readonly string[]): JobTriggerError {
  const message = `closes a circle: ${path.join(' waits for ')}`;
  return new JobTriggerError('dependency_cycle', `depends_on.jobs: ${message}`, {
    fields: [{ path: 'depends_on.jobs', message }],
    path,
  });
}

async function namesOf(
  tables: Pick<Tables, 'jobs' | 'sharing'>,
  ids: readonly Id[],
  own: Pick<Job, 'id' | 'definition'>,
  eyes: Pick<OperationContext, 'sight'>,
): Promise<readonly string[]> {
  const found = await namesSeen(tables, ids, eyes);
  return ids.map((id) => (id === own.id ? own.definition.name : (found.get(id) ?? String(id))));
}

/** The same for fewer jobs: what the others gave is given no longer. */
function waitingFor({ pass = [], ...dependsOn }: DependsOn, jobs: DependsOn['jobs']): DependsOn | null {
  if (jobs.length === 0) return null;
  const left = pass.filter(({ job }) => jobs.some(({ id }) => id === job.id));
  return { ...dependsOn, jobs, ...(left.length === 0 ? {} : { pass: left }) };
}

/** A definition that comes back from the bin: what it waited for may have gone meanwhile. */
export async function withLivingPrerequisites(
  { jobs }: Pick<Tables, 'jobs'>,
  definition: JobDefinition,
): Promise<JobDefinition> {
  const { dependsOn = null } = definition;
  if (dependsOn === null) return definition;
  const found = await jobs.byIds(dependsOn.jobs.map(({ id }) => id));
  const living = dependsOn.jobs.filter(({ id }) => found.get(id)?.deletedAt === null);
  if (living.length === dependsOn.jobs.length) return definition;
  return { ...definition, dependsOn: waitingFor(dependsOn, living) };
}

/**
 * Before a job goes: those that wait for it wait for it no longer, each as a new version of its own.
 *
 * @throws `dependents_exist` naming them, unless `force` says so
 */
export async function releaseDependents(
  tables: Tables,
  job: Job,
  { force, actor, sight }: { readonly force: boolean; readonly actor: Actor } & Pick<OperationContext, 'sight'>,
): Promise<void> {
  const lines = await tables.dependencies.after([job.id]);
  if (lines.length === 0) return;
  const dependents = [...(await tables.jobs.byIds(lines.map(({ jobId }) => jobId))).values()];
  if (!force)
    throw dependentsExist(
      job,
      dependents,
      await namesSeen(
        tables,
        dependents.map(({ id }) => id),
        { sight },
      ),
    );
  const now = await tables.now();
  for (const dependent of dependents) {
    const { dependsOn = null } = dependent.definition;
    if (dependsOn === null) continue;
    const jobs = dependsOn.jobs.filter(({ id }) => id !== job.id);
    const definition = { ...dependent.definition, dependsOn: waitingFor(dependsOn, jobs) };
    const changed: Job = { ...dependent, definition, version: dependent.version + 1, updatedAt: now };
    await tables.jobs.update(changed, dependent.version, actor.name, actor.personId);
    const note = `${job.definition.name} was deleted.`;
    await tables.events.append([jobEvent('job.changed', changed, actor, { fields: ['dependsOn'], note })]);
  }
}

function dependentsExist(job: Job, dependents: readonly Job[], seen: ReadonlyMap<Id, string>): JobTriggerError {
  const names = [...seen.values()].toSorted((a, b) => a.localeCompare(b, 'en'));
  const named = dependents.filter(({ id, definition }) => seen.get(id) === definition.name);
  const told = names.length > 5 ? `${names.slice(0, 5).join(', ')} and ${names.length - 5} more` : names.join(', ');
  const wait = names.length === 1 ? 'waits' : 'wait';
  return new JobTriggerError(
    'dependents_exist',
    `${told} ${wait} for ${job.definition.name}. Change them, or force it.`,
    {
      dependents: named.map((each) => ({ id: toUuid(each), name: each.definition.name })),
    },
  );
}
