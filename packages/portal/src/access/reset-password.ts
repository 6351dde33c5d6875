import type { Actor, Operations, Person, System } from 'job-trigger-core';
import { hashPassword } from './passwords.ts';

/** A password for somebody who has lost theirs, drawn by chance; every sign-in of theirs ends. @returns it, told once */
export async function resetPassword(
  { operations, system }: { readonly operations: Pick<Operations, 'people'>; readonly system: Pick<System, 'random'> },
  person: Person,
  actor: Actor,
): Promise<string> {
  const password = Buffer.from(system.random.bytes(15)).toString('base64url');
  await operations.people.changePassword(person.id, await hashPassword(password), null, actor);
  return password;
}
