/** Whom a job is shared with, whose it is, and why somebody sees it. */
import { invalidField } from '../errors.ts';
import type { Id } from '../model/id.ts';
import type { Job } from '../model/job.ts';
import type { Person } from '../model/person.ts';
import type { Share, Team } from '../model/sight.ts';
import { accessTo, type AccessSource, type JobAccess } from '../policy/job-access.ts';
import type { GrantFound, NamedShare } from '../store/sharing-table.ts';
import type { Tables } from '../store/store.ts';
import { audited, note, noteNothing, subjectOf } from './audited.ts';
import type { Actor, OperationContext } from './context.ts';
import { jobEvent } from './job-event.ts';
import { livingJob, notFound } from './jobs.ts';

/** Whom a share is with: a person by address, a team by name. */
export type ShareWith =
  | { readonly with: 'person'; readonly email: string }
  | { readonly with: 'team'; readonly team: string }
  | { readonly with: 'everyone' };

export type ShareInput = ShareWith & Pick<Share, 'level'>;

/** Absent fields stay. */
interface SharesChange {
  /** In place of those there are. */
  readonly shares?: readonly ShareInput[] | undefined;
  /** Address of the person who is to own it; null for nobody. */
  readonly owner?: string | null | undefined;
}

export interface JobShares {
  /** Null: nobody's, so administrators see it, and whom it is shared with. */
  readonly owner: Person | null;
  readonly shares: readonly NamedShare[];
}

export interface Explained extends JobAccess {
  readonly person: Person;
  readonly owner: Person | null;
  /** Every reason, the strongest first; none where they do not see it. */
  readonly sources: readonly AccessSource[];
}

export interface TeamView extends Omit<Team, 'members'> {
  readonly members: readonly Person[];
}

export interface SharingOperations {
  /** @throws `not_found` */
  shares(jobId: Id): Promise<JobShares>;
  /** @throws `not_found`, `invalid` naming a person or team that is none, `name_taken` where the new owner has a job of that name */
  share(jobId: Id, change: SharesChange, actor: Actor): Promise<JobShares>;
  /** What a person may do to a job, and why. @throws `not_found` for either */
  explain(jobId: Id, personId: Id): Promise<Explained>;
  teams(): Promise<readonly TeamView[]>;
  /** Makes it, or puts these members in place of the others. @throws `invalid`, `name_taken` */
  setTeam(
    name: string,
    change: { readonly name?: string | undefined; readonly members?: readonly string[] | undefined },
    actor: Actor,
  ): Promise<TeamView>;
  /** What was shared with it is shared with its members no longer. @throws `not_found` */
  removeTeam(name: string, actor: Actor): Promise<void>;
}

const mostShares = 200;
const mostMembers = 1000;
const longestName = 100;

function checkedName(name: string): string {
  const plain = name.trim();
  const isPlain = /^[^\p{Cc}\p{Cf}]+$/u.test(plain) && !plain.includes('/');
  if (plain === '' || plain.length > longestName || !isPlain)
    throw invalidField('name', `needs 1 to ${longestName} characters, none of them a slash or a control character`);
  return plain;
}

async function personBy(tables: Pick<Tables, 'people'>, email: string, path: string): Promise<Person> {
  const person = await tables.people.byEmail(email.trim());
  if (person === null) throw invalidField(path, `there is no person with the address ${email}`);
  return person;
}

async function shareOf(tables: Tables, input: ShareInput, at: number): Promise<Share> {
  const { level } = input;
  if (input.with === 'everyone') return { with: 'everyone', granteeId: 0, level };
  if (input.with === 'person')
    return { with: 'person', granteeId: (await personBy(tables, input.email, `items.${at}.email`)).id, level };
  const team = await tables.sharing.teamByName(input.team);
  if (team === null) throw invalidField(`items.${at}.team`, `there is no team named ${input.team}`);
  return { with: 'team', granteeId: team.id, level };
}

/** @throws `invalid` for whom two entries name */
async function sharesOf(tables: Tables, inputs: readonly ShareInput[]): Promise<readonly Share[]> {
  const shares = new Map<string, Share>();
  for (const [at, input] of inputs.entries()) {
    const share = await shareOf(tables, input, at);
    const key = `${share.with} ${share.granteeId}`;
    if (shares.has(key)) throw invalidField(`items.${at}`, 'names whom another entry names already');
    shares.set(key, share);
  }
  return [...shares.values()];
}

function sourceOf({ kind, level, team }: GrantFound): AccessSource {
  if (kind === 'owner') return { kind };
  return kind === 'team' ? { kind, level, team: team ?? '' } : { kind, level };
}

/** What a history tells of a share. */
const told = (input: ShareInput) => ({
  with: input.with === 'person' ? input.email : input.with === 'team' ? input.team : 'everyone',
  level: input.level,
});

/** What the audit compares of shares: a line for each. */
const linesOf = (shares: readonly NamedShare[]): readonly string[] =>
  shares.map(({ with: kind, email, name, level }) => `${email ?? name ?? kind}: ${level}`);

/** What the audit compares of a team. */
const teamFacts = ({ name, members }: TeamView) => ({ name, members: members.map(({ email }) => email) });

function checkMost(items: readonly unknown[] | undefined, most: number, path: string): void {
  if (items !== undefined && items.length > most) throw invalidField(path, `has at most ${most} entries`);
}

