/** Arrivals at intended times, whatever happened to those before: what waits in a queue is seen, not waited for. */
import { ticks, type Answer, type Order } from './child.ts';

/** Durations of calls that are kept: those of an hour would not fit into one answer. */
const mostCalls = 500_000;

/** Behind its time by more than this, a send counts as late. */
const lateMs = 1;

export interface Arrivals {
  readonly count: number;
  readonly perSecond: number;
  /** Sent together, in one call. */
  readonly batch: number;
}

export function arrivalsOf(order: Order): Arrivals {
  return { count: Number(order['count']), perSecond: Number(order['perSecond']), batch: Number(order['batch'] ?? 1) };
}

export interface Sent {
  readonly n: number;
  /** When it was meant to be sent, by {@link ticks}. */
  readonly at: number;
}

/** Sends all, and resolves when the last call has answered. What a call refused is counted, and the first one told. */
export async function openLoop(arrivals: Arrivals, send: (sent: readonly Sent[]) => Promise<unknown>): Promise<Answer> {
  const { count, perSecond, batch } = arrivals;
  const [calls, answers]: [number[], Promise<void>[]] = [[], []];
  const refused: unknown[] = [];
  let [late, maxLateMs] = [0, 0];
  const from = ticks() + 20;
  for (let n = 0; n < count; n += batch) {
    const at = from + (n * 1000) / perSecond;
    // A timer may wake a millisecond early or late; the rest is spun in turns, so that answers come through.
    while (at - ticks() > 1.5) await new Promise((resolve) => setTimeout(resolve, Math.max(1, at - ticks() - 1)));
    while (ticks() < at) await new Promise((resolve) => setImmediate(resolve));
    const behind = ticks() - at;
    if (behind > lateMs) late += 1;
    maxLateMs = Math.max(maxLateMs, behind);
    const asked = ticks();
    const sent = Array.from({ length: Math.min(batch, count - n) }, (_, index) => ({ n: n + index, at }));
    answers.push(
      send(sent).then(
        () => void (calls.length < mostCalls && calls.push(ticks() - asked)),
        (error: unknown) => void refused.push(error),
      ),
    );
  }
  await Promise.all(answers);
  return { late, maxLateMs, calls, refused: refused.length, refusal: String(refused[0]), doneAt: ticks() };
}

/** `producers` that each send again as soon as they were answered. @returns requests and how long each call took */
export async function closedLoop(
  { count, producers }: { readonly count: number; readonly producers: number },
  send: (sent: Sent, producer: number) => Promise<unknown>,
): Promise<Answer> {
  const calls: number[] = [];
  let next = 0;
  const from = ticks();
  const one = async (producer: number): Promise<void> => {
    while (next < count) {
      const asked = ticks();
      await send({ n: next++, at: asked }, producer);
      calls.push(ticks() - asked);
    }
  };
  await Promise.all(Array.from({ length: producers }, (_, producer) => one(producer)));
  return { calls, seconds: (ticks() - from) / 1000, doneAt: ticks() };
}
