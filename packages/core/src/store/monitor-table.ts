import type { Id } from '../model/id.ts';
import type { Instant } from '../model/instant.ts';
import type { Monitor, Ping } from '../model/monitor.ts';

export interface MonitorTable {
  /** @throws `name_taken` */
  insert(monitor: Monitor): Promise<void>;
  /** @returns false when it is gone. @throws `name_taken` */
  update(monitor: Monitor): Promise<boolean>;
  /** With its pings. @returns false when there was none */
  remove(id: Id): Promise<boolean>;
  /** @param lock holds it until the transaction ends */
  get(id: Id, options?: { readonly lock: boolean }): Promise<Monitor | null>;
  byHash(hash: string): Promise<Monitor | null>;
  /** By name. */
  list(): Promise<readonly Monitor[]>;
  count(): Promise<number>;
  /** Those that have to be looked at by now, the longest due first. */
  due(now: Instant, limit: number): Promise<readonly Monitor[]>;
  earliestCheck(): Promise<Instant | null>;
  /** Also forgets all but the newest hundred of the monitor. */
  addPing(ping: Ping): Promise<void>;
  /** Newest first. */
  pings(monitorId: Id, limit: number): Promise<readonly Ping[]>;
}
