/** A way on which a message leaves the installation. */
import type { Instant, Millis } from '../model/instant.ts';

interface Message {
  /** The same whenever it is sent again: receivers tell repeats by it. */
  readonly id: string;
  readonly body: string;
}

/** What came of one try. Never thrown: a receiver that is away is an outcome like any other. */
export interface Sent {
  readonly at: Instant;
  readonly ok: boolean;
  /** Null when there was no answer. */
  readonly status: number | null;
  /** Null for a success. */
  readonly error: string | null;
  /** How the answer began. */
  readonly answer: string | null;
  readonly tookMs: Millis;
  /** The receiver said that it wants nothing more. */
  readonly gone: boolean;
  /** How long it asked us to wait. */
  readonly retryAfterMs: Millis | null;
}

export interface Channel {
  send(message: Message, signal: AbortSignal): Promise<Sent>;
}
