import type { LogLine, LogWindow } from 'job-trigger-contract';
import { LinePages } from './line-pages.ts';

/** One question to the server. */
export interface LogAsk {
  readonly from_line?: number;
  readonly limit?: number;
  readonly tail?: number;
  readonly full_line?: boolean;
}

export interface LogState {
  /** Counts up with every change, also of lines. */
  readonly version: number;
  readonly opened: boolean;
  readonly lines: number;
  readonly bytes: number;
  readonly cutBytes: number;
  readonly complete: boolean;
  readonly firstErrorLine: number | null;
  readonly error: unknown;
}

/**
 * Hears of new lines from `fromLine` on until the returned function is called. `over` is told once: true when nothing
 * more comes, false when the connection was lost.
 */
export type LogWatch = (
  fromLine: number,
  heard: (window: LogWindow) => void,
  over: (isEnd: boolean) => void,
) => () => void;

const pollMs = 1000;
/** Also while it hears: a connection can be held back on its way without breaking. */
const slowestMs = 15_000;
const atOnce = 2;

/** The output of one attempt: asks for its end first, then for what is looked at, and for news while it is written. */
export class LogFeed {
  readonly #read: (ask: LogAsk) => Promise<LogWindow>;
  readonly #watch: LogWatch | null;
  readonly #pages = new LinePages();
  readonly #listeners = new Set<() => void>();
  readonly #asked = new Set<number>();
  #open: () => void = () => undefined;
  /** Kept once the first line is known. */
  readonly opened = new Promise<void>((resolve) => {
    this.#open = resolve;
  });
  #wanted: readonly [number, number] = [1, 0];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wait = pollMs;
  /** Which start it is; 0 while it rests. What an earlier one began counts no more. */
  #turn = 0;
  #turns = 0;
  #leave: (() => void) | null = null;
  #state: LogState = {
    version: 0,
    opened: false,
    lines: 0,
    bytes: 0,
    cutBytes: 0,
    complete: false,
    firstErrorLine: null,
    error: null,
  };

  /** Without `watch` it asks once a second. */
  constructor(read: (ask: LogAsk) => Promise<LogWindow>, watch: LogWatch | null = null) {
    this.#read = read;
    this.#watch = watch;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly state = (): LogState => this.#state;
  readonly at = (line: number): LogLine | undefined => this.#pages.at(line);

  start(): void {
    if (this.#turn > 0) return;
    this.#turn = this.#turns += 1;
    if (!this.#state.complete) void this.#news(this.#turn);
  }
  stop(): void {
    this.#turn = 0;
    clearTimeout(this.#timer);
    this.#leave?.();
    this.#leave = null;
  }

  /** Say which lines are looked at; those that are absent are asked for, the latest wish first. */
  want(from: number, to: number): void {
    this.#wanted = [Math.max(1, from), Math.min(to, this.#state.lines)];
    this.#load();
  }

  /** All of a line that was cut. */
  async showWhole(line: number): Promise<void> {
    this.#take(await this.#read({ from_line: line, limit: 1, full_line: true }));
  }

  /** Lines for a copy, at most 2000 of them. */
  async lines(from: number, to: number): Promise<readonly LogLine[]> {
    return (await this.#read({ from_line: from, limit: Math.min(2000, to - from + 1) })).items;
  }

  async #news(turn: number): Promise<void> {
    try {
      const { lines, opened } = this.#state;
      // The last line comes again, because it may have been only half written.
      this.#take(await this.#read(opened ? { from_line: Math.max(1, lines), limit: 500 } : { tail: 500 }));
      this.#wait = pollMs;
      if (turn === this.#turn) this.#listen(turn);
    } catch (error) {
      this.#wait = Math.min(slowestMs, this.#wait * 2);
      this.#become({ error });
    }
    this.#later(turn, this.#leave === null ? this.#wait : slowestMs);
  }

  #later(turn: number, ms: number): void {
    if (turn !== this.#turn) return;
    clearTimeout(this.#timer);
    if (!this.#state.complete) this.#timer = setTimeout(() => void this.#news(turn), ms);
  }

  /** What came before may be more than one answer holds: it is asked for, and heard of only behind it. */
  #listen(turn: number): void {
    const { complete, lines } = this.#state;
    if (this.#watch === null || this.#leave !== null || complete) return;
    this.#leave = this.#watch(
      Math.max(1, lines),
      (window) => {
        if (turn === this.#turn) this.#take(window);
      },
      (isEnd) => {
        if (turn !== this.#turn) return;
        this.#leave = null;
        if (isEnd) void this.#last();
        else this.#later(turn, this.#wait);
      },
    );
  }

  /** The end: what the answer says beside the lines is known only now. */
  async #last(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      this.#take({ ...(await this.#read({ from_line: Math.max(1, this.#state.lines), limit: 500 })), complete: true });
    } catch (error) {
      this.#become({ error });
      this.#later(this.#turn, this.#wait);
    }
  }

  #load(): void {
    const [from, to] = this.#wanted;
    if (to < from) return;
    for (const first of this.#pages.missing(from, to)) {
      if (this.#asked.size >= atOnce) return;
      if (this.#asked.has(first)) continue;
      this.#asked.add(first);
      void this.#page(first);
    }
  }

  async #page(first: number): Promise<void> {
    try {
      this.#take(await this.#read({ from_line: first, limit: this.#pages.size }));
      this.#asked.delete(first);
      this.#load();
    } catch (error) {
      this.#become({ error });
      setTimeout(() => {
        this.#asked.delete(first);
        if (this.#turn > 0) this.#load();
      }, 2 * pollMs);
    }
  }

  #take(window: LogWindow): void {
    this.#pages.put(window.items);
    this.#become({
      opened: true,
      lines: Math.max(this.#state.lines, window.lines),
      bytes: window.bytes,
      cutBytes: window.cut_bytes,
      complete: this.#state.complete || window.complete,
      firstErrorLine: window.first_error_line,
      error: null,
    });
  }

  #become(change: Partial<LogState>): void {
    this.#state = { ...this.#state, ...change, version: this.#state.version + 1 };
    for (const listener of this.#listeners) listener();
    if (this.#state.lines > 0) this.#open();
  }
}
