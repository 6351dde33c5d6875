/** How the key of the installation stands: which it is, and what is still sealed with one before it. */
import { JobTriggerError } from '../errors.ts';
import type { Instant } from '../model/instant.ts';
import { readKeys, type KeyRing } from '../secrets/installation-key.ts';
import type { Store } from '../store/store.ts';
import type { OperationContext } from './context.ts';
import { keysOf } from './installation-box.ts';

export interface KeyState {
  /** Null where there is no key that can be used. */
  readonly keyId: string | null;
  readonly source: 'file' | 'settings';
  /** At hand besides the one in force: one while a rotation is not over. */
  readonly formerKeys: number;
  /** Values sealed with another key, counted up to a thousand. */
  readonly toReseal: number;
  /** Machines whose workers and schedulers are at work, by name: each needs the key. */
  readonly hosts: readonly string[];
  readonly problem: string | null;
}

const mostCounted = 1000;

function ringOf(context: OperationContext): KeyRing | string {
  try {
    return readKeys(keysOf(context), 'key wrapping');
  } catch (error) {
    if (error instanceof JobTriggerError && error.code === 'secret_unreadable') return error.message;
    throw error;
  }
}

async function hostsAtWork({ workers, schedulers }: Store, since: Instant): Promise<readonly string[]> {
  const seen = [...(await workers.list()), ...(await schedulers.list())].filter(({ beatAt }) => beatAt > since);
  return [...new Set(seen.map(({ host }) => host))].sort();
}

export async function keyState(context: OperationContext): Promise<KeyState> {
  const { store, secretKey = null, lostAfterMs = 60_000 } = context;
  const source = secretKey === null ? 'file' : 'settings';
  const hosts = await hostsAtWork(store, (await store.now()) - lostAfterMs);
  const ring = ringOf(context);
  if (typeof ring === 'string') return { keyId: null, source, formerKeys: 0, toReseal: 0, hosts, problem: ring };
  const { current, former } = ring;
  const others = await store.secrets.sealedWithOther(current.id, mostCounted);
  return {
    keyId: current.id,
    source,
    formerKeys: former.length,
    toReseal: Math.min(others.length, mostCounted),
    hosts,
    problem: null,
  };
}
