import { JobTriggerError } from '../../errors.ts';
import type { Millis } from '../../model/instant.ts';
import { pause } from '../../system/pause.ts';
import type { Random } from '../../system/random.ts';

/** How long a locked file is tried before the caller hears of it. */
const limit: Millis = 10_000;

/**
 * Calls `step` until the file is not locked, with 1 to 4 ms between the tries. A time-out of SQLite's own would hold
 * the whole event loop meanwhile.
 *
 * @throws {JobTriggerError} `database_busy` after 10 s
 */
export async function untilFree<T>(random: Random, step: () => T): Promise<T> {
  const started = performance.now();
  for (;;) {
    try {
      return step();
    } catch (error) {
      const busy = error instanceof JobTriggerError && error.code === 'database_busy';
      if (!busy || performance.now() - started >= limit) throw error;
      await pause(1 + 3 * random.next());
    }
  }
}
