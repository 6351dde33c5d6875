/**
 * Plays many small worlds, each from a seed, and asks of each whether every promise held.
 *
 *     npm run simulate -- --seeds 2000 [--from 1] [--first] [--out simulation-results]
 *     npm run simulate -- --seed 17        one of them, with everything that happened in it
 *
 * `--first` ends with the first seed that fails. Ends with 1 when a promise was broken, or when a move no longer meets a fault that it is expected to meet.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { add, missingPairs, tableOf } from './coverage.ts';
import { Database } from './database.ts';
import { play, type Played } from './play.ts';
import { shrink } from './shrink.ts';
import type { Pair } from './testimony.ts';
import { dataFolder } from './world.ts';

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    first: { type: 'boolean', default: false },
    out: { type: 'string', default: 'simulation-results' },
  },
});

/** So many seeds are handed to a thread at once. */
const handful = 10;
/** From here on every expected pair must have met. */
const enoughForCoverage = 2000;
/** Failing seeds that are shrunk; the others are named. */
const mostShrunk = 5;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function whole(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new RangeError(`--${name} takes a whole number, not '${text}'.`);
}

function tell({ seed, hash, violations, faults }: Played): void {
  say(`seed ${seed}, trace ${hash}`);
  for (const violation of violations) say(`  ${violation}`);
  for (const { kind, at, lastsMs, role, target, method, when, byMs } of faults)
    say(`  - ${kind} at ${Math.round(at)} for ${lastsMs}: ${role} ${target}, ${method} ${when}, ${byMs}`);
}

async function one(seed: number): Promise<boolean> {
  const database = await Database.open();
  const played = await play(database, seed, { traces: true });
  for (const line of played.trace) say(line);
  tell(played);
  database.close();
  return played.violations.length === 0;
}

interface Sum {
  readonly pairs: Map<Pair, number>;
  readonly transitions: Map<string, number>;
  readonly failed: Played[];
  seeds: number;
  runs: number;
  starts: number;
  ms: number;
}

/** Hands seeds to as many threads as there are cores, until it has heard enough. */
async function many(from: number, count: number, heard: (played: Played) => boolean): Promise<void> {
  let next = from;
  const end = from + count;
  const thread = async (): Promise<void> => {
    const worker = new Worker(new URL('crew.ts', import.meta.url));
    try {
      while (next < end) {
        const seeds = Array.from({ length: Math.min(handful, end - next) }, (_, index) => next + index);
        next += seeds.length;
        const answer = new Promise<readonly Played[]>((resolve, reject) => {
          worker.once('message', resolve);
          worker.once('error', reject);
        });
        worker.postMessage(seeds);
        for (const played of await answer) if (!heard(played)) next = end;
        worker.removeAllListeners('error');
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), Math.ceil(count / handful)) }, thread));
}

async function explain(failed: readonly Played[], out: string): Promise<void> {
  const database = await Database.open();
  mkdirSync(out, { recursive: true });
  for (const each of failed.slice(0, mostShrunk)) {
    const smallest = await shrink(database, each);
    const path = join(out, `seed-${each.seed}.txt`);
    writeFileSync(path, `${smallest.trace.join('\n')}\n`);
    say('');
    tell(smallest);
    say(`  what happened: ${path}; the whole seed: npm run simulate -- --seed ${each.seed}`);
  }
  database.close();
}

async function all(): Promise<boolean> {
  const [from, count] = [whole('from', values.from), whole('seeds', values.seeds)];
  const sum: Sum = { pairs: new Map(), transitions: new Map(), failed: [], seeds: 0, runs: 0, starts: 0, ms: 0 };
  const began = performance.now();
  await many(from, count, (played) => {
    add(sum.pairs, played.pairs);
    add(sum.transitions, played.transitions);
    sum.seeds += 1;
    sum.runs += played.figures.runs;
    sum.starts += played.figures.starts;
    sum.ms += played.figures.ms;
    if (played.violations.length > 0) {
      sum.failed.push(played);
      say(`seed ${played.seed}: ${played.violations[0]}`);
    }
    if (sum.seeds % 500 === 0) say(`${sum.seeds} seeds, ${sum.failed.length} failed`);
    return !values.first || sum.failed.length === 0;
  });
  const seconds = (performance.now() - began) / 1000;
  say(tableOf(sum.pairs, sum.transitions));
  const missing = missingPairs(sum.pairs);
  for (const pair of missing) say(`never met: ${pair}`);
  if (sum.failed.length > 0 && !values.first) await explain(sum.failed, values.out);
  say('');
  say(
    `${sum.seeds} seeds in ${seconds.toFixed(1)} s (${(sum.seeds / seconds).toFixed(1)} a second): ` +
      `${(sum.ms / 3_600_000).toFixed(1)} simulated hours, ${sum.runs} runs, ${sum.starts} starts, ` +
      `${sum.failed.length} seeds failed${sum.failed.length > 0 ? ` (${sum.failed.map(({ seed }) => seed).join(', ')})` : ''}`,
  );
  return sum.failed.length === 0 && (missing.length === 0 || sum.seeds < enoughForCoverage);
}

try {
  const ok = values.seed === undefined ? await all() : await one(whole('seed', values.seed));
  process.exitCode = ok ? 0 : 1;
} finally {
  rmSync(dataFolder, { recursive: true, force: true });
}
