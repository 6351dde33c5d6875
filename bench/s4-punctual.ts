/** S4: how late schedules begin that are due in the same second, beside other work and a busy server. */
import { startProgram } from './program.ts';
import { race, type Contestant, type Figures } from './race.ts';
import type { Scenario } from './scenario.ts';
import { present, withStage, type Ground } from './stage.ts';

const everySeconds = 5;
const background = 100;
/** A thread a start: more of them is no measurement of punctuality any more. */
const breeSchedules = 20;
const inFlight = 4;
const betweenMs = 5;

const ours = 'ours, PostgreSQL';
const oursSqlite = 'ours, SQLite';
const control = 'control: bare timers';

interface Who extends Pick<Contestant, 'name' | 'control' | 'peer'> {
  readonly file: string;
  readonly on: Ground;
  readonly schedules: number;
  readonly firings: number;
}

/** Asks again and again until told to end. @returns how many answers came */
function keepBusy(url: string): () => Promise<number> {
  let [over, answers] = [false, 0];
  const one = async (): Promise<void> => {
    while (!over) {
      await (await fetch(url)).text();
      answers += 1;
      await new Promise((resolve) => setTimeout(resolve, betweenMs));
    }
  };
  const all = Promise.all(Array.from({ length: inFlight }, () => one().catch(() => undefined)));
  return async () => {
    over = true;
    await all;
    return answers;
  };
}

function punctual({ file, on, schedules, firings, ...who }: Who): Contestant {
  return {
    ...who,
    turn: () =>
      on(async (place): Promise<Figures> => {
        const program = startProgram(file, { do: 'fire', ...place, schedules, everySeconds, firings, background });
        const { url } = await program.heard('ready');
        const end = keepBusy(String(url));
        const answer = await program.answer.finally(() => void end());
        const lateness = answer['lateness'] as readonly number[];
        if (lateness.length === 0) throw new Error('Nothing was started.');
        const [skipped, doubled] = [Number(answer['skipped']), Number(answer['doubled'])];
        return { lateness, skipped, doubled, 'answers of the server': await end() };
      }),
  };
}

export const s4: Scenario = {
  name: 'S4',
  about:
    'Schedules due in the same second, 100 other works a second and a busy server in the same process: from the due instant to the first instruction.',
  run: (_, bench) =>
    withStage(bench, { postgres: [] }, async (stage) => {
      const [schedules, firings] = [bench.options.count ?? 1000, bench.options.full ? 6 : 2];
      const [own, on, peer] = [{ schedules, firings }, stage.onPostgres, true as const];
      const file = 'systems/ours.ts';
      const contestants = [
        punctual({ name: control, control: true, file: 'systems/bare-timers.ts', on: stage.onSqlite, ...own }),
        punctual({ name: ours, file, on, ...own }),
        punctual({ name: oursSqlite, file, on: stage.onSqlite, ...own }),
        ...['croner', 'node-cron', 'agenda', 'bree']
          .filter((name) => present(bench, name))
          .map((name) => {
            const few = name === 'bree' ? { schedules: Math.min(schedules, breeSchedules) } : {};
            const ground = name === 'agenda' ? on : stage.onSqlite;
            return punctual({ name, peer, file: `peers/${name}.mjs`, on: ground, ...own, ...few });
          }),
      ];
      bench.note(
        `${schedules} schedules, ${firings} instants a turn; bree with ${breeSchedules}, as each start is a thread.`,
      );
      bench.note('croner, node-cron and bree keep nothing: after a crash they know of no instant that passed.');
      const result = await race({ bench, contestants, rounds: bench.options.rounds ?? 5, steadyBy: 'lateness' });
      const nothing = [{ of: 'max', below: 1 }] as const;
      const mine = (name: string): boolean => name === ours || name === oursSqlite;
      return [
        ...contestants.flatMap(({ name }) => result.measure(name, 'lateness', 'ms')),
        ...['croner', 'node-cron', 'agenda', 'bree'].flatMap((name) =>
          result.ratio([ours, name], 'lateness', [{ of: 'p50', below: 0.5 }], 0.99),
        ),
        ...result.ratio([ours, control], 'lateness', [{ of: 'p50', below: 2, aim: true }], 0.99),
        ...contestants.flatMap(({ name }) => result.measure(name, 'skipped', 'count', mine(name) ? nothing : [])),
        ...contestants.flatMap(({ name }) => result.measure(name, 'doubled', 'count', mine(name) ? nothing : [])),
        ...contestants.flatMap(({ name }) => result.measure(name, 'answers of the server', 'count')),
      ];
    }),
};
