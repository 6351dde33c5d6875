/** Is it working? The checks of `/api/health`: some of the examination that the health page and `jtp doctor` show in full. */
import type { Health } from 'job-trigger-contract';
import { examine, lastPollAge, measureInstallation, worstOf, type Finding } from 'job-trigger-core';
import { authenticationOf } from './access/authentication.ts';
import type { PortalOptions } from './portal.ts';

type Measured = Parameters<typeof examine>[0];
type Check = NonNullable<Health['checks']>[string];

const watched = ['database', 'storage', 'schedulers', 'workers', 'clocks', 'watchdog', 'authentication'] as const;

function toCheck({ status, message, fix, latencyMs }: Finding): Check {
  return { status, message, fix, ...(latencyMs === undefined ? {} : { latency_ms: latencyMs }) };
}

/** Less than this and SQLite finds no room, with or without a ballast. */
const noRoomBytes = 1_048_576;

export function storageCheck({
  folder,
  ballast,
  disk,
}: Pick<Measured, 'folder' | 'ballast' | 'disk'>): 'storage' | 'ballast' | 'disk' {
  if (!folder.usable) return 'storage';
  const room = disk?.freeBytes ?? Infinity;
  // A command beside the portal does not know that it was spent: only that it is gone, and has no room to return.
  if (ballast.state === 'spent' || (ballast.state === 'absent' && room >= noRoomBytes && room < 2 * ballast.bytes))
    return 'ballast';
  return room < noRoomBytes ? 'disk' : 'storage';
}

/** The checks, the worst of which is the status. */
export async function checkHealth(
  options: PortalOptions,
): Promise<Pick<Health, 'status' | 'checks' | 'last_poll_age_seconds' | 'pending_count' | 'disabled_features'>> {
  const { store, system, config, version, ballast = null } = options;
  const values = { ...config.values, authentication: authenticationOf(options) !== 'off' };
  const state = await measureInstallation({ store, system, values, version, ballast });
  const findings = examine(state);
  // A full disk is told where people look for it: with the folder.
  const storage = storageCheck(state);
  const found = watched.flatMap((name): readonly [string, Finding][] => {
    const finding = findings.find(({ check }) => check === (name === 'storage' ? storage : name));
    return finding === undefined ? [] : [[name, finding]];
  });
  const age = state.database === null ? null : lastPollAge(state.database, values.engine.lostAfterMs);
  return {
    status: worstOf(found.map(([, finding]) => finding)),
    checks: Object.fromEntries(found.map(([name, finding]) => [name, toCheck(finding)])),
    last_poll_age_seconds: age === null ? null : age / 1000,
    pending_count: state.database === null ? 0 : (await store.runs.countLive()).queued,
    disabled_features: values.allowCommand ? [] : ['command_jobs'],
  };
}
