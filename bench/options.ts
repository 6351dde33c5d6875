/** What `npm run bench` is told beside the names of scenarios. */
import { parseArgs } from 'node:util';

export interface BenchOptions {
  /** Null: as many as the scenario takes by itself. */
  readonly rounds: number | null;
  /** Runs of a round, for scenarios that count them. */
  readonly count: number | null;
  /** The length that the published figures are taken with, where it is longer than the default. */
  readonly full: boolean;
  /** Contestants whose name contains one of these; empty for all. Controls always take part. */
  readonly only: readonly string[];
}

export interface Asked {
  readonly names: readonly string[];
  readonly options: BenchOptions;
}

function whole(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d*$/.test(text)) throw new RangeError(`--${name} must be a whole number above 0, and is "${text}".`);
  return Number(text);
}

/** @throws for an option that is unknown or has no number */
export function asked(args: readonly string[]): Asked {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      rounds: { type: 'string' },
      count: { type: 'string' },
      full: { type: 'boolean', default: false },
      only: { type: 'string', multiple: true, default: [] },
    },
  });
  return {
    names: positionals,
    options: {
      rounds: whole('rounds', values.rounds),
      count: whole('count', values.count),
      full: values.full,
      only: values.only.flatMap((text) => text.split(',')).filter((text) => text !== ''),
    },
  };
}