async function ownerOf({ people }: Pick<Tables, 'people'>, ownerId: Id | null): Promise<Person | null> {
  return ownerId === null ? null : people.get(ownerId);
}

async function viewOf({ people }: Pick<Tables, 'people'>, { members, ...team }: Team): Promise<TeamView> {
  const found: Person[] = [];
  for (const id of members) {
    const person = await people.get(id);
    if (person !== null) found.push(person);
  }
  return { ...team, members: found.sort((a, b) => a.name.localeCompare(b.name)) };
}

async function changeShares(tables: Tables, job: Job, inputs: readonly ShareInput[], actor: Actor): Promise<void> {
  const before = linesOf(await tables.sharing.shares(job.id));
  await tables.sharing.setShares(job.id, await sharesOf(tables, inputs));
  const after = linesOf(await tables.sharing.shares(job.id));
  await tables.events.append([jobEvent('job.shared', job, actor, { shares: inputs.map(told) })]);
  await note(tables, actor, {
    action: 'job.shared',
    subject: subjectOf('job', { ...job, name: job.definition.name }),
    before: { shares: before },
    after: { shares: after },
  });
}

async function changeOwner(tables: Tables, job: Job, email: string | null, actor: Actor): Promise<void> {
  const before = await ownerOf(tables, job.ownerId);
  const to = email === null ? null : await personBy(tables, email, 'owner');
  await tables.sharing.setOwner(job.id, to?.id ?? null);
  await tables.events.append([jobEvent('job.given', job, actor, { to: to?.name ?? null })]);
  await note(tables, actor, {
    action: 'job.given',
    subject: subjectOf('job', { ...job, name: job.definition.name }),
    before: { owner: before?.email ?? null },
    after: { owner: to?.email ?? null },
  });
}

/** Those named in place of those there are; those there are when none are named. */
async function membersOf(
  tables: Pick<Tables, 'people'>,
  emails: readonly string[] | undefined,
  before: Team | null,
): Promise<readonly Id[]> {
  if (emails === undefined) return before?.members ?? [];
  const ids = new Set<Id>();
  for (const [at, email] of emails.entries()) ids.add((await personBy(tables, email, `members.${at}`)).id);
  return [...ids];
}

export function sharingOperations({ store }: OperationContext): SharingOperations {
  async function read(tables: Tables, jobId: Id): Promise<JobShares> {
    const { ownerId } = await livingJob(tables, jobId);
    return { owner: await ownerOf(tables, ownerId), shares: await tables.sharing.shares(jobId) };
  }

  return {
    shares: (jobId) => read(store, jobId),

    async share(jobId, { shares, owner }, actor) {
      checkMost(shares, mostShares, 'items');
      const changed = await audited(store, async (tables) => {
        await tables.jobs.lock([jobId]);
        const job = await livingJob(tables, jobId);
        if (shares === undefined && owner === undefined) noteNothing(tables);
        if (shares !== undefined) await changeShares(tables, job, shares, actor);
        if (owner !== undefined) await changeOwner(tables, job, owner, actor);
        return read(tables, jobId);
      });
      store.bell.ring('change');
      return changed;
    },

    async explain(jobId, personId) {
      const { ownerId } = await livingJob(store, jobId);
      const person = await store.people.get(personId);
      if (person === null) throw notFound('person');
      const found = (await store.sharing.grants(jobId, personId)).map(sourceOf);
      const sources: readonly AccessSource[] = person.role === 'admin' ? [{ kind: 'admin' }, ...found] : found;
      const access = accessTo({ role: person.role, sources: found });
      return { ...access, person, owner: await ownerOf(store, ownerId), sources };
    },

    async teams() {
      const views: TeamView[] = [];
      for (const team of await store.sharing.teams()) views.push(await viewOf(store, team));
      return views;
    },

    async setTeam(name, change, actor) {
      checkMost(change.members, mostMembers, 'members');
      const [freshId = 0] = await store.ids(1);
      const made = await audited(store, async (tables) => {
        const before = await tables.sharing.teamByName(name);
        const viewBefore = before === null ? null : await viewOf(tables, before);
        const { id, createdAt } = before ?? { id: freshId, createdAt: await tables.now() };
        const called = checkedName(change.name ?? before?.name ?? name);
        const team = { id, createdAt, name: called, members: await membersOf(tables, change.members, before) };
        await tables.sharing.setTeam(team);
        const action = before === null ? 'team.created' : 'team.changed';
        const view = await viewOf(tables, team);
        const after = teamFacts(view);
        await tables.events.append([{ kind: action, actor: actor.name, data: { ...after, via: actor.via } }]);
        await note(tables, actor, {
          action,
          subject: subjectOf('team', team),
          before: viewBefore === null ? null : teamFacts(viewBefore),
          after,
        });
        return view;
      });
      store.bell.ring('change');
      return made;
    },

    async removeTeam(name, actor) {
      await audited(store, async (tables) => {
        const team = await tables.sharing.teamByName(name);
        if (team === null) throw notFound('team');
        const before = teamFacts(await viewOf(tables, team));
        await tables.sharing.removeTeam(team.id);
        const data = { name: team.name, via: actor.via };
        await tables.events.append([{ kind: 'team.deleted', actor: actor.name, data }]);
        await note(tables, actor, { action: 'team.deleted', subject: subjectOf('team', team), before });
      });
      store.bell.ring('change');
    },
  };
}
