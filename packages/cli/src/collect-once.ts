import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Gives back what loading the programs left behind, once, before anybody waits for an answer: an idle process never
 * allocates enough for the engine to do it by itself. It stops everything for a tenth of a second, so never later.
 *
 * From here on the young generation may grow (see `main.ts`): under load a small one hands requests that are still being
 * answered to the old generation, whose collection took a fifth of the processor.
 */
export function collectOnce(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: {
    readonly type: 'major';
    readonly flavor: 'last-resort';
  }) => void;
  setFlagsFromString('--no-expose-gc');
  collect({ type: 'major', flavor: 'last-resort' });
  setFlagsFromString('--semi-space-growth-factor=2');
}
