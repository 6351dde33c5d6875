import type { Webhook } from 'job-trigger-contract';
import type { StateLook } from '../../lib/states.ts';

/** How an endpoint is, from whether it is on and how its last deliveries went. */
export function webhookLook({ active, off_reason: reason, failing_since: failing }: Webhook): StateLook {
  if (active && failing !== null) return { label: 'Failing', group: 'attention', icon: 'warning' };
  if (active) return { label: 'On', group: 'success', icon: 'check' };
  if (reason === 'person') return { label: 'Off', group: 'stopped', icon: 'pause' };
  return { label: 'Switched off', group: 'failed', icon: 'cross' };
}

/** Why, and what can be done about it; null when there is nothing to say. */
export function webhookRemark({ active, off_reason: reason, dropped }: Webhook): string | null {
  const lost = dropped === 0 ? null : `${dropped} events were left out, as 10,000 waited already.`;
  if (active) return lost;
  if (reason === 'gone') return 'Its receiver answered 410: it wants nothing more. Switch it on when that has changed.';
  if (reason === 'failing')
    return 'Nothing arrived for five days. Mend the receiver, try it with a test, and switch it on.';
  return lost;
}
