/** What a scenario is, and what it answers. */

/** Samples of one quantity, kept as they were taken: one list a round. */
export interface Measure {
  readonly name: string;
  readonly unit: 'ms' | 'MB' | 'kB' | '%' | 'ratio' | 'runs/s';
  readonly rounds: readonly (readonly number[])[];
  /** What must hold over all rounds together; absent for a control. */
  readonly limits?: readonly Limit[];
}

export interface Limit {
  readonly of: 'p50' | 'p99' | 'max';
  readonly below: number;
}

export interface Scenario {
  readonly name: string;
  /** One sentence: what is measured, from where to where. */
  readonly about: string;
  run(say: (text: string) => void): Promise<readonly Measure[]>;
}
