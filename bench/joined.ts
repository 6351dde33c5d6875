/** Several processes that work off one queue together: S14, S15, S5. */
import { setTimeout as pause } from 'node:timers/promises';
import { runProgram, startProgram, type Program } from './program.ts';
import type { Answer } from './child.ts';
import type { Place } from './stage.ts';

export interface Joined {
  readonly file: string;
  readonly place: Place;
  readonly count: number;
  /** One order for each process, beyond what all have. */
  readonly members: readonly Readonly<Record<string, unknown>>[];
  /** How many are finished on the disk, asked beside the product. */
  readonly finished: () => Promise<number>;
  /** Everything becomes due so long after the filling begins, in one second; the time counts from there. */
  readonly aheadMs?: number;
  /** Ends it then, finished or not; absent: when all are. */
  readonly forMs?: number;
}

export interface JoinedFigures {
  readonly seconds: number;
  readonly finished: number;
  readonly answers: readonly Answer[];
}

const patienceMs = 300_000;
const [soonestMs, latestMs] = [25, 1000];
/** An engine that was told to begin has begun after so long. */
const leastAheadMs = 3000;

/** @throws when the machine was so slow that the instant came before everybody was there */
async function untilDue(dueAt: number): Promise<void> {
  if (Date.now() > dueAt - leastAheadMs)
    throw new Error('This machine is too slow: the instant came before all were up.');
  await pause(dueAt - Date.now());
}

/**
 * When to count again: after half of what the rest takes at the speed so far. Counting reads all that is finished; each 25 ms,
 * it takes from those who are measured what a fifth to a half of a core gives.
 */
function nextLookMs(done: number, count: number, tookMs: number): number {
  if (done === 0) return latestMs / 4;
  return Math.min(Math.max(((count - done) * tookMs) / done / 2, soonestMs), latestMs);
}

/** @returns how many, when everything is finished or the time is over */
async function look({ count, finished, forMs }: Joined): Promise<number> {
  const from = performance.now();
  for (let done = 0; ;) {
    await pause(forMs ?? nextLookMs(done, count, performance.now() - from));
    done = await finished();
    if (done >= count || forMs !== undefined) return done;
    if (performance.now() - from > patienceMs) throw new Error(`Only ${done} of ${count} were finished.`);
  }
}

/** Fills, lets all begin at once, and looks until everything is finished. @throws when it never is */
export async function joined(options: Joined): Promise<JoinedFigures> {
  const { file, place, count, members, aheadMs } = options;
  const common = { url: place.url, count };
  const filling = { do: 'fill', ...common, folder: `${place.folder}-fill` };
  const { dueAt } = await runProgram(file, aheadMs === undefined ? filling : { ...filling, aheadMs });
  const programs: Program[] = members.map((member, index) =>
    startProgram(file, {
      do: 'join',
      ...common,
      folder: `${place.folder}-${index}`,
      name: `bench-${index}`,
      ...member,
    }),
  );
  try {
    await Promise.all(programs.map((program) => program.heard('ready')));
    for (const program of programs) program.tell('go');
    if (dueAt !== undefined) await untilDue(Number(dueAt));
    const from = performance.now();
    const finished = await look(options);
    const seconds = (performance.now() - from) / 1000;
    for (const program of programs) program.tell('stop');
    const answers = await Promise.all(programs.map((program) => program.answer));
    return { seconds, finished, answers };
  } finally {
    for (const program of programs) program.kill();
  }
}
