/** What a former process of a worker's name may have left on this machine, and how it is brought to an end. */
import { endFormerSpawner, endFormerTrees } from '../spawner/former.ts';
import { readJournal, type JournalEntry } from '../spawner/journal.ts';
import { systemClock } from '../system/clock.ts';

export interface Remains {
  /** Resolves when nothing is started for the former worker any more and its journal is complete. */
  endSpawner(): Promise<void>;
  /** @returns ids of processes of these runs that could not be ended */
  endTrees(runIds: readonly string[]): Promise<readonly number[]>;
  /** @throws when there is one and it cannot be read */
  journal(): readonly JournalEntry[];
}

/** Processes end in the machine's time, also under a clock that a test moves. */
const machine = systemClock({ keepsAlive: true });

/** Those that go with a journal on disk. */
export function remainsOf(journalPath: string): Remains {
  return {
    endSpawner: () => endFormerSpawner(journalPath, machine),
    endTrees: (runIds) => endFormerTrees(runIds, machine),
    journal: () => readJournal(journalPath),
  };
}
