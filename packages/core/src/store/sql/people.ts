import { sql } from 'kysely';
import { JobTriggerError } from '../../errors.ts';
import type { PeopleTable, Person, Role, SignIn } from '../people-table.ts';
import { truth, type PersonRow, type SignInRow } from './schema.ts';
import { first, type Session } from './session.ts';

function toPerson(row: Omit<PersonRow, 'active'> & { readonly active: boolean | 0 | 1 }): Person {
  return {
    id: row.id,
    createdAt: row.created_at,
    email: row.email,
    name: row.name,
    role: row.role as Role,
    timezone: row.timezone,
    active: truth(row.active),
    passwordHash: row.password_hash,
    epoch: row.epoch,
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
  };
}

/** Accounts and their credentials, on either database. */
export function peopleTable(session: Session): PeopleTable {
  const { build } = session;
  const all = build.selectFrom('people').selectAll();
  const one = async (query: typeof all): Promise<Person | null> => {
    const row = await first(session, query);
    return row === null ? null : toPerson(row);
  };
  return {
    async insert(person) {
      const row = {
        id: person.id,
        created_at: person.createdAt,
        email: person.email,
        name: person.name,
        role: person.role,
        timezone: person.timezone,
        active: person.active,
        password_hash: person.passwordHash,
        epoch: person.epoch,
      };
      const inserted = await session.change(
        build
          .insertInto('people')
          .values(row)
          .onConflict((on) => on.doNothing()),
      );
      if (inserted > 0) return;
      const fields = [{ path: 'email', message: 'is in use' }];
      throw new JobTriggerError('name_taken', `There is already an account for ${person.email}.`, { fields });
    },
    byEmail: (email) => one(all.where('email', '=', email.toLowerCase())),
    get: (id) => one(all.where('id', '=', id)),
    firstAdmin: () => one(all.where('role', '=', 'admin').orderBy('created_at').orderBy('id').limit(1)),
    async count() {
      return (
        (
          await first(
            session,
            build.selectFrom('people').select((on) => on.fn.countAll<number>().as('count')),
          )
        )?.count ?? 0
      );
    },
    async setPassword(id, passwordHash) {
      await session.change(build.updateTable('people').set({ password_hash: passwordHash }).where('id', '=', id));
    },
    async addSignIn(signIn) {
      const row = {
        hash: signIn.hash,
        person_id: signIn.personId,
        created_at: signIn.createdAt,
        seen_at: signIn.seenAt,
        expires_at: signIn.expiresAt,
        user_agent: signIn.userAgent,
        address: signIn.address,
      };
      await session.change(build.insertInto('sign_ins').values(row));
    },
    async signIn(hash) {
      const row = await first(session, build.selectFrom('sign_ins').selectAll().where('hash', '=', hash));
      return row === null ? null : toSignIn(row);
    },
    async touchSignIn(hash, seenAt) {
      await session.change(build.updateTable('sign_ins').set({ seen_at: seenAt }).where('hash', '=', hash));
    },
    async endSignIn(hash) {
      await session.change(build.deleteFrom('sign_ins').where('hash', '=', hash));
    },
    async endSignIns(personId) {
      await session.change(build.deleteFrom('sign_ins').where('person_id', '=', personId));
    },
    pruneSignIns: (now) => session.change(build.deleteFrom('sign_ins').where(sql<boolean>`expires_at <= ${now}`)),
  };
}
