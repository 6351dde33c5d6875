/** The checks of the contract (section 10) over the history of a round, by their numbers there. */
import type { History } from './history.ts';
import { withinBounds } from './checks/bounds.ts';
import { liveness } from './checks/liveness.ts';
import { noOverlap, risingFences, startsOnce } from './checks/starts.ts';
import { jumpsDoubted, ledgerComplete, occurrencesHaveRuns, startsOnTime } from './checks/instants.ts';
import { outcomesAgree, triggersKept } from './checks/outcomes.ts';
import { intact, nothingLeft } from './checks/remains.ts';

interface Check {
  readonly number: number;
  readonly name: string;
  /** What is wrong; empty when nothing is. */
  readonly faults: (history: History) => readonly string[];
  /** A bound of time: in a short round on a busy machine it warns. */
  readonly isBound?: boolean;
}

const checks: readonly Check[] = [
  { number: 1, name: 'every instant is one row or lies in one gap', faults: ledgerComplete },
  { number: 1, name: 'every occurrence has its run, every run its occurrence', faults: occurrencesHaveRuns },
  { number: 2, name: 'starts match instants', faults: startsOnTime },
  { number: 2, name: 'nothing is planned by a clock that has just jumped', faults: jumpsDoubted },
  { number: 3, name: 'no attempt starts twice, nothing lost starts again under fail', faults: startsOnce },
  { number: 4, name: 'exclusive jobs never overlap', faults: noOverlap },
  { number: 5, name: 'outcomes are what the jobs say', faults: outcomesAgree },
  { number: 6, name: 'fences rise', faults: risingFences },
  { number: 7, name: 'acknowledged triggers exist once', faults: triggersKept },
  { number: 8, name: 'what was broken works again in time', faults: withinBounds, isBound: true },
  { number: 9, name: 'nothing is left open or running, nothing crashed', faults: nothingLeft },
  { number: 10, name: 'the database is intact', faults: intact },
  { number: 11, name: 'every schedule fires again after the last fault', faults: liveness },
];

export interface Verdict extends Required<Pick<Check, 'number' | 'name' | 'isBound'>> {
  readonly faults: readonly string[];
}

export function judge(history: History): Verdict[] {
  return checks.map(({ number, name, faults, isBound = false }) => ({
    number,
    name,
    isBound,
    faults: faults(history),
  }));
}
