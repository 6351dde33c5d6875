/** Accounts of people whom another program has let in: what they own, and the audit, need somebody to name. */
import type { Person, Role } from '../model/person.ts';
import { audited, note, noteNothing, subjectOf } from './audited.ts';
import type { Actor, OperationContext } from './context.ts';
import { checkedPersonName } from './people.ts';

/** Somebody as the other program knows them. */
export interface HostAccount {
  /** Tells people apart. */
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly approver: boolean;
}

export interface HostAccountOperations {
  /**
   * The account that stands for somebody: made at the first time, and given the name and role that the program says. The
   * last administrator may be made less: who decides is elsewhere.
   *
   * @returns null when an administrator has shut them out here
   */
  accountOf(input: HostAccount): Promise<Person | null>;
}

const theHost: Actor = { personId: null, name: 'the host application', via: 'library' };

/** Nobody signs in by it: no password has this hash. */
const withoutPassword = { timezone: 'UTC', active: true, passwordHash: '', epoch: 1, seenAt: null } as const;

const factsOf = ({ name, role, approver }: Person) => ({ name, role, approver });

export function hostAccountOperations({ store }: OperationContext): HostAccountOperations {
  /** @returns the account where nothing is to be written, null for one that is shut out, undefined where something is */
  function settled(known: Person | null, { name, role, approver }: HostAccount): Person | null | undefined {
    if (known === null) return undefined;
    if (!known.active) return null;
    return known.name === name && known.role === role && known.approver === approver ? known : undefined;
  }

  async function write(account: HostAccount, id: number): Promise<Person | null> {
    return audited(store, async (tables) => {
      await tables.people.lock();
      const before = await tables.people.byEmail(account.email);
      const found = settled(before, account);
      if (found !== undefined) {
        noteNothing(tables);
        return found;
      }
      const after: Person = { ...withoutPassword, id, createdAt: await tables.now(), ...before, ...account };
      if (before === null) await tables.people.insert(after);
      else await tables.people.update(after);
      const action = before === null ? 'person.created' : 'person.changed';
      const { name, role, approver } = after;
      await tables.events.append([
        { kind: action, actor: theHost.name, data: { name, role, approver, via: theHost.via } },
      ]);
      const facts = { before: before === null ? null : factsOf(before), after: factsOf(after) };
      await note(tables, theHost, { action, subject: subjectOf('person', after), ...facts });
      return after;
    });
  }

  return {
    async accountOf(input) {
      const account = { ...input, email: input.email.trim().toLowerCase(), name: checkedPersonName(input.name) };
      const known = await store.people.byEmail(account.email);
      // Asked at each request: as long as nothing differs, nothing is written.
      const found = settled(known, account);
      if (found !== undefined) return found;
      const [id = 0] = known === null ? await store.ids(1) : [known.id];
      return write(account, id);
    },
  };
}
