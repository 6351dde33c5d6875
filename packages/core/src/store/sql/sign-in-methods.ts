import { sql } from 'kysely';
import { JobTriggerError } from '../../errors.ts';
import type { Id } from '../../model/id.ts';
import type { Instant } from '../../model/instant.ts';
import type { ChallengePurpose, Passkey, SecondFactors, SignInChallenge } from '../../model/sign-in-method.ts';
import type { SignInMethodTable } from '../sign-in-method-table.ts';
import { first, type Session } from './session.ts';
import type { PasskeyRow, SignInChallengeRow } from './sign-in-method-schema.ts';

function toPasskey(row: PasskeyRow): Passkey {
  return {
    id: row.id,
    createdAt: row.created_at,
    personId: row.person_id,
    name: row.name,
    credentialId: row.credential_id,
    publicKey: row.public_key,
    counter: row.counter,
    transports: row.transports === '' ? [] : row.transports.split(' '),
    usedAt: row.used_at,
  };
}

function toChallenge(row: SignInChallengeRow): SignInChallenge {
  return {
    hash: row.hash,
    purpose: row.purpose as ChallengePurpose,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    personId: row.person_id,
    epoch: row.epoch,
    signIn: row.sign_in,
    challenge: row.challenge,
    tries: row.tries,
  };
}

type Codes = Pick<
  SignInMethodTable,
  | 'beginOneTime'
  | 'oneTime'
  | 'confirmOneTime'
  | 'countTry'
  | 'takeStep'
  | 'setRecoveryCodes'
  | 'recoveryCodes'
  | 'takeRecoveryCode'
  | 'removeOneTime'
>;

function codes(session: Session): Codes {
  const { build } = session;
  const keys = build.selectFrom('one_time_keys').selectAll();
  const change = build.updateTable('one_time_keys');
  const removeRecovery = (personId: Id) =>
    session.change(build.deleteFrom('recovery_codes').where('person_id', '=', personId));
  return {
    async beginOneTime({ personId, createdAt, secret, confirmedAt, lastStep }) {
      const row = {
        created_at: createdAt,
        secret,
        confirmed_at: confirmedAt,
        last_step: lastStep,
        wrong: 0,
        wrong_since: 0,
      };
      const insert = build.insertInto('one_time_keys').values({ person_id: personId, ...row });
      const place = insert.onConflict((on) =>
        on.column('person_id').doUpdateSet(row).where('one_time_keys.confirmed_at', 'is', null),
      );
      return (await session.change(place)) > 0;
    },
    async oneTime(personId) {
      const row = await first(session, keys.where('person_id', '=', personId));
      if (row === null) return null;
      return {
        personId: row.person_id,
        createdAt: row.created_at,
        secret: row.secret,
        confirmedAt: row.confirmed_at,
        lastStep: row.last_step,
      };
    },
    async confirmOneTime({ personId, secret }, at, step) {
      const confirm = change
        .set({ confirmed_at: at, last_step: step })
        .where('person_id', '=', personId)
        .where('secret', '=', secret)
        .where('confirmed_at', 'is', null);
      return (await session.change(confirm)) > 0;
    },
    async countTry(personId, now, { most, since }) {
      const isOld = sql<boolean>`wrong_since <= ${since}`;
      const count = change
        .set({
          wrong: sql<number>`CASE WHEN ${isOld} THEN 1 ELSE wrong + 1 END`,
          wrong_since: sql<number>`CASE WHEN ${isOld} THEN ${now} ELSE wrong_since END`,
        })
        .where('person_id', '=', personId)
        .where((where) => where.or([where('wrong', '<', most), isOld]));
      return (await session.change(count)) > 0;
    },
    async takeStep(personId, step) {
      const take = change
        .set({ last_step: step, wrong: 0, wrong_since: 0 })
        .where('person_id', '=', personId)
        .where('confirmed_at', 'is not', null)
        .where('last_step', '<', step);
      return (await session.change(take)) > 0;
    },
    async setRecoveryCodes(personId, hashes) {
      await removeRecovery(personId);
      await session.change(
        build.insertInto('recovery_codes').values(hashes.map((hash) => ({ person_id: personId, hash }))),
      );
    },
    async recoveryCodes(personId) {
      const counted = build.selectFrom('recovery_codes').select((on) => on.fn.countAll<number>().as('count'));
      return (await first(session, counted.where('person_id', '=', personId)))?.count ?? 0;
    },
    async takeRecoveryCode(personId, hash) {
      const take = build.deleteFrom('recovery_codes').where('person_id', '=', personId).where('hash', '=', hash);
      return (await session.change(take)) > 0;
    },
    async removeOneTime(personId) {
      await removeRecovery(personId);
      const remove = build.deleteFrom('one_time_keys').where('person_id', '=', personId);
      return (await session.rows(remove.returning('confirmed_at'))).some(({ confirmed_at: at }) => at !== null);
    },
  };
}

