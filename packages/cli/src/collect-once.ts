import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Gives back what loading the programs left behind, once, before anybody waits for an answer: an idle process never
 * allocates enough for the engine to do it by itself. It stops everything for a tenth of a second, so never later.
 */
export function collectOnce(): void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: {
    readonly type: 'major';
    readonly flavor: 'last-resort';
  }) => void;
  setFlagsFromString('--no-expose-gc');
  collect({ type: 'major', flavor: 'last-resort' });
}
