import { sql } from 'kysely';
import { JobTriggerError } from '../../errors.ts';
import type { Id } from '../../model/id.ts';
import type { Invitation, Person, Role } from '../../model/person.ts';
import type { PeopleTable, SignIn } from '../people-table.ts';
import type { InvitationRow, PersonRow, SignInRow } from './people-schema.ts';
import { truth } from './schema.ts';
import { first, type Session } from './session.ts';

/** Names the lock of people among PostgreSQL's advisory ones. */
const peopleLock = 0x6a74_7032;

type Read<Row, Flags extends string> = Omit<Row, Flags> & { readonly [F in Flags]: boolean | 0 | 1 };

function toPerson(row: Read<PersonRow, 'active' | 'approver'>): Person {
  return {
    id: row.id,
    createdAt: row.created_at,
    email: row.email,
    name: row.name,
    role: row.role as Role,
    approver: truth(row.approver),
    timezone: row.timezone,
    active: truth(row.active),
    passwordHash: row.password_hash,
    epoch: row.epoch,
    seenAt: row.seen_at,
  };
}

function toSignIn(row: SignInRow): SignIn {
  return {
    hash: row.hash,
    personId: row.person_id,
    createdAt: row.created_at,
    seenAt: row.seen_at,
    expiresAt: row.expires_at,
    userAgent: row.user_agent,
    address: row.address,
    epoch: row.epoch,
    provenAt: row.proven_at,
    ...(row.viewed_id === null ? {} : { viewedId: row.viewed_id, viewedUntil: row.viewed_until }),
  };
}

function toInvitation(row: Read<InvitationRow, 'approver'>): Invitation {
  return {
    id: row.id,
    createdAt: row.created_at,
    email: row.email,
    role: row.role as Role,
    approver: truth(row.approver),
    hash: row.hash,
    expiresAt: row.expires_at,
    invitedBy: row.invited_by,
  };
}

/** Everything that stands on an account alone goes with it. */
async function removeWithAll(session: Session, id: Id): Promise<boolean> {
  const { build } = session;
  await session.change(build.deleteFrom('sign_ins').where('person_id', '=', id));
  const own = [
    'one_time_keys',
    'recovery_codes',
    'passkeys',
    'sign_in_challenges',
    'identities',
    'oidc_flows',
    'api_keys',
    'device_sign_ins',
  ] as const;
  for (const table of own) await session.change(build.deleteFrom(table).where('person_id', '=', id));
  await session.change(build.deleteFrom('calendar_feeds').where('person_id', '=', id));
  await session.change(build.deleteFrom('job_grants').where('grantee_id', '=', id));
  await session.change(build.deleteFrom('team_members').where('person_id', '=', id));
  await session.change(build.deleteFrom('secrets').where('scope', '=', 'person').where('owner_id', '=', id));
  await session.change(build.deleteFrom('limits').where('kind', '=', 'person').where('name', '=', String(id)));
  await session.change(build.deleteFrom('page_settings').where('owner_id', '=', id));
  const views = build.updateTable('sign_ins').set({ viewed_id: null, viewed_until: null });
  await session.change(views.where('viewed_id', '=', id));
  await session.change(build.updateTable('attention_items').set({ owner_id: null }).where('owner_id', '=', id));
  return (await session.change(build.deleteFrom('people').where('id', '=', id))) > 0;
}

type Accounts = Pick<
  PeopleTable,
  'insert' | 'update' | 'remove' | 'lock' | 'byEmail' | 'get' | 'list' | 'firstAdmin' | 'count' | 'setPassword'
>;

function accounts(session: Session): Accounts {
  const { build } = session;
  const all = build.selectFrom('people').selectAll();
  const one = async (query: typeof all): Promise<Person | null> => {
    const row = await first(session, query);
    return row === null ? null : toPerson(row);
  };
  const columns = (person: Person) => ({
    name: person.name,
    role: person.role,
    approver: person.approver,
    timezone: person.timezone,
    active: person.active,
    epoch: person.epoch,
  });
  return {
    async insert(person) {
      const row = {
        id: person.id,
        created_at: person.createdAt,
        email: person.email,
        password_hash: person.passwordHash,
        seen_at: person.seenAt,
        ...columns(person),
      };
      const insert = build.insertInto('people').values(row);
      if ((await session.change(insert.onConflict((on) => on.doNothing()))) > 0) return;
      const fields = [{ path: 'email', message: 'is in use' }];
      throw new JobTriggerError('name_taken', `There is already an account for ${person.email}.`, { fields });
    },
    async update(person) {
      return (await session.change(build.updateTable('people').set(columns(person)).where('id', '=', person.id))) > 0;
    },
    remove: (id) => removeWithAll(session, id),
    async lock() {
      if (session.kind === 'sqlite') return;
      await session.rows(build.selectNoFrom(sql`pg_advisory_xact_lock(${sql.lit(peopleLock)})`.as('locked')));
    },
    byEmail: (email) => one(all.where('email', '=', email.toLowerCase())),
    get: (id) => one(all.where('id', '=', id)),
    async list() {
      return (await session.rows(all.orderBy(sql`lower(name)`).orderBy('id'))).map(toPerson);
    },
    firstAdmin: () =>
      one(all.where('role', '=', 'admin').orderBy('active', 'desc').orderBy('created_at').orderBy('id').limit(1)),
    async count() {
      const counted = build.selectFrom('people').select((on) => on.fn.countAll<number>().as('count'));
      return (await first(session, counted))?.count ?? 0;
    },
    async setPassword(id, passwordHash) {
      await session.change(build.updateTable('people').set({ password_hash: passwordHash }).where('id', '=', id));
    },
  };
}

