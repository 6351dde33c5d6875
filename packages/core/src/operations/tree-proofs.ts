import type { Attempt, Survivor, TreeProof } from '../model/run.ts';
import { attemptOutcomes, runStates } from '../model/run.ts';
import type { Instant, Millis } from '../model/instant.ts';
import type { Store } from '../store/store.ts';

/** An attempt and the event that tells of its end are of one transaction. */
const apartMs: Millis = 5000;
const kinds = [...runStates.map((state) => `run.${state}`), ...attemptOutcomes.map((outcome) => `attempt.${outcome}`)];

/** What was found of the processes of these attempts of one run, by their number. */
export async function treeProofs(
  { events }: Pick<Store, 'events'>,
  attempts: readonly Attempt[],
): Promise<ReadonlyMap<number, TreeProof>> {
  const [first] = attempts;
  if (first === undefined) return new Map();
  const ends = attempts.map(({ endedAt }): Instant => endedAt);
  const span = { from: Math.min(...ends) - apartMs, to: Math.max(...ends) + apartMs };
  const { items } = await events.list({ kinds, runId: first.runId, ...span }, { limit: 500, after: null });
  return new Map(
    items.flatMap(({ data }): [number, TreeProof][] => {
      const tree = readTree(data['tree']);
      return tree === null || typeof data['attempt'] !== 'number' ? [] : [[data['attempt'], tree]];
    }),
  );
}

function readTree(value: unknown): TreeProof | null {
  if (typeof value !== 'object' || value === null) return null;
  const { processes, survivors, leftBehind, ignoredTerm, ...used } = value as Readonly<Record<string, unknown>>;
  if (typeof processes !== 'number' || !Array.isArray(survivors)) return null;
  const count = (given: unknown): number => (typeof given === 'number' ? given : 0);
  return {
    processes,
    survivors: survivors as Survivor[],
    leftBehind: count(leftBehind),
    ignoredTerm: count(ignoredTerm),
    memoryPeakMb: numberOrNull(used['memoryPeakMb']),
    cpuSeconds: numberOrNull(used['cpuSeconds']),
    ...(typeof used['scriptHash'] === 'string' ? { scriptHash: used['scriptHash'] } : {}),
  };
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
