/** What is not as it was when a job last succeeded. */
import type { Run } from '../model/run.ts';

export interface RunChanges {
  /** From and to; null when it is the same, or there is nothing to compare with. */
  readonly version: { readonly from: number; readonly to: number } | null;
  readonly worker: { readonly from: string; readonly to: string } | null;
  /** Names of parameters with another value, of those that are new and of those that are gone. */
  readonly parameters: readonly string[];
}

type Compared = Pick<Run, 'jobVersion' | 'workerName' | 'parameters'>;

export function changesBetween(before: Compared | null, after: Compared): RunChanges {
  if (before === null) return { version: null, worker: null, parameters: [] };
  const names = new Set([...Object.keys(before.parameters), ...Object.keys(after.parameters)]);
  const isOther = (name: string): boolean =>
    JSON.stringify(before.parameters[name]) !== JSON.stringify(after.parameters[name]);
  const [from, to] = [before.workerName, after.workerName];
  return {
    version: before.jobVersion === after.jobVersion ? null : { from: before.jobVersion, to: after.jobVersion },
    worker: from === null || to === null || from === to ? null : { from, to },
    parameters: [...names].filter(isOther).toSorted(),
  };
}
