/** Is it working? The checks of `/api/health`: some of the examination that the health page and `jtp doctor` show in full. */
import type { Health } from 'job-trigger-contract';
import { examine, lastPollAge, measureInstallation, worstOf, type Finding } from 'job-trigger-core';
import type { PortalOptions } from './portal.ts';

type Check = NonNullable<Health['checks']>[string];

const watched = ['database', 'storage', 'schedulers', 'workers', 'clocks', 'watchdog'] as const;

function toCheck({ status, message, fix, latencyMs }: Finding): Check {
  return { status, message, fix, ...(latencyMs === undefined ? {} : { latency_ms: latencyMs }) };
}

/** The checks, the worst of which is the status. */
export async function checkHealth(
  options: PortalOptions,
): Promise<Pick<Health, 'status' | 'checks' | 'last_poll_age_seconds' | 'pending_count' | 'disabled_features'>> {
  const { store, system, config, version, ballast = null } = options;
  const { values } = config;
  const state = await measureInstallation({ store, system, values, version, ballast });
  const findings = examine(state);
  // A full disk is told where people look for it: with the folder.
  const storage = state.folder.usable && state.ballast.state === 'spent' ? 'ballast' : 'storage';
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
