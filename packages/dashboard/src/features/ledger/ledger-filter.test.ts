import { skipReasons } from 'job-trigger-contract';
import { describe, expect, test } from 'vitest';
import { canBackfill, isNarrowed, ledgerFilterOf, ledgerQueryOf, reasonChoices } from './ledger-filter.ts';

describe('what the ledger is narrowed to', () => {
  test('every reason of a skipped instant can be chosen', () => {
    expect(reasonChoices.map(({ value }) => value).toSorted()).toEqual([...skipReasons].toSorted());
  });

  test('reads the address, and takes nothing that is no state or reason', () => {
    const filter = ledgerFilterOf({ state: 'odd', reason: 'nothing', from: '2030-01-01T00:00' });
    expect(filter).toEqual({ state: null, reason: null, from: '2030-01-01T00:00', to: null });
    expect([isNarrowed(filter), isNarrowed(ledgerFilterOf({}))]).toEqual([true, false]);
  });

  test('asks with instants, and leaves out a reading that is none', () => {
    const filter = { state: 'skipped', reason: 'misfire', from: '2030-01-01T00:00', to: 'x' } as const;
    expect(ledgerQueryOf(filter, (local) => Date.parse(`${local}Z`))).toEqual({
      state: 'skipped',
      reason: 'misfire',
      from: '2030-01-01T00:00:00.000Z',
    });
  });

  test('asks with the very instants that a link brings', () => {
    const filter = ledgerFilterOf({ from: '2030-01-01T00:00:00.123Z', to: '2030-01-01T05:00:00Z' });
    expect(ledgerQueryOf(filter, () => Number.NaN)).toEqual({
      from: '2030-01-01T00:00:00.123Z',
      to: '2030-01-01T05:00:00.000Z',
    });
  });

  test('a run cannot be made good, nor what a rule holds back', () => {
    expect([null, 'misfire', 'paused', 'holiday'].map((reason) => canBackfill({ reason }))).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });
});
