/** When a job is stopped for its failures. */
import { JobTriggerError } from '../errors.ts';
import { defaultSettings, type EngineSettings } from '../model/settings.ts';
import { breakerPolicies, type BreakerPolicy } from '../model/trouble.ts';

/** @throws `configuration_invalid` for a policy that is none */
export function breakerOf(
  get: <T>(key: string) => T,
  policy: Parameters<typeof breakerPolicyOf>[0],
): EngineSettings['breaker'] {
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
