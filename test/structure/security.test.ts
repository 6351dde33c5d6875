import { describe, expect, test } from 'vitest';
import { attackProofs, attackTests } from '../../scripts/reference/security.ts';

const rows = Object.values(attackProofs()).flat();
const counts = { A: 15, B: 10, C: 17, D: 7, E: 8, F: 8, G: 9, H: 7, I: 3, J: 4, K: 5 };

describe('the catalogue of attacks', () => {
  test('has every row once', () => {
    const expected = Object.entries(counts).flatMap(([letter, count]) =>
      Array.from({ length: count }, (_, at) => `${letter}${at + 1}`),
    );
    expect(rows.map(({ id }) => id)).toEqual(expected);
  });

  test('has a test or a reason for each', () => {
    const bare = rows.filter(({ tests, untested }) => tests.length === 0 && untested === undefined);
    expect(bare.map(({ id, attack }) => `${id}: ${attack}`)).toEqual([]);
  });

  test('knows every row that a test names', () => {
    const ids = new Set(rows.map(({ id }) => `SEC-${id}`));
    expect([...attackTests().keys()].filter((id) => !ids.has(id))).toEqual([]);
  });
});
