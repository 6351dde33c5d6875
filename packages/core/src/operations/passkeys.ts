/** Passkeys: what is known of them. Whether an authenticator's answer is right is the caller's business, as a password's hash is. */
import { invalidField, JobTriggerError } from '../errors.ts';
import type { Id } from '../model/id.ts';
import type { Person } from '../model/person.ts';
import type { Passkey } from '../model/sign-in-method.ts';
import { audited, note, noteNothing, subjectOf } from './audited.ts';
import type { Actor, OperationContext } from './context.ts';
import { notFound } from './jobs.ts';
import { toldOfPerson } from './people.ts';

type NewPasskey = Pick<Passkey, 'name' | 'credentialId' | 'publicKey' | 'counter' | 'transports'>;

export interface PasskeyOperations {
  /** @throws `invalid`, `name_taken` for one that is known, `conflict` for the twenty-first */
  addPasskey(personId: Id, passkey: NewPasskey, actor: Actor): Promise<Passkey>;
  /** @throws `invalid`, `not_found` for none of theirs */
  renamePasskey(personId: Id, id: Id, name: string, actor: Actor): Promise<Passkey>;
  /** @throws `not_found` for none of theirs */
  removePasskey(personId: Id, id: Id, actor: Actor): Promise<void>;
  /** The passkey that an authenticator names, with whose it is; null for none, or of somebody shut out. */
  passkeyNamed(credentialId: string): Promise<{ readonly passkey: Passkey; readonly person: Person } | null>;
  /** Notes a use that was proven. @returns false when its count did not rise: there are two of it, or the answer is an old one */
  usePasskey(passkey: Passkey, counter: number): Promise<boolean>;
}

const mostPasskeys = 20;

function checkedName(name: string): string {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > 100) throw invalidField('name', 'needs 1 to 100 characters');
  return trimmed;
}

export function passkeyOperations({ store }: OperationContext): PasskeyOperations {
  return {
    async addPasskey(personId, { name, ...credential }, actor) {
      const called = checkedName(name);
      const [id = 0] = await store.ids(1);
      const made = await audited(store, async (tables) => {
        await tables.people.lock();
        const person = await tables.people.get(personId);
        if (person === null) throw notFound('person');
        if ((await tables.signInMethods.passkeys(personId)).length >= mostPasskeys)
          throw new JobTriggerError('conflict', `There are ${mostPasskeys} passkeys already. Remove one first.`);
        const createdAt = await tables.now();
        const passkey: Passkey = { id, createdAt, personId, name: called, ...credential, usedAt: null };
        await tables.signInMethods.addPasskey(passkey);
        await tables.events.append([toldOfPerson('person.passkey_added', person, actor, { passkey: called })]);
        const after = { passkey: called };
        await note(tables, actor, { action: 'person.passkey_added', subject: subjectOf('person', person), after });
        return passkey;
      });
      store.bell.ring('change');
      return made;
    },

    async renamePasskey(personId, id, name, actor) {
      const called = checkedName(name);
      const renamed = await audited(store, async (tables) => {
        const person = await tables.people.get(personId);
        const before = await tables.signInMethods.renamePasskey(personId, id, called);
        if (person === null || before === null) throw notFound('passkey');
        if (before.name === called) {
          noteNothing(tables);
          return before;
        }
        const data = { passkey: called, before: before.name };
        await tables.events.append([toldOfPerson('person.passkey_renamed', person, actor, data)]);
        await note(tables, actor, {
          action: 'person.passkey_renamed',
          subject: subjectOf('person', person),
          before: { passkey: before.name },
          after: { passkey: called },
        });
        return { ...before, name: called };
      });
      store.bell.ring('change');
      return renamed;
    },

    async removePasskey(personId, id, actor) {
      await audited(store, async (tables) => {
        const person = await tables.people.get(personId);
        const removed = await tables.signInMethods.removePasskey(personId, id);
        if (person === null || removed === null) throw notFound('passkey');
        const { name } = removed;
        await tables.events.append([toldOfPerson('person.passkey_removed', person, actor, { passkey: name })]);
        const before = { passkey: name };
        await note(tables, actor, { action: 'person.passkey_removed', subject: subjectOf('person', person), before });
      });
      store.bell.ring('change');
    },

    async passkeyNamed(credentialId) {
      const passkey = await store.signInMethods.passkey(credentialId);
      const person = passkey === null ? null : await store.people.get(passkey.personId);
      return passkey === null || person === null || !person.active ? null : { passkey, person };
    },

    async usePasskey({ id }, counter) {
      return store.signInMethods.usePasskey(id, counter, await store.now());
    },
  };
}
