/**
 * One descriptor kept for the hour when there is no other: a look at the process table must not fail then, as what
 * cannot be seen would count as gone.
 */
import { closeSync, openSync } from 'node:fs';

let spare: number | null = null;

/** From now on one descriptor is set aside. */
export function keepSpareDescriptor(): void {
  try {
    spare ??= openSync('/dev/null', 'r');
  } catch {
    // None is left already; tried again when it would have been of use.
  }
}

/** Does `work`, if need be with the descriptor set aside. `work` opens one at a time and closes it. */
export function withSpareDescriptor<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (spare === null || (code !== 'EMFILE' && code !== 'ENFILE')) throw error;
    closeSync(spare);
    spare = null;
    try {
      return work();
    } finally {
      keepSpareDescriptor();
    }
  }
}
