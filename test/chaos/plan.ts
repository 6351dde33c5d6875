/** From a seed to the jobs of a round and the faults that meet them. Pure: a seed always plans the same. */
import type { JobInput } from 'job-trigger-contract';
import type { FaultKind } from './history.ts';
import type { Rule } from './oracle.ts';

export type Chance = () => number;

/** Numbers from 0 to 1 that a seed decides (mulberry32). */
export function chanceOf(seed: number): Chance {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of them. */
export function pick<T>(chance: Chance, from: readonly T[]): T {
  const [found] = from.slice(Math.floor(chance() * from.length));
  if (found === undefined) throw new RangeError('There is nothing to pick from.');
  return found;
}

export interface PlannedJob {
  readonly input: JobInput;
  readonly rules: readonly Rule[];
  readonly periodsMs: readonly number[];
  readonly exclusive: boolean;
  readonly onLost: 'fail' | 'rerun';
  readonly attempts: number;
}

const half = 30;
/** Zones without clock changes, with the minutes that the oracle adds. */
const zones = [
  ['UTC', 0],
  ['Asia/Kolkata', 330],
  ['Asia/Tokyo', 540],
] as const;

/** @param start a whole second from which intervals count @param folder of the witness file */
export function planJobs(
  seed: number,
  count: number,
  { start, folder }: { start: number; folder: string },
): PlannedJob[] {
  const chance = chanceOf(seed);
  return Array.from({ length: count }, (_, index) => {
    const nature = natureOf(chance);
    const { exclusive, onLost, how, retries, lives, slow } = nature;
    // Nothing is promised of runs that come faster than they can be carried out, but that they wait.
    const seconds = slow ? [4, 5, 6, 7, 10, 10] : [1, 2, 2, 3, 4, 5, 6, 7, 10];
    const named = [planRule(chance, start, seconds), ...(chance() < 0.2 ? [planRule(chance, start, seconds)] : [])];
    const overlap = overlapOf(chance, nature);
    return {
      input: {
        name: `job-${String(index).padStart(2, '0')}`,
        type: 'script',
        config: { script: 'witness.sh', args: [folder, String(lives), how, exclusive ? 'alone' : 'shared'] },
        schedules: named.map(({ schedule }) => schedule),
        overlap,
        max_concurrent: exclusive ? 1 : 5,
        on_lost: onLost,
        timeout_seconds: 30,
        kill_grace_seconds: 1,
        catch_up: { policy: pick(chance, ['last', 'none', 'all', 'first'] as const), window_seconds: 3600, max: 3 },
        retry: retries ? { max_attempts: 3, strategy: 'fixed', delay_seconds: 1 } : null,
      },
      rules: named.map(({ rule }) => rule),
      periodsMs: named.map(({ periodMs }) => periodMs),
      exclusive,
      onLost,
      attempts: retries ? 3 : 1,
    } satisfies PlannedJob;
  });
}

/** How a job behaves. */
interface Nature {
  readonly exclusive: boolean;
  readonly onLost: 'fail' | 'rerun';
  readonly how: 'ok' | 'fail' | 'flaky';
  readonly retries: boolean;
  /** Seconds that a run takes. */
  readonly lives: number;
  /** Its runs take so long that they would pile up. */
  readonly slow: boolean;
}

function natureOf(chance: Chance): Nature {
  const exclusive = chance() < 0.5;
  const onLost = chance() < 0.5 ? 'fail' : 'rerun';
  const how = pick(chance, ['ok', 'ok', 'ok', 'fail', 'flaky'] as const);
  const retries = how !== 'ok' && chance() < 0.6;
  const lives = pick(chance, [0.1, 0.3, 0.8, 1.5]);
  return { exclusive, onLost, how, retries, lives, slow: retries || lives > 0.5 };
}

function overlapOf(chance: Chance, { exclusive, slow }: Nature): NonNullable<JobInput['overlap']> {
  return exclusive ? pick(chance, ['skip', 'queue_one', slow ? 'queue_one' : 'queue_all'] as const) : 'allow';
}

interface PlannedRule {
  readonly schedule: NonNullable<JobInput['schedules']>[number];
  readonly rule: Rule;
  readonly periodMs: number;
}

function planRule(chance: Chance, start: number, periods: readonly number[]): PlannedRule {
  const seconds = pick(chance, periods);
  if (chance() < 0.6) {
    const from = start - 1000 * Math.floor(chance() * 100);
    return {
      schedule: { kind: 'interval', every: seconds, unit: 'seconds', start: new Date(from).toISOString() },
      rule: { kind: 'interval', seconds, start: from },
      periodMs: seconds * 1000,
    };
  }
  const [timezone, offsetMinutes] = pick(chance, zones);
  const expression = pick(chance, [
    ...(periods.includes(2) ? ['*/2 * * * * *'] : []),
    '*/5 * * * * *',
    '1-59/4 * * * * *',
    `0,7,${half},44,52 * * * * *`,
    '*/10 */2 * * * *',
  ]);
  const periodMs =
    { '*/2': 2000, '*/5': 5000, '1-59/4': 4000, '*/10': 70_000 }[expression.split(' ')[0] ?? ''] ?? 23_000;
  return {
    schedule: { kind: 'cron', expression, timezone },
    rule: { kind: 'cron', expression, offsetMinutes },
    periodMs,
  };
}

export interface PlannedFault {
  readonly kind: FaultKind;
  /** Which of two, where there are two. */
  readonly which: 0 | 1;
  /** After the load began. */
  readonly atMs: number;
  /** How long a stopped process stands still, or a killed one stays away. */
  readonly forMs: number;
}

const onBoth: readonly FaultKind[] = [
  'scheduler_killed',
  'worker_killed',
  'worker_and_spawner_killed',
  'spawner_killed',
  'portal_killed',
  'scheduler_stopped',
  'worker_stopped',
  'worker_drained',
  'scheduler_drained',
  'everything_killed',
];
const onPostgres: readonly FaultKind[] = [
  'connections_cut',
  'answers_lost',
  'answers_lost',
  'database_restarted',
  'network_stalled',
  'network_slow',
];
/** Faults that take their time: only where a round is long enough to see what comes of them. */
const long: readonly FaultKind[] = ['worker_gone', 'clock_jumped'];
const longRoundMs = 60_000;

/**
 * One fault every 2 to 5 s, counted from the end of the one before. Every kind comes once before any comes again, so that
 * a short round meets as many as it can.
 */
export function planFaults(
  seed: number,
  { forMs, database, withDisk }: { forMs: number; database: 'sqlite' | 'postgres'; withDisk: boolean },
): PlannedFault[] {
  const chance = chanceOf(seed ^ 0x5eed);
  const kinds = [
    ...onBoth,
    ...(database === 'postgres' ? onPostgres : []),
    ...(withDisk ? (['disk_full'] as const) : []),
    ...(forMs >= longRoundMs ? long : []),
  ];
  let bag: FaultKind[] = [];
  const faults: PlannedFault[] = [];
  for (let atMs = 2000 + chance() * 2000; atMs < forMs;) {
    if (bag.length === 0) bag = shuffled(chance, kinds);
    const kind = bag.pop();
    if (kind === undefined) break;
    const lasts = Math.round(lengthOf(kind, chance));
    faults.push({ kind, which: chance() < 0.5 ? 0 : 1, atMs: Math.round(atMs), forMs: lasts });
    atMs += lasts + 2000 + chance() * 3000;
  }
  return faults;
}

/** Shortest and longest. All others: up to 1.5 s. */
const lengths: Partial<Readonly<Record<FaultKind, readonly [number, number]>>> = {
  // A stopped worker is suspect in the end, and not lost: its lease is 5 s, and 20 s would be needed.
  worker_stopped: [6500, 9000],
  scheduler_stopped: [6500, 9000],
  database_restarted: [0, 4000],
  // Lost after 20 s, and found within 5 s more.
  worker_gone: [27_000, 30_000],
  // A jump is believed after 10 s.
  clock_jumped: [13_000, 17_000],
  disk_full: [2000, 5000],
  network_stalled: [3000, 8000],
  network_slow: [5000, 9000],
};

function lengthOf(kind: FaultKind, chance: Chance): number {
  const [least, most] = lengths[kind] ?? [0, 1500];
  return least + chance() * (most - least);
}

function shuffled<T>(chance: Chance, all: readonly T[]): T[] {
  return all
    .map((value) => ({ value, place: chance() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ value }) => value);
}
