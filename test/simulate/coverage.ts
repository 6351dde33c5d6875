/** Which moves met which faults. A pair that used to meet and meets no more would make the simulation prove less. */
import { faultKinds, type FaultKind } from './faults.ts';
import type { Pair } from './testimony.ts';

/** Moves that must meet every kind of fault in two thousand seeds. */
const everywhere = [
  'instant → run',
  'instant → skipped overlap',
  'queued → claimed',
  'queued → starting',
  'claimed → starting',
  'starting → running',
  'ended succeeded',
  'ended failed',
  'ended cancelled',
  'failed → again',
  'ended lost',
  'lost → again',
  'waiting → superseded',
  'worker registered',
  'worker ended',
] as const;

/** Moves that need a certain kind, with the kinds. */
const somewhere: { readonly [move: string]: readonly FaultKind[] } = {
  'claimed → given back': ['worker_killed', 'killed_at_call', 'power_cut', 'reply_lost'],
  'starting → given back': ['starts_refused'],
  'worker declared lost': ['worker_killed', 'worker_stopped', 'machine_asleep', 'partition', 'power_cut'],
  'late succeeded': ['worker_stopped', 'partition'],
  'instants taken back': ['clock_jump'],
  'run by catch_up': ['database_away', 'clock_jump'],
  'instant → skipped misfire': ['database_away', 'clock_jump'],
  'instant → skipped coalesced': ['database_away', 'clock_jump'],
};

const expectedPairs: readonly Pair[] = [
  ...everywhere.flatMap((move) => faultKinds.map((kind): Pair => `${move} | ${kind}`)),
  ...Object.entries(somewhere).flatMap(([move, kinds]) => kinds.map((kind): Pair => `${move} | ${kind}`)),
];

export function add<K>(to: Map<K, number>, from: ReadonlyMap<K, number>): void {
  for (const [key, count] of from) to.set(key, (to.get(key) ?? 0) + count);
}

/** Expected pairs that never met. */
export function missingPairs(pairs: ReadonlyMap<Pair, number>): readonly Pair[] {
  return expectedPairs.filter((pair) => !pairs.has(pair));
}

/** Moves down, kinds of fault across; kinds by number, as their names are long. */
export function tableOf(pairs: ReadonlyMap<Pair, number>, transitions: ReadonlyMap<string, number>): string {
  const width = 7;
  const cell = (text: string | number): string => String(text).padStart(width);
  const moves = [...transitions.keys()].sort();
  const longest = Math.max(...moves.map((move) => move.length));
  const head = `${''.padEnd(longest)}${cell('all')}${faultKinds.map((_, index) => cell(index + 1)).join('')}`;
  const lines = moves.map((move) => {
    const counts = faultKinds.map((kind) => cell(pairs.get(`${move} | ${kind}`) ?? '·'));
    return `${move.padEnd(longest)}${cell(transitions.get(move) ?? 0)}${counts.join('')}`;
  });
  const legend = faultKinds.map((kind, index) => `${index + 1} ${kind}`).join(', ');
  return [head, ...lines, '', legend].join('\n');
}