/** Accounts, their credentials and invitations, on either database. */
export function peopleTable(session: Session): PeopleTable {
  const { build } = session;
  const signIns = build.selectFrom('sign_ins').selectAll();
  const invitations = build.selectFrom('invitations').selectAll();
  return {
    ...accounts(session),
    async addSignIn(signIn) {
      const row: SignInRow = {
        hash: signIn.hash,
        person_id: signIn.personId,
        created_at: signIn.createdAt,
        seen_at: signIn.seenAt,
        expires_at: signIn.expiresAt,
        user_agent: signIn.userAgent,
        address: signIn.address,
        epoch: signIn.epoch,
        proven_at: signIn.provenAt,
        viewed_id: signIn.viewedId ?? null,
        viewed_until: signIn.viewedUntil ?? null,
      };
      await session.change(build.insertInto('sign_ins').values(row));
    },
    async signIn(hash) {
      const row = await first(session, signIns.where('hash', '=', hash));
      return row === null ? null : toSignIn(row);
    },
    async signInsOf(personId) {
      const own = signIns.where('person_id', '=', personId).orderBy('created_at', 'desc').orderBy('hash').limit(500);
      return (await session.rows(own)).map(toSignIn);
    },
    async touchSignIn(hash, seenAt) {
      await session.change(build.updateTable('sign_ins').set({ seen_at: seenAt }).where('hash', '=', hash));
      const whose = build.selectFrom('sign_ins').select('person_id').where('hash', '=', hash);
      await session.change(build.updateTable('people').set({ seen_at: seenAt }).where('id', 'in', whose));
    },
    async proveSignIn(hash, provenAt) {
      await session.change(build.updateTable('sign_ins').set({ proven_at: provenAt }).where('hash', '=', hash));
    },
    async viewAs(hash, view) {
      const set = { viewed_id: view?.personId ?? null, viewed_until: view?.until ?? null };
      const changed = build.updateTable('sign_ins').set(set).where('hash', '=', hash);
      // Of two that end it at once, one is told so.
      return (await session.change(view === null ? changed.where('viewed_id', 'is not', null) : changed)) > 0;
    },
    async endSignIn(hash) {
      await session.change(build.deleteFrom('sign_ins').where('hash', '=', hash));
    },
    endSignIns(personId, but = null) {
      const all = build.deleteFrom('sign_ins').where('person_id', '=', personId);
      return session.change(but === null ? all : all.where('hash', '<>', but));
    },
    pruneSignIns: (now) => session.change(build.deleteFrom('sign_ins').where(sql<boolean>`expires_at <= ${now}`)),
    async invite(invitation) {
      const set = {
        id: invitation.id,
        created_at: invitation.createdAt,
        role: invitation.role,
        approver: invitation.approver,
        hash: invitation.hash,
        expires_at: invitation.expiresAt,
        invited_by: invitation.invitedBy,
      };
      const insert = build.insertInto('invitations').values({ email: invitation.email, ...set });
      await session.change(insert.onConflict((on) => on.column('email').doUpdateSet(set)));
    },
    async invitations() {
      const ordered = invitations.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(500);
      return (await session.rows(ordered)).map(toInvitation);
    },
    async invitation(hash) {
      const row = await first(session, invitations.where('hash', '=', hash));
      return row === null ? null : toInvitation(row);
    },
    async removeInvitation(id) {
      return (await session.change(build.deleteFrom('invitations').where('id', '=', id))) > 0;
    },
    pruneInvitations: (before) => session.change(build.deleteFrom('invitations').where('expires_at', '<', before)),
  };
}
