/** Signs a worker on: what a former process of its name left is settled, and a new incarnation begins. */
import { toUuid } from '../model/id.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { EngineSettings } from '../model/settings.ts';
import type { Containment } from '../model/worker.ts';
import type { Holder } from '../store/dispatch-table.ts';
import type { Store } from '../store/store.ts';
import type { System } from '../system/system.ts';
import type { Host } from './host.ts';
import { remainsOf, type Remains } from './remains.ts';
import { isProvenDead, takeOver } from './takeover.ts';

export interface RegistrationOptions {
  readonly store: Store;
  readonly system: System;
  readonly settings: EngineSettings;
  readonly host: Host;
  readonly version: string;
  readonly queues: readonly string[];
  readonly labels: readonly string[];
  /** Of the data folder whose lock this process holds; null without one. */
  readonly folderId: string | null;
  /** The journal that the spawner of this name writes; null without one. */
  readonly journalPath: string | null;
  /** Default: those that go with the journal. */
  readonly remains?: Remains;
}

/** Null for a worker that never had a spawner. */
export function remainsFor({ journalPath, remains }: RegistrationOptions): Remains | null {
  return remains ?? (journalPath === null ? null : remainsOf(journalPath));
}

export interface Registration {
  readonly holder: Holder;
  /** Reading of `boot` before the database was asked: the lease counts from then. */
  readonly sentAt: Millis;
  /** The database's time of it. */
  readonly beatAt: Instant;
}

/** @returns null when another worker, which may be alive, has come to bear the name meanwhile */
export async function register(
  options: RegistrationOptions,
  { name, containment }: { readonly name: string; readonly containment: Containment },
): Promise<Registration | null> {
  const { store, host, version, settings, queues, labels, system, folderId } = options;
  const former = await store.workers.byName(name);
  if (former !== null && former.lostAt === null) {
    const claimant = { host, folderId, isAlone: store.kind === 'sqlite' };
    if (!isProvenDead(former, claimant)) return null;
  }
  if (former !== null) await takeOver({ store, system, settings, remains: remainsFor(options) }, former);
  const [id = 0] = await store.ids(1);
  const incarnation = system.random.integer();
  const sentAt = system.clock.boot();
  const now = await store.now();
  const slots = settings.maxConcurrent;
  const workerId = await store.workers.register({
    id,
    createdAt: now,
    name,
    host: host.name,
    platform: host.platform,
    pid: host.pid,
    version,
    slots,
    queues,
    labels,
    containment,
    incarnation,
    startedAt: now,
    beatAt: now,
    lostAt: null,
    draining: false,
    pausedAt: null,
    process: host.process,
    folderId,
    clockOffset: system.clock.wall() - now,
  });
  if (workerId === null) return null;
  const stored = { id: workerId, createdAt: former?.createdAt ?? now };
  system.log.info('worker registered', { id: toUuid(stored), name, slots, queues, labels, containment });
  store.bell.ring('change');
  return { holder: { workerId, incarnation }, sentAt, beatAt: now };
}
