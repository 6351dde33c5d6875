import type { FastifyInstance } from 'fastify';
import { endpoints } from 'job-trigger-contract';
import { accessText, accessToWire, sharesToWire, teamToWire } from 'job-trigger-contract/mapping';
import { accessTo, JobTriggerError, suffices, type Id, type Person } from 'job-trigger-core';
import { levelMissing, levelsOf } from '../access/reach.ts';
import type { PortalOptions } from '../portal.ts';
import { referenceOf } from '../references.ts';
import { serve, type Caller } from '../route.ts';

/** Whom jobs are shared with, why somebody sees one, and teams. */
export function sharingRoutes(app: FastifyInstance, { operations, store }: PortalOptions): void {
  const { sharing } = operations;
  const idOf = ({ id }: { readonly id: string }): Id => referenceOf(id, 'job').id;

  const ownPerson = async (caller: Caller | null): Promise<Person | null> =>
    caller === null || caller.personId === null ? null : store.people.get(caller.personId);

  /** Asked for somebody else by who may share the job. */
  async function personAsked(email: string | undefined, caller: Caller | null, jobId: Id): Promise<Person | null> {
    const own = await ownPerson(caller);
    if (email === undefined || caller === null || own?.email === email.trim().toLowerCase()) return own;
    const held = (await levelsOf(store, caller, [jobId])).get(jobId) ?? null;
    if (!suffices(held, 'own')) throw levelMissing('own', held ?? 'view');
    const person = await store.people.byEmail(email.trim());
    if (person === null) throw new JobTriggerError('not_found', 'There is no person with this address.');
    return person;
  }

  serve(app, endpoints.jobShares, async ({ params }) => sharesToWire(await sharing.shares(idOf(params))));
  serve(app, endpoints.shareJob, async ({ params, body, actor }) =>
    sharesToWire(await sharing.share(idOf(params), { shares: body.items, owner: body.owner }, actor)),
  );
  serve(app, endpoints.jobAccess, async ({ params, query, request: { caller } }) => {
    const id = idOf(params);
    const person = await personAsked(query.person, caller, id);
    if (person !== null) return accessToWire(await sharing.explain(id, person.id));
    // A caller who is no person: the role alone, and what is shared with everyone.
    const role = caller?.role ?? 'viewer';
    const { owner } = await sharing.shares(id);
    const found = await store.sharing.grants(id, -1);
    const everyone = found.map(({ level }) => ({ kind: 'everyone' as const, level }));
    const sources = role === 'admin' ? [{ kind: 'admin' as const }, ...everyone] : everyone;
    const { level, ceiling, given } = accessTo({ role, sources: everyone });
    const reasons = sources.map((source) => ({
      kind: source.kind,
      team: null,
      level: 'level' in source ? source.level : ('own' as const),
    }));
    const text = accessText({ name: caller?.name ?? 'Nobody', role, level, given, sources });
    return {
      person: null,
      role,
      owner: owner === null ? null : { name: owner.name },
      level,
      ceiling,
      given,
      reasons,
      text,
    };
  });

  serve(app, endpoints.listTeams, async ({ request: { caller } }) => ({
    items: (await sharing.teams()).map((team) =>
      teamToWire(team, caller?.role === 'admin' || team.members.some(({ id }) => id === caller?.personId)),
    ),
  }));
  serve(app, endpoints.setTeam, async ({ params, body, actor }) =>
    teamToWire(await sharing.setTeam(params.name, body, actor), true),
  );
  serve(app, endpoints.deleteTeam, async ({ params, actor }) => {
    await sharing.removeTeam(params.name, actor);
    return undefined;
  });
}
