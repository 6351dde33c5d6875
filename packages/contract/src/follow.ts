/** Following a run's output over any transport: windows as they come, across connections that break. */
import { pathOf, problemOf, ProblemError, UnreachableError, type Transport, type WireAnswer } from './client.ts';
import { endpoints } from './endpoints.ts';
import type { LogWindow } from './shapes/run.ts';

export interface FollowRequest {
  readonly id: string;
  /** Only this attempt; otherwise the present one and those after it. */
  readonly attempt?: number | undefined;
  /** 1 when absent. */
  readonly fromLine?: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * New lines of a run's output until the run has ended: each whole line once and in order, an `open` one whenever it has
 * grown. A connection that breaks is made again, and goes on behind the last whole line.
 *
 * @throws {ProblemError} for a refusal, {@link UnreachableError} when nobody answers several times in a row
 */
export type Follower = (request: FollowRequest) => AsyncGenerator<LogWindow>;

interface StreamEvent {
  readonly name: string;
  readonly id: string | null;
  readonly data: string;
}

/** Server-sent events (WHATWG HTML, 9.2) of text that comes in pieces; comments are left out. */
export async function* eventsOf(pieces: AsyncIterable<string>): AsyncGenerator<StreamEvent> {
  let text = '';
  for await (const piece of pieces) {
    text += piece;
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = block.split('\n').map((line) => /^(\w+): ?(.*)$/.exec(line));
      const valueOf = (name: string): string | null => fields.find((field) => field?.[1] === name)?.[2] ?? null;
      const data = valueOf('data');
      if (data !== null) yield { name: valueOf('event') ?? 'message', id: valueOf('id'), data };
    }
  }
}

/** The server says something at least each 15 s: after this a connection is dead, whatever the network says. */
const silentMs = 45_000;
const pausesMs = [200, 500, 1000, 2000, 5000, 5000, 5000, 5000];

const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function refusal(answer: WireAnswer): Promise<ProblemError | null> {
  if (answer.status === 200) return null;
  return new ProblemError(problemOf(answer.status, await answer.text()));
}

/** One connection. The answer tells whether the output is at its end. */
async function* connection(
  transport: Transport,
  request: FollowRequest,
  place: { last: string | null; heard: boolean },
): AsyncGenerator<LogWindow, boolean> {
  const { id, attempt, fromLine, signal: given } = request;
  const dead = new AbortController();
  const signal = given === undefined ? dead.signal : AbortSignal.any([given, dead.signal]);
  const query = { follow: true, attempt, ...(place.last === null ? { from_line: fromLine } : {}) };
  const answer = await transport({
    method: 'GET',
    path: pathOf(endpoints.runLog.path, { params: { id }, query }),
    headers: { accept: 'text/event-stream', ...(place.last === null ? {} : { 'last-event-id': place.last }) },
    body: undefined,
    stream: signal,
  });
  const refused = await refusal(answer);
  if (refused !== null) throw refused;
  if (answer.pieces === undefined) throw new UnreachableError('This transport cannot stream.');
  let watchdog = setTimeout(() => dead.abort(), silentMs);
  try {
    const pieces = (async function* () {
      for await (const piece of answer.pieces?.() ?? []) {
        clearTimeout(watchdog);
        watchdog = setTimeout(() => dead.abort(), silentMs);
        yield piece;
      }
    })();
    for await (const event of eventsOf(pieces)) {
      if (event.name === 'end') return true;
      if (event.name !== 'log') continue;
      place.heard = true;
      yield JSON.parse(event.data) as LogWindow;
      place.last = event.id ?? place.last;
    }
    return false;
  } finally {
    clearTimeout(watchdog);
    dead.abort();
  }
}

function isWorthAnother(error: unknown): boolean {
  return !(error instanceof ProblemError) || error.status >= 500 || error.status === 429;
}

export function createFollower(transport: Transport): Follower {
  return async function* (request) {
    const place: { last: string | null; heard: boolean } = { last: null, heard: false };
    const isOver = (): boolean => request.signal?.aborted === true;
    for (let failures = 0; !isOver();) {
      place.heard = false;
      try {
        if (yield* connection(transport, request, place)) return;
      } catch (error) {
        if (isOver()) return;
        if (place.heard) failures = 0;
        if (!isWorthAnother(error) || failures >= pausesMs.length) throw error;
      }
      await rest(pausesMs[failures] ?? 0);
      failures += 1;
    }
  };
}
