/** By which ways people come in, and how an administrator takes away what somebody has lost. */
import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Passkey, SecondFactors } from '../model/sign-in-method.ts';
import { audited, note, noteNothing, subjectOf } from './audited.ts';
import type { Actor, OperationContext } from './context.ts';
import { notFound } from './jobs.ts';
import { oneTimeCodeOperations, type OneTimeCodeOperations } from './one-time-codes.ts';
import { passkeyOperations, type PasskeyOperations } from './passkeys.ts';
import { stillAdmin, toldOfPerson } from './people.ts';
import { challengeOperations, type ChallengeOperations } from './sign-in-challenges.ts';

/** What somebody may show besides the password. */
export interface SignInMethods {
  /** Null where no codes are asked for. */
  readonly codes: { readonly since: Instant; readonly recoveryCodes: number } | null;
  /** Newest first. */
  readonly passkeys: readonly Passkey[];
}

export interface SignInMethodOperations extends OneTimeCodeOperations, PasskeyOperations, ChallengeOperations {
  methodsOf(personId: Id): Promise<SignInMethods>;
  hasSecondFactor(personId: Id): Promise<boolean>;
  /** Of everybody who has any. */
  secondFactors(): Promise<ReadonlyMap<Id, SecondFactors>>;
  /** Codes and passkeys of somebody who has lost them; the password alone counts then. @throws `not_found`, `conflict` as for other rights */
  clearSecondFactors(id: Id, actor: Actor): Promise<SecondFactors>;
  /** Notes that whoever is signed in showed once more who they are. @param hash of the sign-in */
  prove(hash: string, person: { readonly id: Id }, actor: Actor): Promise<void>;
}

export function signInMethodOperations(context: OperationContext): SignInMethodOperations {
  const { store } = context;
  return {
    ...oneTimeCodeOperations(context),
    ...passkeyOperations(context),
    ...challengeOperations(context),

    async methodsOf(personId) {
      const key = await store.signInMethods.oneTime(personId);
      const since = key?.confirmedAt ?? null;
      const codes = since === null ? null : { since, recoveryCodes: await store.signInMethods.recoveryCodes(personId) };
      return { codes, passkeys: await store.signInMethods.passkeys(personId) };
    },

    async hasSecondFactor(personId) {
      const key = await store.signInMethods.oneTime(personId);
      return (key?.confirmedAt ?? null) !== null || (await store.signInMethods.passkeys(personId)).length > 0;
    },

    secondFactors: () => store.signInMethods.secondFactors(),

    async clearSecondFactors(id, actor) {
      const cleared = await audited(store, async (tables) => {
        await tables.people.lock();
        await stillAdmin(tables, actor);
        const person = await tables.people.get(id);
        if (person === null) throw notFound('person');
        const oneTimeCodes = await tables.signInMethods.removeOneTime(id);
        const passkeys = await tables.signInMethods.removePasskeys(id);
        if (!oneTimeCodes && passkeys === 0) {
          noteNothing(tables);
          return { oneTimeCodes, passkeys };
        }
        const had = { one_time_codes: oneTimeCodes, passkeys };
        await tables.events.append([toldOfPerson('person.second_factor_cleared', person, actor, had)]);
        const subject = subjectOf('person', person);
        await note(tables, actor, { action: 'person.second_factor_cleared', subject, before: had });
        return { oneTimeCodes, passkeys };
      });
      store.bell.ring('change');
      return cleared;
    },

    async prove(hash, { id }, actor) {
      await audited(store, async (tables) => {
        const person = await tables.people.get(id);
        if (person === null) throw notFound('person');
        await tables.people.proveSignIn(hash, await tables.now());
        await note(tables, actor, { action: 'sign_in.proven', subject: subjectOf('person', person) });
      });
    },
  };
}
