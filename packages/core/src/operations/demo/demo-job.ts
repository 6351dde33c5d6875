/** What a job of the demo is: a definition as a person would give it, and how its runs went in the past. */
import type { Instant } from '../../model/instant.ts';
import type { NewJob } from '../job-input.ts';
import type { Chance } from './chance.ts';

/** What an attempt of the past did. */
export interface Act {
  readonly seconds: number;
  /** 0 is success. */
  readonly exitCode: number;
  /** What it wrote, spread over its time; a line of standard error begins with `! `. */
  readonly lines: readonly string[];
  readonly result?: unknown;
}

interface ActFacts {
  /** When the attempt started. */
  readonly at: Instant;
  readonly daysAgo: number;
  /** From 1. */
  readonly attempt: number;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly chance: Chance;
}

export interface DemoJob {
  readonly job: NewJob;
  /** Who made it. */
  readonly by: string;
  /** Stands still since then. */
  readonly pause?: {
    readonly daysAgo: number;
    readonly by: string;
    readonly reason: string;
    readonly until: Instant | null;
  };
  /** Runs that a person asked for. */
  readonly byHand?: readonly {
    readonly daysAgo: number;
    readonly by: string;
    readonly parameters?: Readonly<Record<string, unknown>>;
    readonly note?: string;
  }[];
  readonly act: (facts: ActFacts) => Act;
}

/** What the demo's jobs are made from. */
export interface DemoFacts {
  readonly now: Instant;
  /** A page of this portal that a job may call; null when the rules for addresses forbid it. */
  readonly portalUrl: string | null;
}

/** Thirty days: as long as runs are kept unless set. */
export const historyMs = 30 * 86_400_000;

/** `+0.0 s` in the demo's output. */
export function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}
