/** Requests that a caller may repeat: the first carries something out, the others get its answer. */
import { JobTriggerError } from '../errors.ts';
import type { Store, TransactionOptions } from '../store/store.ts';
import { audited, noteNothing } from './audited.ts';

/** A repeatable request, as its caller named it. Kept for 24 h. */
export interface Once {
  /** The caller's own, from the header `Idempotency-Key`. */
  readonly key: string;
  /** The header that names it. Default: `Idempotency-Key`. */
  readonly header?: string;
  /** Caller and path: under another of either the same key is another one. */
  readonly scope: string;
  /** Tells two requests under one key apart. */
  readonly requestHash: string;
  /** Called when the answer is that of an earlier request. */
  readonly onReplay: () => void;
}

type Kept = { readonly requestHash: string; readonly answer: unknown } | null;

function earlier<T>(kept: NonNullable<Kept>, { key, requestHash, header = 'Idempotency-Key' }: Once): T {
  if (kept.requestHash === requestHash) return kept.answer as T;
  const message = `'${key.slice(0, 40)}' was used with another body; a new request needs a new key`;
  throw new JobTriggerError('invalid', `${header}: ${message}`, {
    fields: [{ path: header, message }],
  });
}

/**
 * Carries `change` out unless the same request was carried out before. Key, effect and answer are one transaction, so
 * that of many at once one has the effect; a change that fails leaves the key free.
 *
 * @param change does all its writing in one call of `transaction`, an audited one, whose result is its answer and survives JSON
 * @param options of the transaction of a request that names no key: who looks for a key may have to wait for whoever has it
 * @throws `invalid` naming the header when the key stands for another request
 */
export async function answerOnce<T>(
  store: Store,
  once: Once | undefined,
  change: (transaction: (work: Parameters<typeof store.transaction<T>>[0]) => Promise<T>) => Promise<T>,
  options: Pick<TransactionOptions, 'about'> = {},
): Promise<T> {
  if (once === undefined) return change((work) => audited(store, work, options));
  // Before anything is checked: what was acceptable then may not be so now.
  const kept = await store.idempotency.find(once.key, once.scope);
  if (kept !== null) {
    const answer = earlier<T>(kept, once);
    once.onReplay();
    return answer;
  }
  return change(async (work) => {
    const { answer, replayed } = await audited(store, async (tables) => {
      const taken = await tables.idempotency.take(once.key, once.scope, once.requestHash);
      if (taken !== null) {
        noteNothing(tables);
        return { answer: earlier<T>(taken, once), replayed: true };
      }
      const fresh = await work(tables);
      await tables.idempotency.answer(once.key, once.scope, fresh);
      return { answer: fresh, replayed: false };
    });
    if (replayed) once.onReplay();
    return answer;
  });
}
