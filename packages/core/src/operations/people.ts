/** People: invited, given a role, shut out, removed. Each change and what it ends are one transaction. */
import { invalidField, JobTriggerError } from '../errors.ts';
import { isEmail } from '../model/email.ts';
import { hashOfToken } from '../model/token-hash.ts';
import type { Id } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { Invitation, Person, Role } from '../model/person.ts';
import { isKnownZone } from '../schedule/zone.ts';
import type { NewEvent } from '../store/event-table.ts';
import type { SignIn } from '../store/people-table.ts';
import type { Tables } from '../store/store.ts';
import { audited, namedSubject, note, noteNothing, subjectOf } from './audited.ts';
import type { Actor, OperationContext } from './context.ts';
import { notFound } from './jobs.ts';

export interface InvitationInput {
  readonly email: string;
  readonly role: Role;
  /** Default false. */
  readonly approver?: boolean | undefined;
  /** Default 72 hours. */
  readonly validSeconds?: number | undefined;
}

/** What somebody says of themselves on the way in. */
export interface NewPerson {
  readonly name: string;
  readonly timezone: string;
  /** argon2id in PHC form: the password itself is the caller's business. */
  readonly passwordHash: string;
}

/** Absent fields stay. */
export interface PersonChange {
  readonly role?: Role | undefined;
  readonly approver?: boolean | undefined;
  /** False shuts out at once: sign-ins end, keys no longer count. */
  readonly active?: boolean | undefined;
}

/** Absent fields stay. */
export interface ProfileChange {
  readonly name?: string | undefined;
  readonly timezone?: string | undefined;
}

export interface PeopleOperations {
  /** By name. */
  list(): Promise<readonly Person[]>;
  /** @throws `not_found` */
  get(id: Id): Promise<Person>;
  /** Those nobody has accepted, newest first; old ones too. */
  invitations(): Promise<readonly Invitation[]>;
  /**
   * A way in for one address, in the place of one before. The token is told here and never again.
   * @throws `invalid`, `name_taken` when the address has an account
   */
  invite(input: InvitationInput, actor: Actor): Promise<{ readonly invitation: Invitation; readonly token: string }>;
  /** @throws `not_found` */
  withdraw(id: Id, actor: Actor): Promise<void>;
  /** The invitation of a token. @throws `unauthenticated`, alike for an unknown, a used and an old one */
  invitation(token: string): Promise<Invitation>;
  /** Makes the account, once. @throws as {@link invitation}, `invalid`, `name_taken` */
  accept(token: string, input: NewPerson, from: Actor): Promise<Person>;
  /** @throws `not_found`, `last_admin`, `conflict` when whoever asks is no administrator any more */
  change(id: Id, change: PersonChange, actor: Actor): Promise<Person>;
  /** Everywhere they are signed in; keys go on. @returns how many sign-ins ended @throws `not_found` */
  endSignIns(id: Id, actor: Actor): Promise<number>;
  /**
   * With sign-ins and keys; what they own goes on under nobody.
   * @returns how many living jobs that are
   * @throws as {@link change}, `name_taken` for jobs that nobody could own beside others of the name
   */
  remove(id: Id, actor: Actor): Promise<number>;
  /** What people say of themselves. @throws `invalid`, `not_found` */
  changeProfile(id: Id, change: ProfileChange, actor: Actor): Promise<Person>;
  /** Ends every other sign-in. @param keep the hash of the one that asks @throws `not_found` */
  changePassword(id: Id, passwordHash: string, keep: string | null, actor: Actor): Promise<void>;
  /** Where a person is signed in, newest first. */
  signIns(id: Id): Promise<readonly SignIn[]>;
  /** @param place the beginning of its hash, as told @throws `not_found` */
  endSignIn(id: Id, place: string, actor: Actor): Promise<void>;
}

const validMs: Millis = 72 * 3_600_000;
const longestMs: Millis = 30 * 86_400_000;

export function checkedPersonName(name: string): string {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > 200) throw invalidField('name', 'must be 1 to 200 characters');
  return trimmed;
}

export function checkPersonZone(timezone: string): void {
  if (!isKnownZone(timezone)) throw invalidField('timezone', 'is no known time zone', 'timezone_unknown');
}

function told(kind: string, { name }: Pick<Person, 'name'>, actor: Actor, data: NewEvent['data'] = {}): NewEvent {
  return { kind, actor: actor.name, data: { name, via: actor.via, ...data } };
}

const rightsOf = ({ role, approver, active }: Person) => ({ role, approver, active });

const isActiveAdmin = ({ role, active }: Person): boolean => role === 'admin' && active;

