/** When this process may write to a file that others write to as well. */
import type { Millis } from '../../model/instant.ts';
import { pause } from '../../system/pause.ts';
import type { Random } from '../../system/random.ts';
import { untilFree } from './busy.ts';
import type { Connection } from './connection.ts';

export interface Turns {
  /** Begins an immediate transaction. @throws {JobTriggerError} `database_busy` after 10 s */
  begin(): Promise<void>;
  /** It is over. */
  end(): void;
}

/** After another process was seen writing, it is taken to want the file for so long. */
const remembered: Millis = 250;
/** Between two transactions while others want the file: longer than who waits rests between two tries. */
const rest: Millis = 2;

/**
 * A lock that is let go and taken again at once is never found free by who looks each millisecond or two: the first to
 * have it keeps it. So a process leaves the file alone for a moment after each transaction while others write, too; on its
 * own it never waits. Who else writes is told by a lock in the way, and by commits between two of its own.
 */
export function createTurns(connection: Connection, random: Random): Turns {
  let othersAt = -Infinity;
  let endedAt = -Infinity;
  let version: number | null = null;

  const lookForOthers = (): void => {
    const [row] = connection.run('PRAGMA data_version', []).rows as { data_version: number }[];
    const now = row?.data_version ?? 0;
    if (version !== null && now !== version) othersAt = performance.now();
    version = now;
  };

  return {
    async begin() {
      const now = performance.now();
      if (now - othersAt < remembered) {
        const left = endedAt + rest * (1 + random.next()) - now;
        if (left > 0) await pause(Math.ceil(left));
      }
      await untilFree(
        random,
        () => connection.run('BEGIN IMMEDIATE', []),
        () => (othersAt = performance.now()),
      );
      lookForOthers();
    },
    end() {
      endedAt = performance.now();
    },
  };
}
