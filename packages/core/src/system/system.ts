import { systemClock, type Clock } from './clock.ts';
import { silentLogger, type Logger } from './logger.ts';
import { systemRandom, type Random } from './random.ts';

/** Time, chance and log, handed to everything that needs them. */
export interface System {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
}

/** The machine's clock and chance, and no log unless one is given. */
export function realSystem(overrides: Partial<System> = {}): System {
  return { clock: systemClock(), random: systemRandom, log: silentLogger, ...overrides };
}