/** @throws where the change leaves nobody who could undo it */
async function keepAnAdmin(tables: Tables, before: Person, after: Person | null): Promise<void> {
  if (!isActiveAdmin(before) || (after !== null && isActiveAdmin(after))) return;
  const others = (await tables.people.list()).filter((person) => person.id !== before.id && isActiveAdmin(person));
  if (others.length > 0) return;
  throw new JobTriggerError('last_admin', `${before.name} is the last administrator. Make somebody else one first.`);
}

/** Whoever asks was an administrator when the request came; two who demote each other must not both succeed. */
async function stillAdmin(tables: Tables, { personId }: Actor): Promise<void> {
  if (personId === null) return;
  const asks = await tables.people.get(personId);
  if (asks === null || !isActiveAdmin(asks))
    throw new JobTriggerError('conflict', 'Your own rights were changed meanwhile. Nothing was changed.');
}

const refusedToken = (): JobTriggerError =>
  new JobTriggerError('unauthenticated', 'This invitation is not valid any more. Ask for a new one.');

async function standing(tables: Pick<Tables, 'people'>, token: string, now: Instant): Promise<Invitation> {
  const found = await tables.people.invitation(hashOfToken(token));
  if (found === null || found.expiresAt <= now) throw refusedToken();
  return found;
}

