/** What lies in `bench/results` of a scenario. */
import type { Machine } from './machine.ts';
import type { Measure } from './scenario.ts';
import type { Summary } from './statistics.ts';

export interface Line extends Measure {
  readonly summary: Summary;
}

export interface Result {
  readonly scenario: string;
  readonly about: string;
  readonly at: string;
  readonly machine: Machine;
  readonly notes: readonly string[];
  readonly measures: readonly Line[];
}
