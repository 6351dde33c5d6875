/** The time limit of an attempt that runs inside the worker. */
import type { Millis } from '../model/instant.ts';
import type { Clock } from '../system/clock.ts';

export interface TimeLimit {
  /** Aborted with `timed_out` at the limit, or with the reason of the outer signal before it. */
  readonly signal: AbortSignal;
  clear(): void;
}

export function timeLimit(clock: Clock, outer: AbortSignal, timeoutMs: Millis | null): TimeLimit {
  const controller = new AbortController();
  const cancel = timeoutMs === null ? () => undefined : clock.after(timeoutMs, () => controller.abort('timed_out'));
  const pass = (): void => controller.abort(outer.reason);
  if (outer.aborted) pass();
  outer.addEventListener('abort', pass, { once: true });
  return {
    signal: controller.signal,
    clear() {
      cancel();
      outer.removeEventListener('abort', pass);
    },
  };
}
