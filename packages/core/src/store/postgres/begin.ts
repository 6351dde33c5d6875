import type { Millis } from '../../model/instant.ts';
import type { TransactionOptions } from '../store.ts';
import type { Query } from './session.ts';

export interface BeginOptions extends TransactionOptions {
  /** For how long it waits for a lock. Default: the session's. */
  readonly lockMs?: Millis;
}

/** The first statement of a transaction, and what it sets, in one message. */
function beginning({ idleMs, lockMs }: BeginOptions): string {
  const begin = ['BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE'];
  if (idleMs !== undefined) begin.push(`SET LOCAL idle_in_transaction_session_timeout = ${idleMs}`);
  if (lockMs !== undefined) begin.push(`SET LOCAL lock_timeout = ${lockMs}`);
  return begin.join('; ');
}

/**
 * Begins a transaction. @returns its queries: what is asked for before the next turn goes with the beginning where that only reads,
 * and everything else waits until it has begun
 */
export async function begin(query: Query, options: BeginOptions): Promise<Query> {
  const begun = query({ text: beginning(options) });
  if (options.readsFirst !== true) {
    await begun;
    return query;
  }
  let mayGo = true;
  process.nextTick(() => (mayGo = false));
  begun.then(() => (mayGo = true)).catch(() => undefined);
  return async (config) => {
    if (!mayGo) await begun;
    return query(config);
  };
}
