import { JobTriggerError } from '../../errors.ts';
import type { Millis } from '../../model/instant.ts';
import { pause } from '../../system/pause.ts';
import type { Random } from '../../system/random.ts';

/** How long a locked file is tried before the caller hears of it. */
const limit: Millis = 10_000;
/** Who has waited so long tries as often as a timer can: nobody is passed over for long. */
const impatient: Millis = 10;

/**
 * Calls `step` until the file is not locked, with 1 to 4 ms between the tries. A time-out of SQLite's own would hold
 * the whole event loop meanwhile.
 *
 * @param onBusy called when it was locked
 * @throws {JobTriggerError} `database_busy` after 10 s
 */
export async function untilFree<T>(random: Random, step: () => T, onBusy?: () => void): Promise<T> {
  const started = performance.now();
  for (;;) {
    try {
      return step();
    } catch (error) {
      const waited = performance.now() - started;
      const busy = error instanceof JobTriggerError && error.code === 'database_busy';
      if (!busy || waited >= limit) throw error;
      onBusy?.();
      await pause(waited > impatient ? 1 : 1 + 3 * random.next());
    }
  }
}
