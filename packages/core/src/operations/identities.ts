/** Sign-in through others: who comes in by what a provider vouches for, and which sign-ins an account has. */
import { JobTriggerError } from '../errors.ts';
import type { Id } from '../model/id.ts';
import type { Identity, OidcFlow, OidcProvider, VouchedFor } from '../model/identity.ts';
import type { Instant } from '../model/instant.ts';
import type { Invitation, Person } from '../model/person.ts';
import { hashOfToken } from '../model/token-hash.ts';
import { rightsBy, type Rights } from '../policy/oidc-rights.ts';
import { isKnownZone } from '../schedule/zone.ts';
import type { Tables } from '../store/store.ts';
import { audited, note, noteNothing, record, namedSubject, subjectOf } from './audited.ts';
import type { Actor, OperationContext } from './context.ts';
import { notFound } from './jobs.ts';
import { isActiveAdmin } from './people.ts';

/** What is begun when somebody presses the button of a provider. */
export interface FlowInput {
  readonly provider: string;
  readonly state: string;
  /** What the browser alone keeps. */
  readonly browser: string;
  readonly personId: Id | null;
  /** Token of an invitation; null for none. */
  readonly invitation: string | null;
  /** Of the browser, for an account that is made. */
  readonly timezone: string | null;
}

export interface IdentityOperations {
  /** @throws `unauthenticated` for an invitation that is not valid */
  begin(input: FlowInput): Promise<void>;
  /** What came back, once. @throws `unauthenticated`, alike for an unknown, a used, an old one and one of another browser */
  take(back: { readonly provider: string; readonly state: string; readonly browser: string }): Promise<OidcFlow>;
  /**
   * Whoever a provider vouches for, with the rights that their groups give. Makes the account where an invitation or the
   * provider's settings allow it.
   * @throws `forbidden` saying what is missing, `name_taken`, `unauthenticated` for an invitation that is over
   */
  signIn(provider: OidcProvider, vouched: VouchedFor, flow: OidcFlow, from: Actor): Promise<Person>;
  /** Adds a sign-in to an account. @throws `name_taken` when it belongs to one, also to this one */
  link(personId: Id, vouched: VouchedFor, actor: Actor): Promise<Identity>;
  /** Oldest first. */
  list(personId: Id): Promise<readonly Identity[]>;
  /** @throws `not_found`, `conflict` where nobody could come in any more */
  unlink(personId: Id, id: Id, actor: Actor): Promise<void>;
  /** Writes down a sign-in that was refused. */
  refused(provider: string, actor: Actor): Promise<void>;
}

const flowMs = 10 * 60_000;

function lost(): JobTriggerError {
  return new JobTriggerError(
    'unauthenticated',
    'This sign-in was not begun in this browser, is too old, or has come back already. Begin again.',
  );
}

const unknownPerson = (label: string): JobTriggerError =>
  new JobTriggerError(
    'forbidden',
    `${label} knows you, and this portal does not. An administrator must invite you; the invitation can be accepted with ${label}.`,
  );

const noGroup = (label: string): JobTriggerError =>
  new JobTriggerError(
    'forbidden',
    `None of your groups at ${label} gives access to this portal. An administrator can change that.`,
  );

/** The account's name for one that nobody has named: what the provider says, else what stands before the address's @. */
function nameOf({ name, account }: VouchedFor, email: string): string {
  const said = (name ?? '').trim().slice(0, 200);
  return said === '' ? (email.split('@')[0] ?? account) : said;
}

/** One sign-in on its way through a transaction. */
interface Arrival {
  readonly provider: OidcProvider;
  readonly vouched: VouchedFor;
  readonly flow: OidcFlow;
  readonly from: Actor;
  /** For whoever is made by it. */
  readonly ids: { readonly person: Id; readonly identity: Id };
}

