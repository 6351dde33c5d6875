import type { FastifyInstance, FastifyRequest } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { personToWire, signInToWire } from 'job-trigger-contract/mapping';
import { invalidField, JobTriggerError, type Actor, type Person } from 'job-trigger-core';
import { hashPassword, passwordMatches } from '../access/passwords.ts';
import { TryLimit } from '../access/try-limit.ts';
import type { PortalOptions } from '../portal.ts';
import { serve } from '../route.ts';

/** What people change of themselves, in person. */
export function profileRoutes(app: FastifyInstance, { operations, system }: PortalOptions): void {
  const { people } = operations;
  const tries = new TryLimit(system.clock);

  function idOf({ personId }: Actor): number {
    if (personId === null) throw new JobTriggerError('conflict', 'Nobody is signed in.');
    return personId;
  }

  async function self(actor: Actor): Promise<Person> {
    return people.get(idOf(actor));
  }

  const currentOf = ({ caller }: FastifyRequest): string | null => caller?.credential ?? null;

  serve(app, endpoints.patchProfile, async ({ body, actor }) =>
    personToWire(await people.changeProfile(idOf(actor), body, actor)),
  );

  serve(app, endpoints.changePassword, async ({ body, actor, request }) => {
    const person = await self(actor);
    tries.take(String(person.id));
    if (!(await passwordMatches(body.current_password, person.passwordHash)))
      throw invalidField('current_password', 'is wrong');
    const passwordHash = await hashPassword(body.new_password, 'new_password');
    await people.changePassword(person.id, passwordHash, currentOf(request), actor);
    tries.forget(String(person.id));
    return undefined;
  });

  serve(app, endpoints.listSessions, async ({ actor, request }) => ({
    items: (await people.signIns(idOf(actor))).map((signIn) => signInToWire(signIn, currentOf(request))),
  }));

  serve(app, endpoints.endSession, async ({ params, actor }) => {
    await people.endSignIn(idOf(actor), params.id, actor);
    return undefined;
  });
}
