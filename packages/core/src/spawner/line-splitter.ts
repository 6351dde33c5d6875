/**
 * Keeps the two streams of a process from tearing each other's lines.
 *
 * Bytes go on in whole lines; what stands after the last line end waits for the rest, until it was quiet for
 * {@link quietMs} (a prompt, a progress bar) or grew past {@link heldLimit}.
 */
import type { Instant, Millis } from '../model/instant.ts';
import type { LogStream } from './log-format.ts';

export const quietMs: Millis = 200;
const heldLimit = 64 * 1024;
const newline = 0x0a;

/** Takes one line, or one piece of a line, with its line end if it has one. The bytes are the caller's again afterwards. */
export type TakeLine = (stream: LogStream, line: Buffer, at: Instant) => void;

interface Held {
  parts: Buffer[];
  bytes: number;
  at: Instant;
  touched: Millis;
}

export class LineSplitter {
  readonly #take: TakeLine;
  readonly #held = new Map<LogStream, Held>();

  constructor(take: TakeLine) {
    this.#take = take;
  }

  /** Whether an unfinished line waits. */
  get holding(): boolean {
    return this.#held.size > 0;
  }

  push(stream: LogStream, chunk: Buffer, now: { wall: Instant; mono: Millis }): void {
    let from = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, from)) {
      const line = chunk.subarray(from, end + 1);
      const held = from === 0 ? this.#release(stream) : undefined;
      this.#take(stream, held === undefined ? line : Buffer.concat([...held.parts, line]), held?.at ?? now.wall);
      from = end + 1;
    }
    if (from < chunk.length) this.#hold(stream, chunk.subarray(from), now);
  }

  /** Lets go of what was quiet since `before`; of everything when left out. */
  flush(before = Infinity): void {
    for (const [stream, held] of this.#held) {
      if (held.touched > before) continue;
      this.#held.delete(stream);
      this.#take(stream, Buffer.concat(held.parts), held.at);
    }
  }

  #hold(stream: LogStream, rest: Buffer, now: { wall: Instant; mono: Millis }): void {
    const held = this.#held.get(stream) ?? { parts: [], bytes: 0, at: now.wall, touched: now.mono };
    held.parts.push(Buffer.from(rest));
    held.bytes += rest.length;
    held.touched = now.mono;
    this.#held.set(stream, held);
    if (held.bytes < heldLimit) return;
    this.#held.delete(stream);
    this.#take(stream, Buffer.concat(held.parts), held.at);
  }

  #release(stream: LogStream): Held | undefined {
    const held = this.#held.get(stream);
    if (held !== undefined) this.#held.delete(stream);
    return held;
  }
}
