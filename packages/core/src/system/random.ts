/** Chance comes in here and nowhere else; a lint rule keeps it so. */
import { randomBytes, randomInt } from 'node:crypto';

export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** An integer in [1, 2^48): an incarnation, for example. */
  integer(): number;
  bytes(length: number): Uint8Array;
}

export const systemRandom: Random = {
  next: () => randomInt(2 ** 32) / 2 ** 32,
  integer: () => randomInt(1, 2 ** 48 - 1),
  bytes: (length) => randomBytes(length),
};
