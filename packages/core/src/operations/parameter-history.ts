import { isDeepStrictEqual } from 'node:util';
import type { Run } from '../model/run.ts';

/** Values that a job was run with, and how often among the runs that were looked at. */
export interface ParameterSet {
  readonly values: Readonly<Record<string, unknown>>;
  readonly runs: number;
  readonly last: Run;
}

/** Each set of values once, the one that was used last first. Runs that were given none are left out. Pure. */
export function parameterSets(newestFirst: readonly Run[], most: number): readonly ParameterSet[] {
  const sets: ParameterSet[] = [];
  for (const run of newestFirst) {
    if (Object.keys(run.parameters).length === 0) continue;
    const at = sets.findIndex(({ values }) => isDeepStrictEqual(values, run.parameters));
    const known = sets[at];
    if (known !== undefined) sets[at] = { ...known, runs: known.runs + 1 };
    else sets.push({ values: run.parameters, runs: 1, last: run });
  }
  return sets.slice(0, most);
}
