/**
 * Is it well? Facts as they were measured become findings, each with what mends it. Pure; the health page, `/api/health`
 * and `jtp doctor` all read these.
 */
import { examineAuthentication } from './examine-authentication.ts';
import { examineRunAs } from './examine-run-as.ts';
import { examineDurability } from './durability.ts';
import {
  examineClocks,
  examineLeases,
  examineSchedulers,
  examineVersions,
  examineWatchdog,
  examineWorkers,
  examineZones,
} from './examine-processes.ts';
import {
  examineBallast,
  examineDatabase,
  examineDisk,
  examineFolder,
  examineLog,
  examineRetention,
  examineSchema,
} from './examine-storage.ts';
import { examinations, type Finding, type Health, type InstallationState } from './finding.ts';

/** Everything that can be told from the facts, in the order of {@link examinations}. */
export function examine(state: InstallationState): readonly Finding[] {
  const { database } = state;
  const ofDatabase =
    database === null
      ? []
      : [
          examineSchedulers(database, state),
          ...examineWatchdog(database, state),
          examineWorkers(database, state),
          ...examineLog(database),
          examineClocks(database, state),
          examineDurability(database),
          examineLeases(database),
          examineRetention(database, state),
          examineZones(database, state),
          examineVersions(database, state),
        ];
  const found = [
    examineDatabase(state),
    ...examineSchema(state),
    examineFolder(state),
    examineDisk(state),
    examineBallast(state),
    ...ofDatabase,
    examineAuthentication(state),
    examineRunAs(state),
  ];
  const order = Object.keys(examinations);
  return found.toSorted((a, b) => order.indexOf(a.check) - order.indexOf(b.check));
}

/** The worst of some findings. */
export function worstOf(findings: readonly Pick<Finding, 'status'>[]): Health {
  return (
    (['unhealthy', 'degraded'] as const).find((status) => findings.some((one) => one.status === status)) ?? 'healthy'
  );
}
