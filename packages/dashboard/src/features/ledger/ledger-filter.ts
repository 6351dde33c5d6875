import type { LedgerEntry, LedgerQuery } from 'job-trigger-contract';
import { textAt, type Address } from '../runs/address.ts';

/** Reasons that the list can be narrowed to, in the order in which people ask for them. */
export const reasonChoices = [
  { value: 'misfire', label: 'Missed' },
  { value: 'clock', label: 'Clock jumped' },
  { value: 'coalesced', label: 'Folded into another' },
  { value: 'overlap', label: 'Still running' },
  { value: 'paused', label: 'Paused' },
  { value: 'blackout', label: 'Blackout' },
  { value: 'holiday', label: 'Holiday' },
  { value: 'active_hours', label: 'Outside active hours' },
  { value: 'maintenance', label: 'Maintenance' },
  { value: 'breaker', label: 'Stopped after failures' },
  { value: 'dependency', label: 'Dependency' },
  { value: 'not_approved', label: 'Not approved' },
  { value: 'dst_gap', label: 'No such local time' },
] as const satisfies readonly { readonly value: NonNullable<LedgerEntry['reason']>; readonly label: string }[];

export interface LedgerFilter {
  readonly state: 'dispatched' | 'skipped' | null;
  readonly reason: string | null;
  /** Local readings in the zone of the list. */
  readonly from: string | null;
  readonly to: string | null;
}

export function ledgerFilterOf(address: Address): LedgerFilter {
  const state = textAt(address, 'state');
  return {
    state: state === 'dispatched' || state === 'skipped' ? state : null,
    reason: reasonChoices.find(({ value }) => value === textAt(address, 'reason'))?.value ?? null,
    from: textAt(address, 'from') ?? null,
    to: textAt(address, 'to') ?? null,
  };
}

export const noLedgerFilter: Address = { state: undefined, reason: undefined, from: undefined, to: undefined };

export function isNarrowed(filter: LedgerFilter): boolean {
  return Object.values(filter).some((part) => part !== null);
}

/** @param instantOf reads a local reading; NaN for one that is none */
export function ledgerQueryOf(filter: LedgerFilter, instantOf: (local: string) => number): Partial<LedgerQuery> {
  const at = (local: string | null): string | null => {
    const instant = local === null ? Number.NaN : instantOf(local);
    return Number.isNaN(instant) ? null : new Date(instant).toISOString();
  };
  const [from, to] = [at(filter.from), at(filter.to)];
  return {
    ...(filter.state === null ? {} : { state: filter.state }),
    ...(filter.reason === null ? {} : { reason: filter.reason }),
    ...(from === null ? {} : { from }),
    ...(to === null ? {} : { to }),
  };
}

/** What a backfill can make good: nobody was there in time, or a person held it back. */
export function canBackfill({ reason }: Pick<LedgerEntry, 'reason'>): boolean {
  return (
    reason !== null && ['misfire', 'clock', 'coalesced', 'paused', 'overlap', 'maintenance', 'breaker'].includes(reason)
  );
}
