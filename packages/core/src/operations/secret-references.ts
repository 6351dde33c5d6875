/** Which secrets a job may name. */
import { isDeepStrictEqual } from 'node:util';
import { JobTriggerError } from '../errors.ts';
import type { Job, JobDefinition } from '../model/job.ts';
import { secretFor, type Secret } from '../model/secret.ts';
import type { Tables } from '../store/store.ts';
import type { Actor, OperationContext } from './context.ts';

/** Whether somebody may know of it, as far as it is a person's. Without people (a library, the command line) all may be known. */
export const isKnownTo = ({ scope, ownerId }: Secret, { personId }: Actor): boolean =>
  scope !== 'person' || personId === null || ownerId === personId;

interface Asking extends Pick<OperationContext, 'sight'> {
  readonly actor: Actor;
}

/** Those that somebody may know of: of a job's own, where they see the job. */
async function knownOf(
  { sharing }: Pick<Tables, 'sharing'>,
  secrets: readonly Secret[],
  { actor, sight }: Asking,
): Promise<readonly Secret[]> {
  const known = secrets.filter((secret) => isKnownTo(secret, actor));
  const jobs = known.flatMap(({ scope, ownerId }) => (scope === 'job' && ownerId !== null ? [ownerId] : []));
  if (sight === undefined || jobs.length === 0) return known;
  const levels = await sharing.levels(jobs, sight.personId);
  return known.filter(({ scope, ownerId }) => scope !== 'job' || levels.has(ownerId ?? 0));
}

function outOfScope({ name, scope }: Secret, path: string): JobTriggerError {
  const message = `The secret ${name} belongs to another ${scope === 'job' ? 'job' : 'person'}: this job may not use it.`;
  return new JobTriggerError('forbidden', message, { fields: [{ path, message: 'may not be used by this job' }] });
}

/**
 * What another person keeps, and what is not there, get the same answer: a name that is guessed tells nothing.
 *
 * @param before what it named already is not asked again
 * @throws `invalid` naming what is no secret, `forbidden` for one of another job or person that the actor knows of
 */
export async function checkSecretReferences(
  tables: Pick<Tables, 'secrets' | 'sharing'>,
  job: Pick<Job, 'id' | 'ownerId' | 'definition'>,
  asking: Asking,
  before?: JobDefinition,
): Promise<void> {
  const { secrets = {} } = job.definition;
  if (isDeepStrictEqual(secrets, before?.secrets ?? {})) return;
  const found = await tables.secrets.named(Object.values(secrets));
  const fields: { readonly path: string; readonly message: string }[] = [];
  for (const [variable, name] of Object.entries(secrets)) {
    const path = `secrets.${variable}`;
    const same = found.filter((secret) => secret.name.toLowerCase() === name.toLowerCase());
    if (secretFor(job, same) !== null) continue;
    const [known] = await knownOf(tables, same, asking);
    if (known !== undefined) throw outOfScope(known, path);
    fields.push({ path, message: `there is no secret ${name} that this job may use` });
  }
  const [first] = fields;
  if (first !== undefined) throw new JobTriggerError('invalid', `${first.path}: ${first.message}`, { fields });
}

/** So that a secret knows who uses it. */
export async function noteSecretUses(
  { secrets }: Pick<Tables, 'secrets'>,
  { id, definition }: Pick<Job, 'id' | 'definition'>,
  before: JobDefinition | null,
): Promise<void> {
  const named = Object.values(definition.secrets ?? {});
  if (before === null ? named.length === 0 : isDeepStrictEqual(definition.secrets ?? {}, before.secrets ?? {})) return;
  await secrets.setUses(id, named);
}
