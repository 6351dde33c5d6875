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
  /** Ends it then, finished or not; absent: when all are. */
  readonly forMs?: number;
}

export interface JoinedFigures {
  readonly seconds: number;
  readonly finished: number;
  readonly answers: readonly Answer[];
}

const patienceMs = 300_000;
const lookMs = 25;

/** Fills, lets all begin at once, and looks until everything is finished. @throws when it never is */
export async function joined({ file, place, count, members, finished, forMs }: Joined): Promise<JoinedFigures> {
  const common = { url: place.url, count };
  await runProgram(file, { do: 'fill', ...common, folder: `${place.folder}-fill` });
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
    const from = performance.now();
    let done = 0;
    for (;;) {
      await pause(forMs ?? lookMs);
      done = await finished();
      if (done >= count || forMs !== undefined) break;
      if (performance.now() - from > patienceMs) throw new Error(`Only ${done} of ${count} were finished.`);
    }
    const seconds = (performance.now() - from) / 1000;
    for (const program of programs) program.tell('stop');
    const answers = await Promise.all(programs.map((program) => program.answer));
    return { seconds, finished: done, answers };
  } finally {
    for (const program of programs) program.kill();
  }
}
