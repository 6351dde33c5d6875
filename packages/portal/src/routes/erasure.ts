import type { FastifyInstance } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { userToWire } from 'job-trigger-contract/mapping';
import type { PortalOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { serve } from '../route.ts';

/** What is kept of a person, for administrators. */
export function erasureRoutes(app: FastifyInstance, { operations }: PortalOptions): void {
  const { people } = operations;

  serve(app, endpoints.exportUser, async ({ params, actor, reply }) => {
    const { person, names, rows, cut } = await people.exportPerson(referenceOf(params.id, 'person').id, actor);
    void reply.header('cache-control', 'no-store');
    const told = Object.entries(rows).map(([table, some]) => [table, some.map((row) => ({ ...row }))]);
    return {
      user: userToWire(person, (await operations.signInMethods.secondFactors()).get(person.id)),
      names: [...names],
      rows: Object.fromEntries(told),
      cut: [...cut],
    };
  });

  serve(app, endpoints.eraseUser, async ({ params, body, actor }) => {
    const { jobs, auditRows, jobsNaming } = await people.erase(
      referenceOf(params.id, 'person').id,
      body.confirm,
      actor,
    );
    return { jobs, audit_rows: auditRows, jobs_naming: [...jobsNaming] };
  });
}
