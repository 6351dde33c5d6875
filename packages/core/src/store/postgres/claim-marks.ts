/**
 * Where in a line the next claim begins to look. What was claimed stands in the index of the queue until a vacuum, and while
 * somebody holds an old snapshot no vacuum takes it away: who always begins at the front wades through all of it. So a
 * store remembers, of a line that had as much as was asked for, the last row it claimed, and begins behind it.
 *
 * Rows can come to stand before a mark: committed late, given back, planned late. They are found once a second, when
 * everything is looked at from the front, and whenever there seems to be nothing else.
 */
import type { Instant, Millis } from '../../model/instant.ts';
import type { Clock } from '../../system/clock.ts';
import type { LineRequest } from '../sql/claim.ts';
import type { ClaimRow } from '../sql/dispatch.ts';

/** The longest that a row before a mark is overlooked. */
const sweepMs: Millis = 1000;

interface Place {
  readonly at: Instant;
  readonly run: number;
}

const front: Place = { at: 0, run: 0 };

const isBehind = (a: ClaimRow, b: ClaimRow): boolean =>
  a.available_at > b.available_at || (a.available_at === b.available_at && a.run_id > b.run_id);

/** Of one store, whatever transaction claims. */
export class ClaimMarks {
  readonly #clock: Clock;
  readonly #marks = new Map<string, Place & { readonly queue: number; readonly priority: number }>();
  #sweptAt: Millis = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Before the lines are read: drops all marks when it is time to. @returns whether there are any */
  begin(): boolean {
    if (this.#clock.mono() - this.#sweptAt >= sweepMs) this.sweep();
    return this.#marks.size > 0;
  }

  /** Everything is looked at from the front. */
  sweep(): void {
    this.#marks.clear();
    this.#sweptAt = this.#clock.mono();
  }

  /** `[{queue, priority, at, run}]`, as the statement takes it. */
  get parameter(): string {
    return JSON.stringify([...this.#marks.values()]);
  }

  of(queue: number, priority: number): Place {
    return this.#marks.get(`${queue} ${priority}`) ?? front;
  }

  /** What a claim got from a line. */
  took({ line: { queue, priority }, free }: LineRequest, rows: readonly ClaimRow[]): void {
    const last = rows.reduce<ClaimRow | null>((a, b) => (a === null || isBehind(b, a) ? b : a), null);
    const key = `${queue} ${priority}`;
    if (last === null || rows.length < free) this.#marks.delete(key);
    else this.#marks.set(key, { queue, priority, at: last.available_at, run: last.run_id });
  }
}