type Challenges = Pick<SignInMethodTable, 'addChallenge' | 'takeChallenge' | 'tryChallenge'>;

function challenges(session: Session): Challenges {
  const { build } = session;
  return {
    async addChallenge(challenge) {
      const row: SignInChallengeRow = {
        hash: challenge.hash,
        purpose: challenge.purpose,
        created_at: challenge.createdAt,
        expires_at: challenge.expiresAt,
        person_id: challenge.personId,
        epoch: challenge.epoch,
        sign_in: challenge.signIn,
        challenge: challenge.challenge,
        tries: challenge.tries,
      };
      await session.change(build.insertInto('sign_in_challenges').values(row));
    },
    async takeChallenge(hash, purpose, now) {
      const standing = build
        .deleteFrom('sign_in_challenges')
        .where('hash', '=', hash)
        .where('purpose', '=', purpose)
        .where('expires_at', '>', now);
      const row = await first(session, standing.returningAll());
      return row === null ? null : toChallenge(row);
    },
    async tryChallenge(hash, purpose, now, most) {
      const standing = build
        .updateTable('sign_in_challenges')
        .set((on) => ({ tries: on('tries', '+', 1) }))
        .where('hash', '=', hash)
        .where('purpose', '=', purpose)
        .where('expires_at', '>', now)
        .where('tries', '<', most);
      const row = await first(session, standing.returningAll());
      return row === null ? null : toChallenge(row);
    },
  };
}

/** What people show besides a password, on either database. */
export function signInMethodTable(session: Session): SignInMethodTable {
  const { build } = session;
  const passkeys = build.selectFrom('passkeys').selectAll();
  return {
    ...codes(session),
    ...challenges(session),
    async addPasskey(passkey) {
      const row: PasskeyRow = {
        id: passkey.id,
        created_at: passkey.createdAt,
        person_id: passkey.personId,
        name: passkey.name,
        credential_id: passkey.credentialId,
        public_key: passkey.publicKey,
        counter: passkey.counter,
        transports: passkey.transports.join(' '),
        used_at: passkey.usedAt,
      };
      const insert = build.insertInto('passkeys').values(row);
      if ((await session.change(insert.onConflict((on) => on.doNothing()))) > 0) return;
      throw new JobTriggerError('name_taken', 'This passkey is known already.');
    },
    async passkey(credentialId) {
      const row = await first(session, passkeys.where('credential_id', '=', credentialId));
      return row === null ? null : toPasskey(row);
    },
    async passkeys(personId) {
      const own = passkeys.where('person_id', '=', personId).orderBy('created_at', 'desc').orderBy('id', 'desc');
      return (await session.rows(own)).map(toPasskey);
    },
    async renamePasskey(personId, id, name) {
      const own = passkeys.where('id', '=', id).where('person_id', '=', personId);
      const row = await first(session, session.kind === 'postgres' ? own.forUpdate() : own);
      if (row === null) return null;
      await session.change(build.updateTable('passkeys').set({ name }).where('id', '=', id));
      return toPasskey(row);
    },
    async usePasskey(id, counter, at: Instant) {
      const use = build
        .updateTable('passkeys')
        .set({ counter, used_at: at })
        .where('id', '=', id)
        .where((where) =>
          where.or([where('counter', '<', counter), where.and([where('counter', '=', 0), where.lit(counter === 0)])]),
        );
      return (await session.change(use)) > 0;
    },
    async removePasskey(personId, id) {
      const remove = build.deleteFrom('passkeys').where('id', '=', id).where('person_id', '=', personId);
      const row = await first(session, remove.returningAll());
      return row === null ? null : toPasskey(row);
    },
    removePasskeys: (personId) => session.change(build.deleteFrom('passkeys').where('person_id', '=', personId)),
    async secondFactors() {
      const found = new Map<Id, SecondFactors>();
      const confirmed = build.selectFrom('one_time_keys').select('person_id').where('confirmed_at', 'is not', null);
      for (const { person_id: id } of await session.rows(confirmed)) found.set(id, { oneTimeCodes: true, passkeys: 0 });
      const counted = build
        .selectFrom('passkeys')
        .select(['person_id', (on) => on.fn.countAll<number>().as('count')])
        .groupBy('person_id');
      for (const { person_id: id, count } of await session.rows(counted))
        found.set(id, { oneTimeCodes: found.has(id), passkeys: count });
      return found;
    },
    async prune(now, before) {
      const over = build.deleteFrom('sign_in_challenges').where('expires_at', '<=', now);
      const unconfirmed = build
        .deleteFrom('one_time_keys')
        .where('confirmed_at', 'is', null)
        .where('created_at', '<', before);
      return (await session.change(over)) + (await session.change(unconfirmed));
    },
  };
}