export function peopleOperations({ store, system }: OperationContext): PeopleOperations {
  async function existing(tables: Pick<Tables, 'people'>, id: Id): Promise<Person> {
    const person = await tables.people.get(id);
    if (person === null) throw notFound('person');
    return person;
  }

  /** Decides and writes with all other changes of people held back. */
  async function deciding<T>(id: Id, work: (tables: Tables, before: Person) => Promise<T>): Promise<T> {
    const value = await audited(store, async (tables) => {
      await tables.people.lock();
      return work(tables, await existing(tables, id));
    });
    store.bell.ring('change');
    return value;
  }

  /** What was signed in before is over, also what is just being made. */
  async function endAll(tables: Tables, person: Person, keep: string | null = null): Promise<number> {
    const kept = keep === null ? null : await tables.people.signIn(keep);
    const ended = await tables.people.endSignIns(person.id);
    const epoch = person.epoch + 1;
    await tables.people.update({ ...person, epoch });
    if (kept !== null && kept.personId === person.id) await tables.people.addSignIn({ ...kept, epoch });
    return kept === null ? ended : ended - 1;
  }

  return {
    list: () => store.people.list(),
    get: (id) => existing(store, id),
    invitations: () => store.people.invitations(),

    async invite({ email, role, approver = false, validSeconds }, actor) {
      const address = email.trim().toLowerCase();
      if (!isEmail(address)) throw invalidField('email', 'is no e-mail address');
      const forMs = validSeconds === undefined ? validMs : validSeconds * 1000;
      if (!(forMs >= 60_000 && forMs <= longestMs)) throw invalidField('valid_seconds', 'must be a minute to 30 days');
      const token = Buffer.from(system.random.bytes(32)).toString('base64url');
      const [id = 0] = await store.ids(1);
      const invitation = await audited(store, async (tables) => {
        await tables.people.lock();
        await stillAdmin(tables, actor);
        if ((await tables.people.byEmail(address)) !== null)
          throw new JobTriggerError('name_taken', `There is an account for ${address} already.`, {
            fields: [{ path: 'email', message: 'has an account already' }],
          });
        const now = await tables.now();
        const made: Invitation = {
          id,
          createdAt: now,
          email: address,
          role,
          approver,
          hash: hashOfToken(token),
          expiresAt: now + forMs,
          invitedBy: actor.name,
        };
        await tables.people.invite(made);
        await tables.events.append([told('person.invited', { name: 'Somebody' }, actor, { role, approver })]);
        const after = { role, approver, expires_at: made.expiresAt };
        await note(tables, actor, { action: 'person.invited', subject: namedSubject('person', null), after });
        return made;
      });
      store.bell.ring('change');
      return { invitation, token };
    },

    async withdraw(id, actor) {
      await audited(store, async (tables) => {
        if (!(await tables.people.removeInvitation(id))) throw notFound('invitation');
        await tables.events.append([told('person.uninvited', { name: 'Somebody' }, actor)]);
        await note(tables, actor, { action: 'person.uninvited', subject: namedSubject('person', null) });
      });
      store.bell.ring('change');
    },

    invitation: async (token) => standing(store, token, await store.now()),

    async accept(token, { name, timezone, passwordHash }, from) {
      const called = checkedPersonName(name);
      checkPersonZone(timezone);
      const [id = 0] = await store.ids(1);
      const person = await audited(store, async (tables) => {
        await tables.people.lock();
        const now = await tables.now();
        const { id: used, email, role, approver, invitedBy } = await standing(tables, token, now);
        const made: Person = {
          id,
          createdAt: now,
          email,
          name: called,
          role,
          approver,
          timezone,
          active: true,
          passwordHash,
          epoch: 1,
          seenAt: null,
        };
        await tables.people.insert(made);
        await tables.people.removeInvitation(used);
        const data = { name: called, role, approver, invited_by: invitedBy };
        await tables.events.append([{ kind: 'person.created', actor: called, data }]);
        await note(
          tables,
          { ...from, personId: id, name: called },
          { action: 'person.created', subject: subjectOf('person', made), after: data },
        );
        return made;
      });
      store.bell.ring('change');
      return person;
    },

    change: (id, { role, approver, active }, actor) =>
      deciding(id, async (tables, before) => {
        const after: Person = {
          ...before,
          role: role ?? before.role,
          approver: approver ?? before.approver,
          active: active ?? before.active,
        };
        await stillAdmin(tables, actor);
        await keepAnAdmin(tables, before, after);
        const events: NewEvent[] = [];
        if (after.role !== before.role || after.approver !== before.approver)
          events.push(
            told('person.changed', after, actor, {
              role: after.role,
              approver: after.approver,
              role_before: before.role,
              approver_before: before.approver,
            }),
          );
        if (after.active !== before.active)
          events.push(told(after.active ? 'person.enabled' : 'person.disabled', after, actor));
        if (events.length === 0) {
          noteNothing(tables);
          return before;
        }
        await tables.people.update(after);
        if (!after.active) await endAll(tables, after);
        await tables.events.append(events);
        await note(tables, actor, {
          action: 'person.changed',
          subject: subjectOf('person', after),
          before: rightsOf(before),
          after: rightsOf(after),
        });
        return existing(tables, id);
      }),

    endSignIns: (id, actor) =>
      deciding(id, async (tables, person) => {
        await stillAdmin(tables, actor);
        const ended = await endAll(tables, person);
        await tables.events.append([told('person.signed_out', person, actor, { sign_ins: ended })]);
        await note(tables, actor, { action: 'person.signed_out', subject: subjectOf('person', person) });
        return ended;
      }),

    remove: (id, actor) =>
      deciding(id, async (tables, person) => {
        await stillAdmin(tables, actor);
        await keepAnAdmin(tables, person, null);
        const jobs = await tables.jobs.disown(id);
        const keys = (await tables.keys.list(id)).length;
        await tables.people.remove(id);
        await tables.events.append([
          told('person.deleted', person, actor, { jobs: jobs.length, keys }),
          ...jobs.map(({ id: jobId, createdAt: jobCreatedAt, name }) => ({
            kind: 'job.orphaned',
            jobId,
            jobCreatedAt,
            actor: actor.name,
            data: { name, owner_before: person.name, via: actor.via },
          })),
        ]);
        const before = { ...rightsOf(person), jobs: jobs.length, keys };
        await note(tables, actor, { action: 'person.deleted', subject: subjectOf('person', person), before });
        return jobs.length;
      }),

    changeProfile: (id, { name, timezone }, actor) =>
      deciding(id, async (tables, before) => {
        if (timezone !== undefined) checkPersonZone(timezone);
        const after: Person = {
          ...before,
          name: name === undefined ? before.name : checkedPersonName(name),
          timezone: timezone ?? before.timezone,
        };
        if (after.name === before.name && after.timezone === before.timezone) {
          noteNothing(tables);
          return before;
        }
        await tables.people.update(after);
        const data = { name_before: before.name, timezone: after.timezone };
        await tables.events.append([told('person.profile_changed', after, actor, data)]);
        await note(tables, actor, {
          action: 'person.profile_changed',
          subject: subjectOf('person', after),
          before: { name: before.name, timezone: before.timezone },
          after: { name: after.name, timezone: after.timezone },
        });
        return after;
      }),

    changePassword: (id, passwordHash, keep, actor) =>
      deciding(id, async (tables, person) => {
        await tables.people.setPassword(id, passwordHash);
        const ended = await endAll(tables, { ...person, passwordHash }, keep);
        await tables.events.append([told('person.password_changed', person, actor, { sign_ins: ended })]);
        await note(tables, actor, { action: 'person.password_changed', subject: subjectOf('person', person) });
      }),

    signIns: (id) => store.people.signInsOf(id),

    endSignIn: (id, place, actor) =>
      deciding(id, async (tables, person) => {
        const found = (await tables.people.signInsOf(id)).find(({ hash }) => hash.startsWith(place));
        if (found === undefined) throw notFound('sign-in');
        await tables.people.endSignIn(found.hash);
        await tables.events.append([told('person.signed_out', person, actor, { sign_ins: 1 })]);
        await note(tables, actor, { action: 'person.signed_out', subject: subjectOf('person', person) });
      }),
  };
}
