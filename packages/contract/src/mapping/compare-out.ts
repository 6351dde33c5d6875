/** Two runs beside each other, going out. */
import { isDeepStrictEqual } from 'node:util';
import type { Compared, Differing, JobDefinition } from 'job-trigger-core';
import type { Run, RunComparison } from '../shapes/run.ts';
import { definitionToWire, runToWire, type Named } from './out.ts';

type Row = RunComparison['facts'][number];

/** In the order in which a person would ask. */
const comparedFacts = [
  'state',
  'reason',
  'job_version',
  'trigger',
  'requested_by',
  'worker_name',
  'attempt',
  'exit_code',
  'signal',
  'wait_seconds',
  'duration_seconds',
  'queue',
  'priority',
  'note',
  'result',
] as const satisfies readonly (keyof Run)[];

type Values = Readonly<Record<string, unknown>>;

function differing(names: readonly string[], run: Values, other: Values): Row[] {
  return names
    .filter((name) => !isDeepStrictEqual(run[name], other[name]))
    .map((name) => ({ name, run: run[name] ?? null, with: other[name] ?? null }));
}

function definitionRows(run: JobDefinition | null, other: JobDefinition | null): Row[] {
  if (run === null || other === null) return [];
  const [mine, theirs]: readonly [Values, Values] = [definitionToWire(run), definitionToWire(other)];
  return differing(Object.keys(mine), mine, theirs);
}

const rowOf = ({ name, run, other }: Differing): Row => ({ name, run, with: other });

export function comparisonToWire(compared: Compared, named: Named): RunComparison {
  const { definitions, log } = compared;
  const run = runToWire(compared.run, named);
  const other = compared.other === null ? null : runToWire(compared.other, named);
  return {
    run,
    with: other,
    facts: other === null ? [] : differing(comparedFacts, run, other),
    definition: definitionRows(definitions.run, definitions.other),
    parameters: compared.parameters.map(rowOf),
    environment: compared.environment.map(rowOf),
    log: {
      first_difference: log.firstDifference,
      lines: log.lines.map(({ kind, line, text }) => ({ kind: kind === 'other' ? 'with' : kind, line, text })),
      more: log.more,
    },
  };
}
