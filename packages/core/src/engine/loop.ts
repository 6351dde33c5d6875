/** The heart of every actor: one pass after the other, with as much rest between them as the pass asked for. */
import { JobTriggerError } from '../errors.ts';
import type { Millis } from '../model/instant.ts';
import type { Clock } from '../system/clock.ts';
import type { Logger } from '../system/logger.ts';

export interface LoopOptions {
  readonly name: string;
  readonly clock: Clock;
  readonly log: Logger;
  /** One pass. Answers how long to rest; null until something wakes it. */
  readonly pass: () => Promise<Millis | null>;
  /** A rest may end a little sooner, with whatever wakes the process up. Default false. */
  readonly patient?: boolean;
}

/** Rest after an error: doubles from the first to the longest. */
const firstRestMs: Millis = 200;
const longestRestMs: Millis = 2000;
/** A timer is never set further ahead, as long ones lie: a longer rest is made of several. */
const longestTimerMs: Millis = 60_000;
/** By how much a patient loop's rest may end sooner, and from which rest on. */
const earlyMs: Millis = 700;
const longRestMs: Millis = 4000;

/** Passes never overlap, and an error never ends the loop: it is logged, and the next pass comes after a short rest. */
export class Loop {
  readonly #options: LoopOptions;
  #started = false;
  #passing: Promise<void> | null = null;
  #again = false;
  #failures = 0;
  /** Infinite while nothing but a call ends the rest. */
  #restsUntil: Millis = Infinity;
  #cancelTimer: () => void = () => undefined;

  constructor(options: LoopOptions) {
    this.#options = options;
  }

  get started(): boolean {
    return this.#started;
  }

  /** Makes the first pass at once. */
  start(): void {
    if (this.#started) return;
    this.#started = true;
    this.wake();
  }

  /** Resolves when the pass under way, if one is, has ended. */
  async stop(): Promise<void> {
    this.#started = false;
    this.#again = false;
    this.#cancelTimer();
    await this.#passing;
  }

  /** Ends the rest. During a pass: another one follows it at once. */
  wake(): void {
    if (!this.#started) return;
    if (this.#passing !== null) {
      this.#again = true;
      return;
    }
    this.#cancelTimer();
    this.#restsUntil = Infinity;
    this.#passing = this.#go();
  }

  /** Ends the rest within so long, and at once where nothing else would. During a pass: another one follows it at once. */
  wakeWithin(ms: Millis): void {
    if (!this.#started) return;
    if (ms <= 0 || this.#passing !== null || this.#restsUntil === Infinity) this.wake();
    else if (this.#options.clock.mono() + ms < this.#restsUntil) this.#rest(ms);
  }

  /** One whole pass now, after the one under way; its error is thrown. For tests and `--once`. */
  async tick(): Promise<Millis | null> {
    while (this.#passing !== null) await this.#passing;
    const done = Promise.withResolvers<void>();
    this.#cancelTimer();
    this.#passing = done.promise;
    try {
      return await this.#options.pass();
    } finally {
      this.#passing = null;
      done.resolve();
      if (this.#started) this.#rest(0);
    }
  }

  async #go(): Promise<void> {
    let rest: Millis | null;
    try {
      rest = await this.#options.pass();
      this.#failures = 0;
    } catch (error) {
      rest = Math.min(longestRestMs, firstRestMs * 2 ** this.#failures);
      this.#failures = Math.min(this.#failures + 1, 10);
      this.#tell(error, rest);
    }
    this.#passing = null;
    if (!this.#started) return;
    if (this.#again && this.#failures === 0) {
      this.#again = false;
      this.#passing = this.#go();
    } else if (rest !== null) this.#rest(rest);
  }

  #rest(rest: Millis): void {
    const { clock } = this.#options;
    const until = clock.mono() + rest;
    this.#restsUntil = until;
    this.#cancelTimer();
    const early = this.#options.patient === true && rest >= longRestMs ? earlyMs : 0;
    const fire = (): void => {
      const left = until - clock.mono();
      if (left >= early + 1) this.#rest(left);
      else this.wake();
    };
    this.#cancelTimer = clock.after(Math.min(rest, longestTimerMs), fire, early);
  }

  #tell(error: unknown, retryInMs: Millis): void {
    const { name, log } = this.#options;
    const { message, stack = '' } = error as Error;
    const code = error instanceof JobTriggerError ? error.code : null;
    if (code === 'database_unreachable' || code === 'database_busy')
      log.warn(`${name}: no database`, { error: message, retryInMs });
    else log.error(`${name}: pass failed`, { error: message, code, stack, retryInMs });
  }
}
