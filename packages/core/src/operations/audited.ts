/**
 * The one way in which an operation changes something: {@link audited} is the transaction, {@link note} says what was done.
 * A transaction that says nothing fails, so that no operation can forget it:
 *
 * ```ts
 * audited(store, async (tables) => {
 *   const before = await existing(tables, id);
 *   const after = { ...before, name };
 *   await tables.webhooks.update(after);
 *   await note(tables, actor, { action: 'webhook.changed', subject: subjectOf('webhook', after), before, after });
 *   return after;
 * });
 * ```
 */
import { JobTriggerError } from '../errors.ts';
import type { AuditAction, AuditSubject, AuditSubjectKind } from '../model/audit.ts';
import { toUuid, type Reference } from '../model/id.ts';
import { differencesOf } from '../policy/audit-difference.ts';
import type { Store, Tables, TransactionOptions } from '../store/store.ts';
import type { Actor } from './context.ts';

/** What somebody did. Secrets in `before` and `after` are masked (`policy/audit-mask.ts`). */
export interface Act {
  readonly action: AuditAction;
  readonly subject: AuditSubject;
  /** The thing as it was; absent for one that was made, or an act that changes no field. */
  readonly before?: object | null;
  /** As it is now, or what the act was given; absent for one that is gone. */
  readonly after?: object | null;
}

const told = new WeakSet<Tables>();

/** What is written of a thing: not who it is, which stands beside, nor when it was written, which the row says. */
function factsOf(thing: object | null | undefined) {
  if (thing === null || thing === undefined) return null;
  const { id: _, createdAt: __, updatedAt: ___, ...facts } = thing as Readonly<Record<string, unknown>>;
  return facts;
}

/** Says, inside a transaction, what it does. Its row is written with the commit, or not at all. */
export async function note(tables: Tables, actor: Actor, { action, subject, before, after }: Act): Promise<void> {
  told.add(tables);
  const { personId, name, via, address = null, requestId = null, keyId = null } = actor;
  const who = { personId, name, via, address, requestId, keyId };
  await tables.audit.add([{ who, action, subject, changes: differencesOf(factsOf(before), factsOf(after)) }]);
}

/** Says that a transaction does nothing that is kept: it was so already, or a machine asked. */
export function noteNothing(tables: Tables): void {
  told.add(tables);
}

/**
 * Carries a change out in one transaction, with what the audit keeps of it.
 *
 * @throws `internal`, and keeps nothing, when `work` has called neither {@link note} nor {@link noteNothing}
 */
export function audited<T>(
  store: Pick<Store, 'transaction'>,
  work: (tables: Tables) => Promise<T>,
  options?: TransactionOptions,
): Promise<T> {
  return store.transaction(async (tables) => {
    const result = await work(tables);
    if (!told.has(tables)) throw new JobTriggerError('internal', 'A change told the audit nothing.');
    return result;
  }, options);
}

/** Writes down an act that changes no row of its own: a sign-in that was refused, a backup. */
export function record(store: Pick<Store, 'transaction'>, actor: Actor, act: Act): Promise<void> {
  return audited(store, (tables) => note(tables, actor, act));
}

export function subjectOf(kind: AuditSubjectKind, thing: Reference & { readonly name?: string | null }): AuditSubject {
  return { kind, id: toUuid(thing), name: thing.name ?? null };
}

/** Of a thing that is known by its name alone, or by none. */
export const namedSubject = (kind: AuditSubjectKind, name: string | null): AuditSubject => ({ kind, id: null, name });
