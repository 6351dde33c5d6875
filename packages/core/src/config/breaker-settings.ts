/** When a job is stopped for its failures. */
import { JobTriggerError } from '../errors.ts';
import type { Id } from '../model/id.ts';
import type { PageSetting } from '../model/page-setting.ts';
import { defaultSettings, type EngineSettings } from '../model/settings.ts';
import { breakerPolicies, type BreakerPolicy, type BreakerSettings } from '../model/trouble.ts';
import { personKeys } from './page-owned.ts';
import { settingTable } from './setting-table.ts';

/**
 * Of the installation, and of those people who have their own. @param changed on pages
 * @throws `configuration_invalid` for a policy that is none
 */
export function breakersOf(
  get: <T>(key: string) => T,
  policy: Parameters<typeof breakerPolicyOf>[0],
  changed: readonly PageSetting[],
): EngineSettings['breaker'] {
  const ofOwners = new Map<Id, Omit<BreakerSettings, 'ofOwners'>>();
  for (const { ownerId } of changed) {
    if (ownerId === null || ofOwners.has(ownerId)) continue;
    const own = ownOf(ownerId, changed);
    ofOwners.set(
      ownerId,
      breakerOf(<T>(key: string) => (own.get(key) as T | undefined) ?? get<T>(key), policy),
    );
  }
  return { ...breakerOf(get, policy), ofOwners };
}

/** What a person has of their own, as far as this version takes it. */
function ownOf(person: Id, changed: readonly PageSetting[]): ReadonlyMap<string, unknown> {
  const own = changed.filter(({ ownerId, key, value }) => {
    const { least = 0, most = 0 } = settingTable.find((setting) => setting.key === key) ?? {};
    const isKnown = ownerId === person && personKeys.includes(key);
    return isKnown && typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;
  });
  return new Map(own.map(({ key, value }) => [key, value]));
}

function breakerOf(
  get: <T>(key: string) => T,
  policy: Parameters<typeof breakerPolicyOf>[0],
): Omit<BreakerSettings, 'ofOwners'> {
  const countOf = (key: string): number | null => (get<number>(key) === 0 ? null : get(key));
  return {
    consecutive: countOf('breaker.consecutive'),
    recent: countOf('breaker.recent'),
    periodDays: get('breaker.period_days'),
    coolOffDays: get('breaker.cool_off_days'),
    policy: breakerPolicyOf(policy),
    ofPlugins: {
      consecutive: countOf('breaker.plugin_consecutive'),
      recent: countOf('breaker.plugin_recent'),
      periodDays: get('breaker.plugin_period_days'),
    },
    shown: { issuesFrom: get('status.issues_from'), failedFrom: get('status.failed_from') },
  };
}

function breakerPolicyOf(decided: { readonly value: unknown; readonly source: string } | undefined): BreakerPolicy {
  const policy = breakerPolicies.find((known) => known === decided?.value);
  if (policy !== undefined || decided === undefined) return policy ?? defaultSettings.breaker.policy;
  const message = `must be ${breakerPolicies.join(' or ')}, found '${String(decided.value)}'`;
  throw new JobTriggerError('configuration_invalid', `breaker.policy (from ${decided.source}): ${message}`, {
    fields: [{ path: 'breaker.policy', message }],
  });
}
