import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from './machine.ts';
import type { BenchOptions } from './options.ts';
import type { Limit, Measure, Scenario } from './scenario.ts';
import { quantile, summaryOf } from './statistics.ts';

const results = join(import.meta.dirname, 'results');

export function holds(measure: Measure, limit: Limit): boolean {
  const value = summaryOf(measure.rounds.flat())[limit.of];
  return 'below' in limit ? value < limit.below : value >= limit.atLeast;
}

/** Whether something that must hold does not; what is only aimed at never counts. */
export function misses(measure: Measure): boolean {
  return (measure.limits ?? []).some((limit) => limit.aim !== true && !holds(measure, limit));
}

function judged(measure: Measure, limit: Limit): string {
  const bound = 'below' in limit ? `< ${limit.below}` : `≥ ${limit.atLeast}`;
  const [met, missed] = limit.aim === true ? ['reached', 'not reached'] : ['holds', 'MISSED'];
  return `${limit.aim === true ? 'aim ' : ''}${limit.of} ${bound}: ${holds(measure, limit) ? met : missed}`;
}

const figure = (value: number): string => value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);

function cells(measure: Measure): readonly string[] {
  const all = summaryOf(measure.rounds.flat());
  const medians = measure.rounds.map((round) => quantile(round, 0.5));
  const limits = (measure.limits ?? []).map((limit) => judged(measure, limit));
  return [
    `${measure.name} (${measure.unit})`,
    String(all.count),
    figure(all.p50),
    `${figure(Math.min(...medians))} … ${figure(Math.max(...medians))}`,
    figure(all.p90),
    figure(all.p99),
    figure(all.max),
    limits.join('; '),
  ];
}

const head = ['', 'samples', 'p50', 'p50 by round', 'p90', 'p99', 'max', 'limit'];

/** A table for people. */
export function tableOf(measures: readonly Measure[]): string {
  const rows = [head, ...measures.map(cells)];
  const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 || column === 7 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export interface Kept {
  readonly measures: readonly Measure[];
  readonly notes: readonly string[];
  readonly options: BenchOptions;
}

/** Everything that was measured, sample by sample. @returns the path */
export function keep(scenario: Scenario, machine: Machine, { measures, notes, options }: Kept): string {
  mkdirSync(results, { recursive: true });
  const path = join(results, `${scenario.name}.json`);
  const summaries = measures.map((measure) => ({ ...measure, summary: summaryOf(measure.rounds.flat()) }));
  const { name, about } = scenario;
  const document = { scenario: name, about, at: new Date(), machine, options, notes, measures: summaries };
  writeFileSync(path, `${JSON.stringify(document, null, 1)}\n`);
  return path;
}
