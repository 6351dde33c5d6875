/** Systems that empty a full queue: S1, S2 and what compares with them. */
import type { Contestant } from './race.ts';
import { runProgram } from './program.ts';
import type { Bench } from './scenario.ts';
import { present, type Ground, type Stage } from './stage.ts';

export interface DrainOptions extends Pick<Contestant, 'name' | 'control' | 'peer'> {
  readonly file: string;
  readonly on: Ground;
  readonly count: number;
  /** Default: `drain`. */
  readonly act?: string;
  readonly order?: Readonly<Record<string, unknown>>;
}

/** A process of its own fills its queue, empties it and says how; start-up is part of the time. */
export function drain({ file, on, count, act = 'drain', order = {}, ...who }: DrainOptions): Contestant {
  const { name } = who;
  return {
    ...who,
    turn: () =>
      on(async ({ url, folder }) => {
        const answer = await runProgram(file, { do: act, url, folder, count, ...order });
        const { seconds, cpuSeconds, lost, twice, rssMb, firstAt, doneAt } = answer as Record<string, number>;
        if (lost !== 0 || twice !== 0 || answer['complete'] !== true)
          throw new Error(`${name}: ${JSON.stringify({ ...answer, waits: undefined })}`);
        const { overshoot, waits } = answer as { overshoot?: number; waits?: readonly number[] };
        return {
          rate: count / Number(seconds),
          'after the first start': (count * 1000) / (Number(doneAt) - Number(firstAt)),
          'CPU per 1,000': (Number(cpuSeconds) * 1e6) / count,
          resident: Number(rssMb),
          ...(overshoot === undefined ? {} : { overshoot }),
          ...(waits === undefined ? {} : { 'wait of small keys': waits }),
        };
      }),
  };
}

/** The peers' names as tables and limits have them. */
export const graphileFast = 'graphile-worker, batches of 500';
export const graphilePlain = 'graphile-worker, one by one';
export const pgBossFast = 'pg-boss, batches of 500';
export const bullmq = 'BullMQ, 100 at once (no fsync)';

/** Those that a drain is held against, as far as they are installed. */
export function peerDrains(bench: Bench, stage: Stage, count: number): readonly Contestant[] {
  const [on, peers] = [stage.onPostgres, [] as Contestant[]];
  if (present(bench, 'graphile-worker')) {
    const file = 'peers/graphile.mjs';
    peers.push(drain({ name: graphileFast, peer: true, file, on, count, order: { fast: true, slots: 100 } }));
    // One commit or more each: a tenth says as much.
    peers.push(
      drain({
        name: graphilePlain,
        peer: true,
        file,
        on,
        count: Math.ceil(count / 10),
        order: { fast: false, slots: 24 },
      }),
    );
  }
  if (present(bench, 'pg-boss'))
    peers.push(drain({ name: pgBossFast, peer: true, file: 'peers/pg-boss.mjs', on, count, order: { fast: true } }));
  if (stage.redisUrl !== null && present(bench, 'bullmq'))
    peers.push(
      drain({ name: bullmq, peer: true, file: 'peers/bullmq.mjs', on: stage.onRedis, count, order: { slots: 100 } }),
    );
  return peers;
}
