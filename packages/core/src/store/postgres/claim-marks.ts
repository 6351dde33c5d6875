/**
 * Where in a line the next claim begins to look. Two things lie before the runs that it is to find, and both can be long:
 *
 * What was claimed stands in the index of the queue until a vacuum, and while somebody holds an old snapshot no vacuum takes
 * it away. So a store remembers, of a line that had as much as was asked for, the last row it claimed, and begins behind it.
 *
 * What waits behind full limits is looked at run by run, and each is passed over. So it remembers, of a line that had
 * less than was asked for, up to when it has been through all, and what would have to change for any of that to be claimed:
 * the runs that wait there, the leases that hold a slot, whether the worker takes runs. The statement that reads the lines
 * tells whether it did.
 *
 * Rows can come to stand before a mark of the first kind: committed late, given back, planned late. They are found once a
 * second, when everything is looked at from the front, and whenever a claim finds nothing else. What comes to stand
 * before one of the second kind is a change, and found at once; but what another claim had locked, and let go again, is found
 * within that second, too: who found nothing behind such a mark is told to look again by then.
 */
import type { Instant, Millis } from '../../model/instant.ts';
import type { Clock } from '../../system/clock.ts';
import type { Line, LineRequest } from '../sql/claim.ts';
import type { ClaimRow } from '../sql/dispatch.ts';

/** The longest that a row before a mark is overlooked. */
const sweepMs: Millis = 1000;
/** How long claims go in transactions after one had to: there are several lines then, or limits, and they stay. */
const freeAgainMs: Millis = 1000;
/** What has been due for less is not passed over: it comes and goes with every claim. */
const settledMs: Millis = 1000;

/** A line as read with the marks. */
export interface MarkedLine extends Line {
  /** Up to when it has been through, and what all that depended on when the lines were read; null without such a mark. */
  readonly passed_at: Instant | null;
  readonly passed: string | null;
  /** JSON: the keys of the runs before such a mark when nobody knew them; else null. */
  readonly keys: string | null;
}

export interface Place {
  readonly at: Instant;
  readonly run: number;
  /** What the runs before it depended on when all of them were passed over; empty while nobody knows; null when they were claimed. */
  readonly passed: string | null;
}

type Mark = Place & { readonly queue: number; readonly priority: number; readonly keys?: readonly number[] };

const front: Place = { at: 0, run: 0, passed: '' };

const isBehind = (a: ClaimRow, b: ClaimRow): boolean =>
  a.available_at > b.available_at || (a.available_at === b.available_at && a.run_id > b.run_id);

const keyOf = ({ queue, priority }: Pick<Line, 'queue' | 'priority'>): string => `${queue} ${priority}`;

/** Of one store, whatever transaction claims. */
export class ClaimMarks {
  readonly #clock: Clock;
  readonly #marks = new Map<string, Mark>();
  #sweptAt: Millis = 0;
  #isLeft = false;
  #wholeUntil: Millis = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** For one claim. When it is time to, all marks are dropped before. */
  begin(): MarksOfClaim {
    if (this.#clock.mono() - this.#sweptAt >= sweepMs) {
      this.#marks.clear();
      this.#sweptAt = this.#clock.mono();
    }
    return new MarksOfClaim(this.#marks);
  }

  /** Once it has committed: of a transaction that is undone nothing was learnt. */
  keep(claim: MarksOfClaim, claimed: number): void {
    for (const [key, mark] of claim.learnt) {
      if (mark === null) this.#marks.delete(key);
      else this.#marks.set(key, mark);
    }
    this.#isLeft = claimed === 0 && claim.passesOver;
  }

  /** Whether the last claim that was tried without a transaction was enough, or is long ago. */
  get mayStandFree(): boolean {
    return this.#clock.mono() >= this.#wholeUntil;
  }

  /** It was not enough. */
  standsNotFree(): void {
    this.#wholeUntil = this.#clock.mono() + freeAgainMs;
  }

  /** In how long whoever found nothing just now should look again, as it did not look at everything; null when it did. */
  lookAgainIn(): Millis | null {
    return this.#isLeft ? Math.max(0, this.#sweptAt + sweepMs - this.#clock.mono()) : null;
  }
}

/** The marks as they were when the claim began, which is what it is to be judged by, and what it learns itself. */
export class MarksOfClaim {
  readonly #marks: Map<string, Mark>;
  /** By line; null takes its mark away. */
  readonly learnt = new Map<string, Mark | null>();

  /** Whether rows may stand unseen before one of them. */
  readonly mayHide: boolean;
  /** Whether some of them pass over what could not be claimed when they were made. */
  readonly passesOver: boolean;

  constructor(marks: ReadonlyMap<string, Mark>) {
    this.#marks = new Map(marks);
    const kinds = [...marks.values()].map(({ passed }) => passed);
    this.mayHide = kinds.includes(null);
    this.passesOver = kinds.some((passed) => passed !== null && passed !== '');
  }

  /** Drops those before which rows may stand unseen. */
  sweep(): void {
    for (const [key, { passed }] of this.#marks) if (passed === null) this.#learn(key, null);
  }

  /** `[{queue, priority, at, run, passed, keys}]`, as the statement takes it. */
  get parameter(): string {
    return JSON.stringify([...this.#marks.values()]);
  }

  of(line: Pick<MarkedLine, 'queue' | 'priority' | 'passed' | 'passed_at'>): Place {
    const mark = this.#marks.get(keyOf(line)) ?? front;
    const isSame = mark.passed === null || (mark.passed === line.passed && mark.at === line.passed_at);
    return isSame ? mark : front;
  }

  /** What a claim got from a line, of which it had begun to look at `begun`. */
  took({ line, agedMs, free }: LineRequest<MarkedLine>, rows: readonly ClaimRow[], begun: Place): void {
    const { queue, priority } = line;
    const key = keyOf(line);
    const last = rows.reduce<ClaimRow | null>((a, b) => (a === null || isBehind(b, a) ? b : a), null);
    if (last !== null && rows.length >= free)
      this.#learn(key, { queue, priority, at: last.available_at, run: last.run_id, passed: null });
    else if (begun.passed === null) this.#learn(key, null);
    else if (agedMs === 0 || line.tail <= line.now - agedMs) this.#walked(line);
  }

  /** It has been through all of a line. What that depends on was read before: what has changed since differs when it is read again. */
  #walked(line: MarkedLine): void {
    const { queue, priority, now, passed_at: at, passed, keys } = line;
    const [key, run] = [keyOf(line), Number.MAX_SAFE_INTEGER];
    if (at !== null && keys !== null)
      this.#learn(key, { queue, priority, at, run, passed, keys: JSON.parse(keys) as readonly number[] });
    else if (this.#isNew(line)) this.#learn(key, { queue, priority, at: now - settledMs, run, passed: '' });
  }

  /** Whether it passed over what no mark passes over already. */
  #isNew(line: MarkedLine): boolean {
    if (line.passed_at === null) return line.head < line.now - settledMs;
    return this.#marks.get(keyOf(line))?.passed !== line.passed;
  }

  #learn(key: string, mark: Mark | null): void {
    this.learnt.set(key, mark);
    if (mark === null) this.#marks.delete(key);
    else this.#marks.set(key, mark);
  }
}
