/** Whether a run may come to be: the gates in their fixed order; the first "no" names the reason. */
import type { Trigger } from '../model/run.ts';
import type { SkipReason } from '../model/occurrence.ts';

export interface GateFacts {
  /** Whoever asks may, and what would run is approved. */
  readonly approved: boolean;
  readonly active: boolean;
  /** The person asked for a run of a paused job. */
  readonly allowInactive: boolean;
  readonly maintenance: boolean;
  /** Closed at the instant that counts: `due_at`, for `api` and `webhook` now. */
  readonly blackout: boolean;
  readonly holiday: boolean;
  readonly outsideActiveHours: boolean;
  /** What is closed at the present moment; only a `catch_up` run asks. */
  readonly closedNow: 'blackout' | 'holiday' | 'active_hours' | null;
  readonly breakerOpen: boolean;
  /** Of the jobs that this one waits for; `none` when it waits for no other. */
  readonly prerequisites: 'none' | 'met' | 'unmet';
}

export type GateDecision =
  | { readonly kind: 'pass' }
  | { readonly kind: 'refuse'; readonly reason: SkipReason }
  /** Dispatched, and held back with that reason until the moment is open. */
  | { readonly kind: 'wait'; readonly reason: 'blackout' | 'holiday' | 'active_hours' };

type Gate =
  | 'approval'
  | 'active'
  | 'maintenance'
  | 'blackout'
  | 'holiday'
  | 'active_hours'
  | 'breaker'
  | 'prerequisites';

/** In the order in which they are asked. */
const gates: readonly {
  readonly gate: Gate;
  readonly reason: SkipReason;
  readonly closed: (facts: GateFacts) => boolean;
}[] = [
  { gate: 'approval', reason: 'not_approved', closed: (facts) => !facts.approved },
  { gate: 'active', reason: 'paused', closed: (facts) => !facts.active },
  { gate: 'maintenance', reason: 'maintenance', closed: (facts) => facts.maintenance },
  { gate: 'blackout', reason: 'blackout', closed: (facts) => facts.blackout },
  { gate: 'holiday', reason: 'holiday', closed: (facts) => facts.holiday },
  { gate: 'active_hours', reason: 'active_hours', closed: (facts) => facts.outsideActiveHours },
  { gate: 'breaker', reason: 'breaker', closed: (facts) => facts.breakerOpen },
  { gate: 'prerequisites', reason: 'dependency', closed: (facts) => facts.prerequisites === 'unmet' },
];

const every: readonly Gate[] = gates.map(({ gate }) => gate);
const asked: Readonly<Record<Trigger, readonly Gate[]>> = {
  schedule: every,
  catch_up: every,
  api: every,
  webhook: every,
  dependency: ['approval', 'active', 'maintenance', 'blackout', 'prerequisites'],
  backfill: ['approval', 'active', 'maintenance', 'blackout', 'holiday', 'breaker', 'prerequisites'],
  manual: ['approval', 'active'],
  retry: ['approval', 'active'],
};

/** Overlap and limits are the eighth gate and have their own policy. */
export function decideGate(trigger: Trigger, facts: GateFacts): GateDecision {
  for (const { gate, reason, closed } of gates) {
    if (!asked[trigger].includes(gate) || !closed(facts)) continue;
    if (gate === 'active' && facts.allowInactive && (trigger === 'manual' || trigger === 'retry')) continue;
    return { kind: 'refuse', reason };
  }
  if (trigger === 'catch_up' && facts.closedNow !== null) return { kind: 'wait', reason: facts.closedNow };
  return { kind: 'pass' };
}

/** Every gate open: what a test or a caller without controls starts from. */
export const openGates: GateFacts = {
  approved: true,
  active: true,
  allowInactive: false,
  maintenance: false,
  blackout: false,
  holiday: false,
  outsideActiveHours: false,
  closedNow: null,
  breakerOpen: false,
  prerequisites: 'none',
};
