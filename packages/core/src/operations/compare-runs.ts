/** Two runs of a job beside each other: what was different about the one that went wrong. */
import { isDeepStrictEqual } from 'node:util';
import { invalidField } from '../errors.ts';
import { parameterVariable } from '../handlers/environment.ts';
import type { Reference } from '../model/id.ts';
import { hasBuiltInType, type JobDefinition } from '../model/job.ts';
import type { Run } from '../model/run.ts';
import { logPath } from '../spawner/log-path.ts';
import { LogReader } from '../spawner/log-reader.ts';
import type { OperationContext } from './context.ts';
import { notFound } from './jobs.ts';
import { logDifference, type LogDifference } from './log-difference.ts';

export interface Compared {
  readonly run: Run;
  /** Null when there is none to compare with: no run of the job succeeded before. */
  readonly other: Run | null;
  /** What each of them carried out; null for versions that are gone. */
  readonly definitions: { readonly run: JobDefinition | null; readonly other: JobDefinition | null };
  readonly parameters: readonly Differing[];
  /** What the portal gave to the process, as far as it says anything: neither ids nor paths of the run. */
  readonly environment: readonly Differing[];
  readonly log: LogDifference;
}

/** A name under which the two have different values; null where one has none. */
export interface Differing {
  readonly name: string;
  readonly run: unknown;
  readonly other: unknown;
}

export interface Comparison {
  /** Which other run; `last_success` for the newest of the job that succeeded before. */
  readonly with: Reference | 'last_success';
  /** The last one when absent. */
  readonly attempt?: number | undefined;
  readonly otherAttempt?: number | undefined;
}

export interface ComparisonOperations {
  /** @throws `not_found`, `invalid` for runs of different jobs */
  compare(reference: Reference, comparison: Comparison): Promise<Compared>;
}

type Values = Readonly<Record<string, unknown>>;
const comparedLines = 20_000;

function differing(run: Values, other: Values): readonly Differing[] {
  const names = [...new Set([...Object.keys(run), ...Object.keys(other)])].sort();
  return names
    .map((name) => ({ name, run: run[name] ?? null, other: other[name] ?? null }))
    .filter((one) => !isDeepStrictEqual(one.run, one.other));
}

function environmentOf(run: Run, definition: JobDefinition | null): Values {
  const process = definition !== null && hasBuiltInType(definition) ? definition : null;
  const own = process?.type === 'script' || process?.type === 'command' ? process.config.env : {};
  const given = Object.entries(run.parameters).map(
    ([name, value]) => [parameterVariable(name), String(value)] as const,
  );
  return { ...own, ...Object.fromEntries(given) };
}

export function comparisonOperations({ store, dataDir }: OperationContext): ComparisonOperations {
  async function existing(reference: Reference): Promise<Run> {
    const run = await store.runs.get(reference);
    if (run === null) throw notFound('run');
    return run;
  }

  async function otherOf(run: Run, { with: asked }: Comparison): Promise<Run | null> {
    if (asked !== 'last_success') {
      const other = await existing(asked);
      if (other.jobId !== run.jobId) throw invalidField('with', 'is a run of another job');
      return other;
    }
    const filter = { jobId: run.jobId, states: ['succeeded'], to: run.createdAt } as const;
    return (await store.runs.list(filter, { limit: 1 })).items[0] ?? null;
  }

  async function linesOf(run: Run, attempt = Math.max(1, run.attempt)): Promise<{ texts: string[]; cut: boolean }> {
    const reader = await LogReader.open(logPath(dataDir, run, attempt));
    if (reader === null) return { texts: [], cut: false };
    try {
      const lines = await reader.read({ fromLine: 1, count: comparedLines });
      // What the portal notes itself tells when, and of which process.
      const texts = lines.filter(({ stream }) => stream !== 'system').map(({ text }) => text);
      return { texts, cut: lines.length === comparedLines };
    } finally {
      await reader.close();
    }
  }

  return {
    async compare(reference, comparison) {
      const run = await existing(reference);
      const other = await otherOf(run, comparison);
      const definitionOf = (of: Run | null) => (of === null ? null : store.jobs.version(of.jobId, of.jobVersion));
      const definitions = { run: await definitionOf(run), other: await definitionOf(other) };
      const nothing = { definitions, parameters: [], environment: [] };
      if (other === null) return { run, other, ...nothing, log: logDifference([], [], false) };
      const mine = await linesOf(run, comparison.attempt);
      const theirs = await linesOf(other, comparison.otherAttempt);
      return {
        run,
        other,
        definitions,
        parameters: differing(run.parameters, other.parameters),
        environment: differing(environmentOf(run, definitions.run), environmentOf(other, definitions.other)),
        log: logDifference(mine.texts, theirs.texts, mine.cut || theirs.cut),
      };
    },
  };
}
