import { Masker, type StreamMasker } from '../secrets/masker.ts';
import type { OutputStream } from './launcher.ts';

const streams = ['stdout', 'stderr'] as const;

/** Takes the secrets of a run out of what it says, before anybody keeps it. Without secrets it is passed by. */
export class MaskedStreams {
  readonly #masker: Masker;
  readonly #streams: Readonly<Record<OutputStream, StreamMasker>>;

  constructor(secrets: readonly string[]) {
    this.#masker = new Masker(secrets);
    this.#streams = { stdout: this.#masker.stream(), stderr: this.#masker.stream() };
  }

  push(stream: OutputStream, chunk: Buffer): Buffer {
    return this.#streams[stream].push(chunk);
  }

  text(text: string): string {
    return this.#masker.text(text);
  }

  /** What waited for more of it. */
  finish(tell: (stream: OutputStream, rest: Buffer) => void): void {
    for (const stream of streams) {
      const rest = this.#streams[stream].finish();
      if (rest.length > 0) tell(stream, rest);
    }
  }
}
