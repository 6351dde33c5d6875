/** Which level of containment this machine gives: tried once, when the spawner starts. */
import type { Containment } from '../model/worker.ts';
import type { Clock } from '../system/clock.ts';
import { Cgroups } from './cgroups.ts';
import type { Launcher } from './launcher.ts';
import { OwnNamespaces } from './own-namespaces.ts';
import { PidNamespaces } from './pid-namespace.ts';
import { processGroups } from './process-tree.ts';
import type { Enclosures } from './tree.ts';

export interface ChooseOptions {
  readonly clock: Clock;
  /** The one level that may be used; null takes the best there is. */
  readonly pin: Containment | null;
  /** A helper that can make namespaces itself; without it they are made by programs. */
  readonly helper?: Launcher | null;
}

export type Chosen =
  | {
      readonly enclosures: Enclosures;
      /** Why no higher level is used, by level. */
      readonly unavailable: Readonly<Partial<Record<Containment, string>>>;
    }
  | { readonly refused: string };

type Probe = (clock: Clock, helper: Launcher | null) => Promise<Enclosures | string>;

/** Best first. The last one works everywhere. */
const probes: readonly (readonly [Containment, Probe])[] = [
  [
    'pidns',
    async (clock, helper) => {
      const own = helper === null ? null : await OwnNamespaces.probe(clock, helper);
      return own === null || typeof own === 'string' ? PidNamespaces.probe({ clock }) : own;
    },
  ],
  ['cgroup', (clock) => Cgroups.probe(clock)],
  ['pgid', (clock, helper) => Promise.resolve(processGroups(clock, helper !== null))],
];

export async function chooseEnclosures({ clock, pin, helper = null }: ChooseOptions): Promise<Chosen> {
  const unavailable: Partial<Record<Containment, string>> = {};
  for (const [level, probe] of probes) {
    if (pin !== null && pin !== level) continue;
    const found = await probe(clock, helper);
    if (typeof found !== 'string') return { enclosures: found, unavailable };
    unavailable[level] = found;
  }
  return {
    refused: `The containment "${pin}" is not to be had here: ${unavailable[pin ?? 'pgid'] ?? 'it is not built'}.`,
  };
}
