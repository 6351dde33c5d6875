/**
 * Systems measured beside each other: in each round all of them once, in an order of chance, between two turns of the
 * control. What the machine does meanwhile falls on all alike, so that ratios inside a round outlive absolute values.
 */
import type { Bench, Limit, Measure } from './scenario.ts';
import { ratios, steady } from './rounds.ts';
import { quantile } from './statistics.ts';

/** What one turn measured, by quantity: one value or its samples. */
export type Figures = Readonly<Record<string, number | readonly number[]>>;

export interface Contestant {
  readonly name: string;
  /** A control also runs last in each round, and never is left out. */
  readonly control?: true;
  /** A peer that fails is left out of the round, and that is noted: it ends nobody else's race. */
  readonly peer?: true;
  /** One turn. @throws when its result is wrong */
  turn(round: number): Promise<Figures>;
}

export interface RaceOptions {
  readonly bench: Bench;
  readonly contestants: readonly Contestant[];
  readonly rounds: number;
  /** The quantity by which two turns of a control are compared. */
  readonly steadyBy: string;
}

interface Turn {
  readonly name: string;
  readonly figures: Figures;
}

export class Race {
  readonly #kept: readonly (readonly Turn[])[];

  constructor(kept: readonly (readonly Turn[])[]) {
    this.#kept = kept;
  }

  /** Samples of a quantity, a list a round; both turns of a control together. Empty for who took no part. */
  rounds(name: string, quantity: string): readonly (readonly number[])[] {
    return this.#all(name, quantity).filter((samples) => samples.length > 0);
  }

  /** As {@link rounds}, with an empty list for a round without its figures, so that pairs stay pairs. */
  #all(name: string, quantity: string): readonly (readonly number[])[] {
    return this.#kept.map((turns) =>
      turns.filter((turn) => turn.name === name).flatMap(({ figures }) => figures[quantity] ?? []),
    );
  }

  /** A line of the table, or none for who took no part. */
  measure(system: string, quantity: string, unit: Measure['unit'], limits: readonly Limit[] = []): readonly Measure[] {
    const rounds = this.rounds(system, quantity);
    if (rounds.length === 0) return [];
    return [
      { name: `${system}: ${quantity}`, system, quantity, unit, rounds, ...(limits.length > 0 ? { limits } : {}) },
    ];
  }

  /** Ours by theirs, round by round, at one quantile of each round. */
  ratio(
    pair: readonly [string, string],
    quantity: string,
    limits: readonly Limit[] = [],
    share = 0.5,
  ): readonly Measure[] {
    const at = (name: string): number[] => this.#all(name, quantity).map((round) => quantile(round, share));
    const rounds = ratios(at(pair[0]), at(pair[1])).map((value) => [value]);
    if (rounds.length === 0) return [];
    const what = share === 0.5 ? quantity : `${quantity}, p${share * 100}`;
    const name = `${pair[0]} / ${pair[1]}: ${what}`;
    const facts = { system: `to ${pair[1]}`, quantity: `${pair[0]}, ratio of ${what}` };
    return [{ name, ...facts, unit: 'ratio', rounds, ...(limits.length > 0 ? { limits } : {}) }];
  }
}

/** Chosen by `--only`; controls always. */
export function chosen(contestants: readonly Contestant[], only: readonly string[]): readonly Contestant[] {
  if (only.length === 0) return contestants;
  return contestants.filter(({ name, control }) => control === true || only.some((part) => name.includes(part)));
}

function shuffled<T>(list: readonly T[]): T[] {
  return list
    .map((item) => ({ item, key: Math.random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

async function turnOf(contestant: Contestant, round: number, bench: Bench): Promise<readonly Turn[]> {
  const { name, peer } = contestant;
  bench.say(name);
  try {
    return [{ name, figures: await contestant.turn(round) }];
  } catch (error) {
    const why = String((error as Error).message).slice(0, 300);
    if (peer === true) bench.note(`${name} took no part in round ${round}: ${why}`);
    else bench.wrong(`${name}, round ${round}: ${why}`);
    return [];
  }
}

const medianOf = (value: number | readonly number[] | undefined): number =>
  typeof value === 'number' ? value : quantile(value ?? [], 0.5);

/** A wrong result has no speed: who failed has no figures in that round. */
export async function race({ bench, contestants, rounds, steadyBy }: RaceOptions): Promise<Race> {
  const takePart = chosen(contestants, bench.options.only);
  const controls = takePart.filter(({ control }) => control === true);
  const systems = takePart.filter(({ control }) => control !== true);
  const [all, kept]: [Turn[][], Turn[][]] = [[], []];
  for (let round = 1; round <= rounds; round += 1) {
    bench.say(`round ${round} of ${rounds}`);
    const turns: Turn[] = [];
    for (const contestant of [...controls, ...shuffled(systems), ...controls])
      turns.push(...(await turnOf(contestant, round, bench)));
    all.push(turns);
    const uneven = controls.filter(({ name }) => {
      const [first, last] = turns
        .filter((turn) => turn.name === name)
        .map(({ figures }) => medianOf(figures[steadyBy]));
      return !steady(first ?? Number.NaN, last ?? Number.NaN);
    });
    if (uneven.length === 0) kept.push(turns);
    else
      bench.note(
        `Round ${round} does not count: "${uneven.map(({ name }) => name).join('", "')}" first and last differ by more than 30 %.`,
      );
  }
  if (kept.length > 0) return new Race(kept);
  bench.note('UNSTEADY: no round counts. All are shown, and none is evidence.');
  return new Race(all);
}
