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

const pollMs = 1000;
const slowestMs = 15_000;
const atOnce = 2;

/** The output of one attempt: asks for its end first, then for what is looked at, and for news while it is written. */
export class LogFeed {
  readonly #read: (ask: LogAsk) => Promise<LogWindow>;
  readonly #rests: () => boolean;
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
  #running = false;
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

  /** `rests` answers true while news are not worth asking for, as in a hidden tab. */
  constructor(read: (ask: LogAsk) => Promise<LogWindow>, rests: () => boolean = () => false) {
    this.#read = read;
    this.#rests = rests;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
  readonly state = (): LogState => this.#state;
  readonly at = (line: number): LogLine | undefined => this.#pages.at(line);

  start(): void {
    if (this.#running) return;
    this.#running = true;
    if (!this.#state.complete) void this.#news();
  }
  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
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

  async #news(): Promise<void> {
    try {
      if (!this.#rests() || !this.#state.opened) {
        const { lines, opened } = this.#state;
        // The last line comes again, because it may have been only half written.
        this.#take(await this.#read(opened ? { from_line: Math.max(1, lines), limit: 500 } : { tail: 500 }));
      }
      this.#wait = pollMs;
    } catch (error) {
      this.#wait = Math.min(slowestMs, this.#wait * 2);
      this.#become({ error });
    }
    if (this.#running && !this.#state.complete) this.#timer = setTimeout(() => void this.#news(), this.#wait);
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
        if (this.#running) this.#load();
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
