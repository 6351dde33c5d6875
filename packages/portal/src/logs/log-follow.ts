/** The output of a run as it is written: to programs as events that can be resumed, to people as text. */
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { LogWindow } from 'job-trigger-contract';
import { JobTriggerError, type LogLine, type LogReader } from 'job-trigger-core';
import { lineToWire } from './log-line.ts';
import type { Look } from './log-watch.ts';
import type { RightsChanges } from '../access/rights-changes.ts';

const linesAtOnce = 500;
const commentMs = 15_000;
/** A reader that takes nothing for this long is let go, and nobody is served for longer than a day. */
const stalledMs = 60_000;
const longestMs = 86_400_000;
const recheckMs = 30_000;
const mostFollowers = 200;

interface Piece {
  readonly attempt: number;
  /** Whole lines, each once and in order. */
  readonly lines: readonly LogLine[];
  /** The last line while it may still grow: it comes again. */
  readonly stump: LogLine | null;
  readonly reader: LogReader;
}

interface From {
  /** Of the first attempt. */
  readonly fromLine: number;
  /** Long lines as a whole. */
  readonly showAll: boolean;
}

function isSame(one: LogLine | null, other: LogLine): boolean {
  return one?.line === other.line && one.text === other.text && one.hiddenBytes === other.hiddenBytes;
}

/** How far a follower has been told. */
class Reading {
  readonly #showAll: boolean;
  #attempt: number | null = null;
  #next: number;
  #stump: LogLine | null = null;

  constructor({ fromLine, showAll }: From) {
    this.#next = fromLine;
    this.#showAll = showAll;
  }

