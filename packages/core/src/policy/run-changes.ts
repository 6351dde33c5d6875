/** What is not as it was when a job last succeeded. */
import type { Run } from '../model/run.ts';

export interface RunChanges {
  /** From and to; null when it is the same, or there is nothing to compare with. */
  readonly version: { readonly from: number; readonly to: number } | null;
  readonly worker: { readonly from: string; readonly to: string } | null;
  /** Of the script's content: its hashes; null when it is the same, or one of them is not known. */
  readonly script: { readonly from: string; readonly to: string } | null;
  /** Names of parameters with another value, of those that are new and of those that are gone. */
  readonly parameters: readonly string[];
}

type Compared = Pick<Run, 'jobVersion' | 'workerName' | 'parameters'> & { readonly scriptHash?: string | null };

export function changesBetween(before: Compared | null, after: Compared): RunChanges {
  if (before === null) return { version: null, worker: null, script: null, parameters: [] };
  const names = new Set([...Object.keys(before.parameters), ...Object.keys(after.parameters)]);
  const isOther = (name: string): boolean =>
    JSON.stringify(before.parameters[name]) !== JSON.stringify(after.parameters[name]);
  return {
    version: before.jobVersion === after.jobVersion ? null : { from: before.jobVersion, to: after.jobVersion },
    worker: known(before.workerName, after.workerName),
    script: known(before.scriptHash ?? null, after.scriptHash ?? null),
    parameters: [...names].filter(isOther).toSorted(),
  };
}

/** From one to another, where both are known and differ. */
function known(from: string | null, to: string | null): { readonly from: string; readonly to: string } | null {
  return from === null || to === null || from === to ? null : { from, to };
}
