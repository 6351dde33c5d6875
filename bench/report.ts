import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from './machine.ts';
import type { Limit, Measure, Scenario } from './scenario.ts';
import { quantile, summaryOf } from './statistics.ts';

const results = join(import.meta.dirname, 'results');

export function holds(measure: Measure, limit: Limit): boolean {
  return summaryOf(measure.rounds.flat())[limit.of] < limit.below;
}

const figure = (value: number): string => value.toFixed(Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2);

function cells(measure: Measure): readonly string[] {
  const all = summaryOf(measure.rounds.flat());
  const medians = measure.rounds.map((round) => quantile(round, 0.5));
  const limits = (measure.limits ?? []).map(
    (limit) => `${limit.of} < ${limit.below}: ${holds(measure, limit) ? 'holds' : 'MISSED'}`,
  );
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

/** Everything that was measured, sample by sample. @returns the path */
export function keep(scenario: Scenario, machine: Machine, measures: readonly Measure[]): string {
  mkdirSync(results, { recursive: true });
  const path = join(results, `${scenario.name}.json`);
  const summaries = measures.map((measure) => ({ ...measure, summary: summaryOf(measure.rounds.flat()) }));
  const document = { scenario: scenario.name, about: scenario.about, at: new Date(), machine, measures: summaries };
  writeFileSync(path, `${JSON.stringify(document, null, 1)}\n`);
  return path;
}
