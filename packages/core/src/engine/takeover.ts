/** Registering under a known name proves the former incarnation dead, and settles what it left, at once. */
import { toUuid } from '../model/id.ts';
import type { Millis } from '../model/instant.ts';
import type { JournalEntry } from '../spawner/journal.ts';
import type { ProcessIdentity, Worker } from '../model/worker.ts';
import type { Holder } from '../store/dispatch-table.ts';
import type { Store } from '../store/store.ts';
import { systemClock } from '../system/clock.ts';
import type { System } from '../system/system.ts';
import type { EngineSettings } from '../model/settings.ts';
import type { FolderLock } from './folder-lock.ts';
import type { Host } from './host.ts';
import type { Remains } from './remains.ts';
import { settleHolder } from './settle.ts';

/** What a process holds against a former one. */
export interface Claimant {
  readonly host: Host;
  /** Of the folder whose lock it holds; null without one. */
  readonly folderId: string | null;
  /** All workers of the installation are on this machine: its database is a file. */
  readonly isAlone: boolean;
}

export interface OwnName {
  readonly name: string;
  /** Null where the worker has no folder. Whoever stops the worker releases it. */
  readonly lock: FolderLock | null;
}

/** Somebody else settles or starts in the machine's time, also under a clock that a test moves. */
const machine = systemClock({ keepsAlive: true });
const lookEveryMs: Millis = 50;
/** Half a minute: longer than it takes to end the trees of a worker, and to settle thousands of its runs. */
const mostLooks = 600;

export interface NameWish {
  readonly store: Store;
  readonly wished: string;
  readonly host: Host;
  /** Takes the lock of the folder of a worker of that name; null while another process holds it. */
  readonly lockOf: ((name: string) => FolderLock | null) | null;
}

/**
 * The name under which a worker may register: the wished one, unless a living process bears it or holds its folder;
 * then the first free of `name-2`, `name-3` … Two workers on one machine that are started alike so find their own names
 * again.
 */
export async function ownName({ store, wished, host, lockOf }: NameWish): Promise<OwnName> {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? wished : `${wished}-${number}`;
    const lock = lockOf === null ? null : await lockOnce({ store, host, lockOf }, name);
    const isOpen = lockOf === null || lock !== null;
    const claimant = { host, folderId: idOf(lock), isAlone: store.kind === 'sqlite' };
    if (isOpen && (await isFree(store, name, claimant))) return { name, lock };
    lock?.release();
  }
}

/**
 * The lock of a folder that no living worker of that name holds comes free: whoever has it is starting and about to
 * register, or settles what a dead one left.
 */
async function lockOnce(
  { store, host, lockOf }: Pick<NameWish, 'store' | 'host'> & { readonly lockOf: (name: string) => FolderLock | null },
  name: string,
): Promise<FolderLock | null> {
  for (let looks = 0; ; looks += 1) {
    const lock = lockOf(name);
    if (lock !== null || looks === mostLooks) return lock;
    const former = await store.workers.byName(name);
    if (former !== null && former.lostAt === null && !isGoneHere(former, host)) return null;
    await new Promise<void>((resolve) => void machine.after(lookEveryMs, resolve));
  }
}

const idOf = (lock: FolderLock | null): string | null => (lock === null ? null : lock.id);

async function isFree(store: Store, name: string, claimant: Claimant): Promise<boolean> {
  const former = await store.workers.byName(name);
  return former === null || former.lostAt !== null || isProvenDead(former, claimant);
}

/**
 * Whether nothing of that process can be alive. By its folder, whose lock a living process would hold; by a boot of the
 * machine since; or because this machine shows that there is no such process. Process ids of another container say
 * nothing, and a number that was given out again belongs to another process.
 */
export function isProvenDead(former: Former, claimant: Claimant): boolean {
  return hasRebooted(former, claimant) || hasLostFolder(former, claimant) || isSeenGone(former, claimant.host);
}

type Former = Pick<Worker, 'host' | 'pid' | 'process' | 'folderId'>;

/** We hold what a living process of this machine would hold. */
function hasLostFolder(former: Former, { host, folderId }: Claimant): boolean {
  if (folderId === null || former.folderId !== folderId) return false;
  return former.host === host.name || isSameBoot(former.process, host.process);
}

const isSameBoot = (one: ProcessIdentity | null, other: ProcessIdentity | null): boolean =>
  one !== null && one.bootId === other?.bootId;

/** This machine shows that there is no such process, or that its number is our own by now. */
function isSeenGone(former: Former, host: Host): boolean {
  const isOurs = former.pid === host.pid;
  // Rows of earlier versions, and systems without a process table, have no more than names and numbers.
  if (former.process === null || host.process === null)
    return former.host === host.name && (isOurs || !host.isAlive(former.pid, null));
  return isGoneHere(former, host) || (isOurs && isSameSpace(former.process, host.process));
}

/**
 * This machine shows that the process of that worker is gone, while others of the same name may live. Never of what tells
 * no more than a name and a number.
 */
export function isGoneHere({ pid, process }: Pick<Worker, 'pid' | 'process'>, host: Host): boolean {
  return process !== null && isSameSpace(process, host.process) && !host.isAlive(pid, process.startedAt);
}

const isSameSpace = (one: ProcessIdentity, other: ProcessIdentity | null): boolean =>
  isSameBoot(one, other) && one.pidSpace === other?.pidSpace;

/** The machine of that process has been started anew since. */
export function hasRebooted(
  { process }: Pick<Worker, 'process'>,
  { host, isAlone }: Pick<Claimant, 'host' | 'isAlone'>,
): boolean {
  if (process === null || host.process === null || process.bootId === host.process.bootId) return false;
  return isAlone || (process.machineId !== null && process.machineId === host.process.machineId);
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
  const journal = await leftBy({ store, system }, remains, holder);
  const { givenBack, finished } = await store.transaction(async (tables) => {
    await tables.workers.end(holder);
    const now = await tables.now();
    const { maxLost, breaker } = settings;
    return settleHolder(tables, holder, { cause: 'worker_died', maxLost, now, journal, breaker });
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

/** Ends what is left of the trees of a holder whose process is gone. @returns what its spawner wrote down */
export async function leftBy(
  options: Pick<TakeoverOptions, 'store' | 'system'>,
  remains: Remains | null,
  holder: Holder,
): Promise<readonly JournalEntry[]> {
  if (remains === null) return [];
  await endTrees(options, remains, holder);
  return entries(remains, options.system);
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
