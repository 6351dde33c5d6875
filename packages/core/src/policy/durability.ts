/** Whether what was committed can be lost (`CONTRACT.md` 9), and whether anything was. Pure. */
import { spoken } from '../schedule/spoken.ts';
import type { Standbys } from '../model/lineage.ts';
import { good, poor, type DurabilityFacts, type Finding } from './finding.ts';

const count = (many: number, one: string, more: string): string => (many === 1 ? `One ${one}` : `${many} ${more}`);

export function examineDurability({ standbys, unreconciled, lineage }: DurabilityFacts): Finding {
  if (unreconciled > 0)
    return poor(
      'durability',
      `${count(unreconciled, 'attempt that a worker started is', 'attempts that workers started are')} not in the ` +
        `database since it changed to another server at ${spoken(lineage.noticedAt, 'UTC')}.`,
      'Look at the event log, kind run.unreconciled: it names runs and reasons.',
    );
  if (standbys === null) return good('durability', 'Every commit is on the disk before it is acknowledged.');
  return ofStandbys(standbys);
}

function ofStandbys({ visible, synchronous, asynchronous, commits }: Standbys): Finding {
  if (commits === 'off')
    return poor(
      'durability',
      'synchronous_commit is off: a crash of the server loses what it acknowledged last.',
      'Set synchronous_commit to on for this database.',
    );
  if (!visible)
    return good(
      'durability',
      'Whether standbys follow this server is not visible: its user lacks the role pg_monitor.',
    );
  if (synchronous > 0 && commits !== 'local') {
    const others = asynchronous === 0 ? '' : ` ${count(asynchronous, 'other may', 'others may')}: it is asynchronous.`;
    return good(
      'durability',
      `${count(synchronous, 'standby is', 'standbys are')} synchronous: a failover to it loses no acknowledged commit.${others}`,
    );
  }
  const standing = synchronous + asynchronous;
  if (standing === 0) return good('durability', 'No standby follows this server; every commit is on its disk first.');
  return poor(
    'durability',
    `${count(standing, 'standby follows', 'standbys follow')} asynchronously: a failover may lose acknowledged commits, and ` +
      'a run of that time may be started again.',
    'Name a synchronous standby (synchronous_standby_names), and fail over to that one only.',
  );
}
