import { describe, expect, test } from 'vitest';
import { faultProofs, faultTests } from '../../scripts/reference/faults.ts';
import { faultRows } from '../chaos/history.ts';

const rows = Object.values(faultProofs()).flat();
const ids = rows.map(({ id }) => id);

describe('the catalogue of faults', () => {
  test('has every row once', () => {
    const expected = Array.from({ length: 62 }, (_, at) => `F${at + 1}`);
    expect(ids.toSorted((one, other) => Number(one.slice(1)) - Number(other.slice(1)))).toEqual(expected);
  });

  test('has a test, a kind of chaos or a reason for each', () => {
    const bare = rows.filter(
      ({ tests, kinds, untested }) => tests.length + kinds.length === 0 && untested === undefined,
    );
    expect(bare.map(({ id, fault }) => `${id}: ${fault}`)).toEqual([]);
  });

  test('knows every number that a test or a kind of chaos names', () => {
    const named = new Set([...faultTests().keys(), ...Object.values(faultRows).flat()]);
    expect([...named].filter((id) => !ids.includes(id))).toEqual([]);
  });
});
