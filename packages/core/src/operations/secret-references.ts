/** Which secrets a job may name. */
import { isDeepStrictEqual } from 'node:util';
import { JobTriggerError } from '../errors.ts';
import type { Job, JobDefinition } from '../model/job.ts';
import { secretFor, type Secret } from '../model/secret.ts';
import type { Tables } from '../store/store.ts';
import type { Actor } from './context.ts';

/** Whether somebody may know of it. Without people (a library, the command line) all may be known. */
export const isKnownTo = ({ scope, ownerId }: Secret, { personId }: Actor): boolean =>
  scope !== 'person' || personId === null || ownerId === personId;

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
  tables: Pick<Tables, 'secrets'>,
  job: Pick<Job, 'id' | 'ownerId' | 'definition'>,
  actor: Actor,
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
    const known = same.find((secret) => isKnownTo(secret, actor));
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