  /** New lines of a look. Null ends one in which there was nothing more. */
  async *newIn({ attempt, reader, over }: Look): AsyncGenerator<Piece | null> {
    if (this.#attempt !== null && attempt !== this.#attempt) [this.#next, this.#stump] = [1, null];
    this.#attempt = attempt;
    for (let more = true; more;) {
      const ahead = await reader.read({ fromLine: this.#next, count: linesAtOnce + 1, showAll: this.#showAll });
      more = ahead.length > linesAtOnce;
      const lines = this.#take(ahead.slice(0, linesAtOnce), over || more);
      yield lines === null ? null : { attempt, lines, stump: this.#stump, reader };
      if (lines === null) return;
    }
  }

  /** Keeps the last line back until it is whole. @returns null when nothing is new */
  #take(read: readonly LogLine[], allWhole: boolean): readonly LogLine[] | null {
    const last = read.at(-1);
    const stump = this.#stump;
    this.#stump = null;
    if (last === undefined) return null;
    const same = isSame(stump, last);
    // The line behind the last may be there without its record: an end counts when it is still the end at the next look.
    const whole = allWhole || (same && !last.open);
    const lines = whole ? read : read.slice(0, -1);
    if (!whole) this.#stump = last;
    if (lines.length === 0 && same) return null;
    this.#next = (lines.at(-1)?.line ?? this.#next - 1) + 1;
    return lines;
  }
}

/** New lines from each look. Null: a look that found nothing new. */
async function* piecesOf(looks: AsyncIterable<Look | null>, from: From): AsyncGenerator<Piece | null> {
  const reading = new Reading(from);
  for await (const look of looks) {
    if (look === null) yield null;
    else yield* reading.newIn(look);
  }
}

async function windowOf({ attempt, lines, stump, reader }: Piece): Promise<LogWindow> {
  const state = await reader.state();
  return {
    items: [...lines.map(lineToWire), ...(stump === null ? [] : [{ ...lineToWire(stump), open: true }])],
    lines: state.lines,
    bytes: state.bytes,
    cut_bytes: state.cut?.bytes ?? 0,
    complete: false,
    first_error_line: null,
    attempt,
  };
}

async function* eventsOf(looks: AsyncIterable<Look | null>, fromLine: number): AsyncGenerator<string> {
  let id = '';
  let quietSince = performance.now();
  yield 'retry: 1000\n\n';
  for await (const piece of piecesOf(looks, { fromLine, showAll: false })) {
    if (piece === null && performance.now() - quietSince < commentMs) continue;
    quietSince = performance.now();
    if (piece === null) {
      yield ': still here\n\n';
      continue;
    }
    const last = piece.lines.at(-1);
    if (last !== undefined) id = `id: ${piece.attempt}:${last.line}\n`;
    yield `event: log\n${id}data: ${JSON.stringify(await windowOf(piece))}\n\n`;
  }
  yield 'event: end\ndata: {}\n\n';
}

async function* textOf(looks: AsyncIterable<Look | null>, fromLine: number): AsyncGenerator<string> {
  let expected = fromLine;
  let attempt: number | null = null;
  for await (const piece of piecesOf(looks, { fromLine, showAll: true })) {
    if (piece === null || piece.lines.length === 0) continue;
    if (attempt !== null && piece.attempt !== attempt) expected = 1;
    attempt = piece.attempt;
    const text: string[] = [];
    for (const line of piece.lines) {
      if (line.line > expected) text.push(`--- lines ${expected} to ${line.line - 1} were cut ---\n`);
      text.push(`${line.text}\n`);
      expected = line.line + 1;
    }
    yield text.join('');
  }
}

/** Where a stream that broke goes on: behind the line that its last event named. Null when the header is none of ours. */
export function resumeOf(header: string | string[] | undefined): { attempt: number; fromLine: number } | null {
  const match = /^(\d{1,5}):(\d{1,12})$/.exec(String(header ?? ''));
  return match === null ? null : { attempt: Number(match[1]), fromLine: Number(match[2]) + 1 };
}

/** Serves those who follow, and lets them go: when they leave, stall, may no longer look, or the portal stops. */
export class LogFollowers {
  readonly #stopping = new AbortController();
  readonly #mayStill: (request: FastifyRequest) => Promise<boolean>;
  readonly #rights: Pick<RightsChanges, 'listen'>;
  #count = 0;

  constructor(
    app: FastifyInstance,
    mayStill: (request: FastifyRequest) => Promise<boolean>,
    rights: Pick<RightsChanges, 'listen'>,
  ) {
    this.#mayStill = mayStill;
    this.#rights = rights;
    app.addHook('preClose', (done) => {
      this.#stopping.abort();
      done();
    });
  }

  /** How many follow now. */
  get count(): number {
    return this.#count;
  }

  /**
   * @param watch starts to look, until the signal is aborted
   * @returns the reply, in place of the answer that the endpoint's shape names
   */
  send(
    request: FastifyRequest,
    reply: FastifyReply,
    asked: { readonly as: 'text' | 'events'; readonly fromLine: number },
    watch: (signal: AbortSignal) => AsyncIterable<Look | null>,
  ): never {
    if (this.#count >= mostFollowers)
      throw new JobTriggerError('unavailable', `${mostFollowers} logs are being followed. Try again later.`);
    const gone = new AbortController();
    const signal = AbortSignal.any([gone.signal, this.#stopping.signal]);
    const looks = watch(signal);
    const pieces = asked.as === 'text' ? textOf(looks, asked.fromLine) : eventsOf(looks, asked.fromLine);
    const body = Readable.from(
      this.#guarded(pieces, { request, reply }, () => gone.abort()),
      { objectMode: false },
    );
    body.once('close', () => gone.abort());
    signal.addEventListener('abort', () => body.destroy(), { once: true });
    void reply
      .type(asked.as === 'text' ? 'text/plain; charset=utf-8' : 'text/event-stream; charset=utf-8')
      .header('cache-control', 'no-store')
      .header('x-accel-buffering', 'no');
    return reply.send(body) as never;
  }

  async *#guarded(
    pieces: AsyncGenerator<string>,
    { request, reply }: { readonly request: FastifyRequest; readonly reply: FastifyReply },
    leave: () => void,
  ): AsyncGenerator<string> {
    // Whoever follows what has not begun is told at once that it is being followed.
    reply.raw.flushHeaders();
    this.#count += 1;
    const check = (): void => {
      this.#mayStill(request).then(
        (may) => (may ? undefined : leave()),
        () => undefined,
      );
    };
    const recheck = setInterval(check, recheckMs);
    const unheard = this.#rights.listen(check);
    const limit = setTimeout(leave, longestMs);
    let stalled: ReturnType<typeof setTimeout> | undefined;
    try {
      for await (const piece of pieces) {
        stalled = setTimeout(leave, stalledMs);
        yield piece;
        clearTimeout(stalled);
      }
    } finally {
      clearInterval(recheck);
      unheard();
      clearTimeout(limit);
      clearTimeout(stalled);
      this.#count -= 1;
    }
  }
}
