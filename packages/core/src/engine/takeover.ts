/** Registering under a known name proves the former incarnation dead, and settles what it left, at once. */
import { toUuid } from '../model/id.ts';
import type { JournalEntry } from '../spawner/journal.ts';
import type { Worker } from '../model/worker.ts';
import type { Holder } from '../store/dispatch-table.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';
import type { EngineSettings } from '../model/settings.ts';
import type { Host } from './host.ts';
import type { Remains } from './remains.ts';
import { settleHolder } from './settle.ts';

/**
 * The name under which a worker may register: the wished one, unless a living process bears it; then the first free
 * of `name-2`, `name-3` … Two workers on one machine that are started alike so find their own names again.
 */
export async function freeName(store: Store, wished: string, host: Host): Promise<string> {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wished : `${wished}-${number}`;
    const former = await store.workers.byName(name);
    if (former === null || former.lostAt !== null || isProvenDead(former, host)) return name;
  }
}

/** Only a process of this machine can be seen to be gone; one that bears our own number is an earlier one. */
export function isProvenDead(former: Pick<Worker, 'host' | 'pid'>, host: Host): boolean {
  return former.host === host.name && (former.pid === host.pid || !host.isAlive(former.pid));
}

export interface TakeoverOptions {
  readonly store: Store;
  readonly system: System;
  readonly settings: EngineSettings;
  /** Null when it had no spawner. */
  readonly remains: Remains | null;
}

/**
 * Ends `former` and settles its leases in one transaction. What is left of its process trees is dead before: a run may
 * be claimed anew, and another of an exclusive job, as soon as its lease is gone (P5).
 *
 * @returns how many runs were settled or given back
 */
export async function takeOver({ store, system, settings, remains }: TakeoverOptions, former: Worker): Promise<number> {
  const holder = { workerId: former.id, incarnation: former.incarnation };
  if (remains !== null) await endTrees({ store, system }, remains, holder);
  const journal = remains === null ? [] : entries(remains, system);
  const { givenBack, finished } = await store.transaction(async (tables) => {
    await tables.workers.end(holder);
    const now = await tables.now();
    return settleHolder(tables, holder, { cause: 'worker_died', maxLost: settings.maxLost, now, journal });
  });
  const settled = givenBack + finished.length;
  if (settled > 0) {
    system.log.warn('settled what the former process of this worker left', {
      worker: former.name,
      givenBack,
      settled: finished.length,
    });
    store.bell.ring('queue');
    store.bell.ring('change');
  }
  return settled;
}

async function endTrees(
  { store, system }: Pick<TakeoverOptions, 'store' | 'system'>,
  remains: Remains,
  holder: Holder,
): Promise<void> {
  const begun = (await store.dispatch.leasesOf(holder)).filter(({ phase }) => phase !== 'claimed');
  if (begun.length === 0) return;
  const runIds = begun.map(({ runId: id, runCreatedAt: createdAt }) => toUuid({ id, createdAt }));
  const survivors = await remains.endTrees(runIds);
  if (survivors.length > 0) system.log.error('processes of the former worker cannot be ended', { survivors });
}

function entries(remains: Remains, { log }: System): readonly JournalEntry[] {
  try {
    return remains.journal();
  } catch (error) {
    log.warn('the journal cannot be read', { error: (error as Error).message });
    return [];
  }
}