export function identityOperations({ store, defaultTimezone }: OperationContext): IdentityOperations {
  async function insert(
    tables: Tables,
    personId: Id,
    id: Id,
    { issuer, subject, account }: VouchedFor,
  ): Promise<Identity> {
    const now = await tables.now();
    const identity: Identity = { id, createdAt: now, personId, issuer, subject, account, usedAt: now };
    await tables.identities.insert(identity);
    return identity;
  }

  /** Rights by groups, at each sign-in. The last administrator stays one: nobody else could undo a wrong mapping. */
  async function withRights(tables: Tables, person: Person, rights: Rights, from: Actor): Promise<Person> {
    const others = (await tables.people.list()).filter((other) => other.id !== person.id && isActiveAdmin(other));
    const isLast = isActiveAdmin(person) && others.length === 0;
    const after = { ...person, ...rights, role: isLast ? person.role : rights.role };
    if (after.role === person.role && after.approver === person.approver) return person;
    await tables.people.update(after);
    const data = {
      name: person.name,
      via: from.via,
      role: after.role,
      approver: after.approver,
      role_before: person.role,
      approver_before: person.approver,
    };
    await tables.events.append([{ kind: 'person.changed', actor: person.name, data }]);
    await note(
      tables,
      { ...from, personId: person.id, name: person.name },
      {
        action: 'person.rights_mapped',
        subject: subjectOf('person', person),
        before: { role: person.role, approver: person.approver },
        after: { role: after.role, approver: after.approver },
      },
    );
    return after;
  }

  async function invitationOf(tables: Tables, hash: string, now: Instant): Promise<Invitation> {
    const found = await tables.people.invitation(hash);
    if (found === null || found.expiresAt <= now)
      throw new JobTriggerError('unauthenticated', 'This invitation is not valid any more. Ask for a new one.');
    return found;
  }

  async function make(
    tables: Tables,
    { email, before, invitedBy }: { email: string; before: Rights | null; invitedBy: string | null },
    { provider, vouched, flow, from, ids }: Arrival,
  ): Promise<Person> {
    const rights = rightsBy(provider, vouched.groups, before);
    if (rights === null) throw noGroup(provider.label);
    const made: Person = {
      id: ids.person,
      createdAt: await tables.now(),
      email,
      name: nameOf(vouched, email),
      ...rights,
      timezone: flow.timezone ?? defaultTimezone,
      active: true,
      passwordHash: '',
      epoch: 1,
      seenAt: null,
    };
    await tables.people.insert(made);
    await insert(tables, made.id, ids.identity, vouched);
    const data = {
      name: made.name,
      role: made.role,
      approver: made.approver,
      issuer: vouched.issuer,
      ...(invitedBy === null ? {} : { invited_by: invitedBy }),
    };
    await tables.events.append([{ kind: 'person.created', actor: made.name, data }]);
    const who = { ...from, personId: made.id, name: made.name };
    await note(tables, who, { action: 'person.created', subject: subjectOf('person', made), after: data });
    return made;
  }

  async function comeBack(
    tables: Tables,
    known: Identity,
    { provider, vouched, flow, from }: Arrival,
  ): Promise<Person> {
    if (flow.invitationHash !== null)
      throw new JobTriggerError(
        'conflict',
        'This sign-in belongs to an account already. The invitation stays as it is.',
      );
    const person = await tables.people.get(known.personId);
    if (person === null || !person.active)
      throw new JobTriggerError('forbidden', 'This account is shut out. An administrator can let it in again.');
    const rights = rightsBy(provider, vouched.groups, person);
    if (rights === null) throw noGroup(provider.label);
    await tables.identities.touch(known.id, { at: await tables.now(), account: vouched.account });
    return withRights(tables, person, rights, from);
  }

  async function accept(tables: Tables, invitationHash: string, arrival: Arrival): Promise<Person> {
    const { id, email, role, approver, invitedBy } = await invitationOf(tables, invitationHash, await tables.now());
    const made = await make(tables, { email, before: { role, approver }, invitedBy }, arrival);
    await tables.people.removeInvitation(id);
    return made;
  }

  async function comeUnasked(tables: Tables, arrival: Arrival): Promise<Person> {
    const { autoCreate, label } = arrival.provider;
    const { email } = arrival.vouched;
    if (!autoCreate) throw unknownPerson(label);
    if (email === null)
      throw new JobTriggerError(
        'forbidden',
        `${label} names no mail address of yours that it has verified. An administrator must invite you.`,
      );
    if ((await tables.people.byEmail(email)) !== null)
      throw new JobTriggerError(
        'forbidden',
        `There is an account for ${email} that ${label} is not linked to. Sign in to it as before and add ${label} on your profile.`,
      );
    return make(tables, { email, before: null, invitedBy: null }, arrival);
  }

  return {
    async begin({ provider, state, browser, personId, invitation, timezone }) {
      const invitationHash = invitation === null ? null : hashOfToken(invitation);
      const zone = timezone !== null && isKnownZone(timezone) ? timezone : null;
      await audited(store, async (tables) => {
        const now = await tables.now();
        if (invitationHash !== null) await invitationOf(tables, invitationHash, now);
        await tables.identities.begin({
          stateHash: hashOfToken(state),
          browserHash: hashOfToken(browser),
          provider,
          personId,
          invitationHash,
          timezone: zone,
          expiresAt: now + flowMs,
        });
        noteNothing(tables);
      });
    },

    async take({ provider, state, browser }) {
      const flow = await store.identities.take(hashOfToken(state));
      if (flow === null || flow.provider !== provider || flow.browserHash !== hashOfToken(browser)) throw lost();
      if (flow.expiresAt <= (await store.now())) throw lost();
      return flow;
    },

    async signIn(provider, vouched, flow, from) {
      const [person = 0, identity = 0] = await store.ids(2);
      const arrival: Arrival = { provider, vouched, flow, from, ids: { person, identity } };
      const here = await audited(store, async (tables) => {
        // Who is known and has the same rights as before changes nothing; the sign-in itself is told with its session.
        noteNothing(tables);
        await tables.people.lock();
        const known = await tables.identities.bySubject(vouched.issuer, vouched.subject);
        if (known !== null) return comeBack(tables, known, arrival);
        return flow.invitationHash === null
          ? comeUnasked(tables, arrival)
          : accept(tables, flow.invitationHash, arrival);
      });
      store.bell.ring('change');
      return here;
    },

    async link(personId, vouched, actor) {
      const [id = 0] = await store.ids(1);
      return audited(store, async (tables) => {
        await tables.people.lock();
        const person = await tables.people.get(personId);
        if (person === null) throw notFound('person');
        const identity = await insert(tables, personId, id, vouched);
        const { issuer, account } = vouched;
        await tables.events.append([
          { kind: 'person.linked', actor: actor.name, data: { name: person.name, via: actor.via, issuer } },
        ]);
        const after = { issuer, account };
        await note(tables, actor, { action: 'person.linked', subject: subjectOf('person', person), after });
        return identity;
      });
    },

    list: (personId) => store.identities.list(personId),

    async unlink(personId, id, actor) {
      await audited(store, async (tables) => {
        await tables.people.lock();
        const person = await tables.people.get(personId);
        const all = await tables.identities.list(personId);
        const found = all.find((identity) => identity.id === id);
        if (person === null || found === undefined) throw notFound('linked sign-in');
        const passkeys = await tables.signInMethods.passkeys(personId);
        if (person.passwordHash === '' && all.length === 1 && passkeys.length === 0)
          throw new JobTriggerError('conflict', 'This is the only way into your account. Add another one first.');
        await tables.identities.remove(id);
        const { issuer, account } = found;
        await tables.events.append([
          { kind: 'person.unlinked', actor: actor.name, data: { name: person.name, via: actor.via, issuer } },
        ]);
        const before = { issuer, account };
        await note(tables, actor, { action: 'person.unlinked', subject: subjectOf('person', person), before });
      });
    },

    refused: (provider, actor) =>
      record(store, actor, { action: 'sign_in.failed', subject: namedSubject('person', null), after: { provider } }),
  };
}
