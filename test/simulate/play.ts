/** Plays one seed from its first second to the verdict. */
import type { Trigger } from '../chaos/history.ts';
import type { Database } from './database.ts';
import type { Fault } from './faults.ts';
import { planWorld } from './plan.ts';
import { closeLedger, serve } from './people.ts';
import { historyOf } from './reading.ts';
import type { Pair } from './testimony.ts';
import { judge } from './verdict.ts';
import { World } from './world.ts';

/** Half a minute after everything is mended, and the longest that what is left may take to end. */
const closedMs = 80_000;
const patienceMs = 300_000;

export interface Played {
  readonly seed: number;
  /** Of the trace: equal for equal worlds. */
  readonly hash: string;
  /** What was broken and must not be. */
  readonly violations: readonly string[];
  readonly faults: readonly Fault[];
  readonly transitions: ReadonlyMap<string, number>;
  readonly pairs: ReadonlyMap<Pair, number>;
  /** Simulated milliseconds, planned instants, started attempts. */
  readonly figures: { readonly ms: number; readonly runs: number; readonly starts: number };
  readonly trace: readonly string[];
}

export interface PlayOptions {
  readonly without?: ReadonlySet<number>;
  readonly traces?: boolean;
}

export async function play(database: Database, seed: number, options: PlayOptions = {}): Promise<Played> {
  // Worlds leave no room for anything else; between two of them it has its turn.
  await new Promise((resolve) => void setImmediate(resolve));
  const world = new World(database, planWorld(seed, options.without), { traces: options.traces ?? false });
  const { agenda, roles, plan, record, testimony, trace } = world;
  const triggers: Trigger[] = [];
  await world.furnish();
  await serve(world, triggers);
  world.outages.schedule();
  for (const [index, role] of roles.entries()) agenda.after(index * 137, () => void world.start(role));
  await agenda.runUntil(closedMs);

  let until: ReadonlyMap<number, number> | null = null;
  void closeLedger(world).then((closed) => (until = closed));
  let asked = 0;
  await agenda.runUntil(closedMs + patienceMs, () => until !== null && (asked += 1) % 50 === 0 && isEmpty(database));
  // What has just ended says so within moments.
  await agenda.runUntil(agenda.now + 3000);

  const history = historyOf(world, { triggers, until: until ?? new Map() });
  const violations = until === null ? ['liveness: the jobs could not be paused'] : judge(world, history);
  const result: Played = {
    seed,
    hash: trace.hash,
    violations,
    faults: plan.faults,
    transitions: record.transitions,
    pairs: testimony.pairs,
    figures: {
      ms: agenda.now,
      runs: history.runs.length,
      starts: history.told.filter(({ kind }) => kind === 'start').length,
    },
    trace: trace.lines,
  };
  for (const machine of [world.centre, ...world.machines]) machine.cut();
  return result;
}

function isEmpty(database: Database): boolean {
  const [row] = database.rows('SELECT (SELECT count(*) FROM queue) + (SELECT count(*) FROM leases) AS n');
  return Number(row?.['n']) === 0;
}
