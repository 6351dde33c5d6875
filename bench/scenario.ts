/** What a scenario is, and what it answers. */
import type { BenchOptions } from './options.ts';

/** Samples of one quantity, kept as they were taken: one list a round. */
export interface Measure {
  readonly name: string;
  /** What is measured, and of whom: lines of one quantity stand beside each other on the page of charts. */
  readonly quantity?: string;
  readonly system?: string;
  /** `CPU ms` is processor time of the client process for 1,000 runs. */
  readonly unit:
    | 'ms'
    | 's'
    | 'MB'
    | 'kB'
    | '%'
    | 'ratio'
    | 'runs/s'
    | 'requests/s'
    | 'CPU ms'
    | 'count'
    | '1/min'
    | '1/s';
  readonly rounds: readonly (readonly number[])[];
  /** What must hold over all rounds together; absent for a control. */
  readonly limits?: readonly Limit[];
}

export type Limit = {
  readonly of: 'p50' | 'p95' | 'p99' | 'max' | 'min';
  /** What we reach for, beyond what must hold: a miss is told and fails nothing. */
  readonly aim?: true;
} & ({ readonly below: number } | { readonly atLeast: number });

/** What a scenario is given. */
export interface Bench {
  readonly options: BenchOptions;
  /** Progress, for whoever waits. */
  say(text: string): void;
  /** What a reader of the figures must know: a version, a peer left out, a round dropped. Kept with the samples. */
  note(text: string): void;
  /** A result of ours or of a control was wrong: told, and the program ends with 1. */
  wrong(text: string): void;
}

export interface Scenario {
  readonly name: string;
  /** One sentence: what is measured, from where to where. */
  readonly about: string;
  run(say: (text: string) => void, bench: Bench): Promise<readonly Measure[]>;
}
