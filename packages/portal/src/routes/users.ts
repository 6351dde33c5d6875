import type { FastifyInstance } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { invitationToWire, rights, userToWire } from 'job-trigger-contract/mapping';
import type { PortalOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { serve } from '../route.ts';

/** Accounts and invitations, for administrators. */
export function userRoutes(app: FastifyInstance, { operations }: PortalOptions): void {
  const { people, signInMethods } = operations;
  const personOf = ({ id }: { readonly id: string }): number => referenceOf(id, 'person').id;

  serve(app, endpoints.listRoles, () => ({ items: [...rights()] }));
  serve(app, endpoints.listUsers, async () => {
    const factors = await signInMethods.secondFactors();
    return { items: (await people.list()).map((person) => userToWire(person, factors.get(person.id))) };
  });
  serve(app, endpoints.patchUser, async ({ params, body, actor }) => {
    const person = await people.change(personOf(params), body, actor);
    return userToWire(person, (await signInMethods.secondFactors()).get(person.id));
  });
  serve(app, endpoints.endSignIns, async ({ params, actor }) => ({
    ended: await people.endSignIns(personOf(params), actor),
  }));
  serve(app, endpoints.deleteUser, async ({ params, actor }) => ({
    jobs: await people.remove(personOf(params), actor),
  }));

  serve(app, endpoints.listInvitations, async () => ({ items: (await people.invitations()).map(invitationToWire) }));
  serve(app, endpoints.invite, async ({ body, actor, reply }) => {
    const { valid_seconds: validSeconds, ...input } = body;
    const { invitation, token } = await people.invite({ ...input, validSeconds }, actor);
    void reply.header('cache-control', 'no-store');
    return { ...invitationToWire(invitation), token, path: `/invitation#token=${token}` };
  });
  serve(app, endpoints.withdrawInvitation, async ({ params, actor }) => {
    await people.withdraw(referenceOf(params.id, 'invitation').id, actor);
    return undefined;
  });
}
