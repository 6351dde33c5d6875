/** A worker and, beside it, a process that sends it requests at their times: S3, S6, S9, S16. */
import { startProgram } from './program.ts';
import type { Contestant, Figures } from './race.ts';
import { driftOf } from './rounds.ts';
import type { Ground, Place } from './stage.ts';

export interface StreamOptions extends Pick<Contestant, 'name' | 'control' | 'peer'> {
  readonly file: string;
  readonly on: Ground;
  readonly count: number;
  readonly perSecond: number;
  readonly order?: Readonly<Record<string, unknown>>;
  /** Beside it, from the first request to the end. @returns what ends it */
  readonly beside?: (place: Place, workerPid: number) => Promise<() => Promise<Figures>>;
}

/** After the last request was answered, for what still waits. */
const patienceMs = 30_000;

/** Latency of each run is its first instruction minus the time its request was meant to be sent. */
export async function oneStream(options: Omit<StreamOptions, 'on'>, place: Place): Promise<Figures> {
  const { file, count, perSecond, order = {}, beside } = options;
  const longest = 2 * ((count * 1000) / perSecond) + 5 * 60_000;
  const worker = startProgram(
    file,
    { do: 'consume', ...place, folder: `${place.folder}-worker`, count, ...order },
    longest,
  );
  await worker.heard('ready');
  const sender = startProgram(file, { do: 'produce', ...place, count, perSecond, ...order }, longest);
  await sender.heard('ready');
  const end = once(await beside?.(place, worker.pid));
  sender.tell('go');
  try {
    const sent = (await sender.answer) as Record<string, number>;
    if (Number(sent['refused']) > 0)
      throw new Error(`${sent['refused']} requests were refused, the first with: ${String(sent['refusal'])}`);
    const stop = setTimeout(() => worker.tell('stop'), patienceMs);
    const done = (await worker.answer) as Record<string, number>;
    clearTimeout(stop);
    if (done['lost'] !== 0 || done['twice'] !== 0) throw new Error(`${done['lost']} lost, ${done['twice']} twice.`);
    const { latencies, starts } = done as unknown as Record<'latencies' | 'starts', readonly number[]>;
    const drift = driftOf(starts, latencies);
    return {
      latency: latencies,
      'throughput, last by first sixth': drift.throughput,
      'p99, last by first sixth': drift.p99,
      'late sends': Number(sent['late']),
      'latest send': Number(sent['maxLateMs']),
      backlog: Math.max(0, Number(done['doneAt']) - Number(sent['doneAt'])),
      calls: (sent as Record<string, unknown>)['calls'] as readonly number[],
      resident: Number(done['rssMb']),
      'CPU per 1,000': (Number(done['cpuSeconds']) * 1e6) / count,
      ...(await end()),
    };
  } finally {
    worker.kill();
    sender.kill();
    await end();
  }
}

/** What ends the company of a stream, also of one that failed, is called once. */
function once(end: (() => Promise<Figures>) | undefined): () => Promise<Figures> {
  let figures: Promise<Figures> | null = null;
  return () => (figures ??= end === undefined ? Promise.resolve({}) : end());
}

export function stream({ on, ...options }: StreamOptions): Contestant {
  const { name, control, peer } = options;
  return {
    name,
    ...(control === undefined ? {} : { control }),
    ...(peer === undefined ? {} : { peer }),
    turn: () => on((place) => oneStream(options, place)),
  };
}
