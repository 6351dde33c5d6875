import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { freshPostgres } from '../setup/databases.ts';
import { fours, pairs, threes } from './plays.ts';
import { InterleavingStage } from './stage.ts';

/** Two, three and four transactions on real PostgreSQL, statement by statement, in many orders; all of them: `npm run interleave`. */

let stage: InterleavingStage;
let drop: () => Promise<void>;
beforeAll(async () => {
  const fresh = await freshPostgres(inject('postgresUrl'));
  drop = () => fresh.drop();
  stage = await InterleavingStage.open(fresh.url);
});
afterAll(async () => {
  await stage.close();
  await drop();
});

const patienceMs = 60_000;
describe('orders of statements', () => {
  test.each([...pairs, ...threes, ...fours])(
    '$name keeps every invariant (P1) (P2) (P5) (P6) (P7)',
    async (play) => {
      const { orders, violations } = await stage.explore(play, { most: 6, seed: 1 });
      expect(violations).toEqual([]);
      expect(orders).toBe(6);
    },
    patienceMs,
  );
});
