import type { TransactionOptions } from '../store.ts';
import type { Query } from './session.ts';

/** The first statement of a transaction, and what it sets, in one message. */
function beginning({ idleMs }: TransactionOptions): string {
  const begin = ['BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE'];
  if (idleMs !== undefined) begin.push(`SET LOCAL idle_in_transaction_session_timeout = ${idleMs}`);
  return begin.join('; ');
}

/**
 * Begins a transaction. @returns its queries: what is asked for before the next turn goes with the beginning where that only reads,
 * and everything else waits until it has begun
 */
export async function begin(query: Query, options: TransactionOptions): Promise<Query> {
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
