import { skipReasons, type LedgerEntry, type LedgerQuery, type SkipReason } from 'job-trigger-contract';
import { textAt, type Address } from '../runs/address.ts';

/** Why an instant became no run, in two or three words. Total: a new reason needs its own. */
const labels: Readonly<Record<SkipReason, string>> = {
  overlap: 'Still running',
  misfire: 'Missed',
  blackout: 'Blackout',
  holiday: 'Holiday',
  active_hours: 'Outside active hours',
  paused: 'Paused',
  maintenance: 'Maintenance',
  breaker: 'Stopped after failures',
  dependency: 'Dependency',
  dst_gap: 'No such local time',
  clock: 'Clock jumped',
  coalesced: 'Folded into another',
  not_approved: 'Not approved',
};

/** Reasons that the list can be narrowed to. */
export const reasonChoices = skipReasons.map((value) => ({ value, label: labels[value] }));

export interface LedgerFilter {
  readonly state: 'dispatched' | 'skipped' | null;
  readonly reason: string | null;
  /** Local readings in the zone of the list, or instants with `Z`, as links of alerts bring them. */
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

/** Either of them; NaN for one that is none. */
export function readingOf(given: string, instantOf: (local: string) => number): number {
  return given.endsWith('Z') ? Date.parse(given) : instantOf(given);
}

/** @param instantOf reads a local reading; NaN for one that is none */
export function ledgerQueryOf(filter: LedgerFilter, instantOf: (local: string) => number): Partial<LedgerQuery> {
  const at = (local: string | null): string | null => {
    const instant = local === null ? Number.NaN : readingOf(local, instantOf);
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
