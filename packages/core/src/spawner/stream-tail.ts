/** The last bytes of a stream, as text. */
export class StreamTail {
  readonly #limit: number;
  #parts: Buffer[] = [];
  #bytes = 0;
  #cut = false;

  constructor(limitBytes: number) {
    this.#limit = limitBytes;
  }

  push(chunk: Buffer): void {
    // A copy, as the chunk may be a small window on a large buffer that would stay alive with it.
    this.#parts.push(Buffer.from(chunk.subarray(Math.max(0, chunk.length - this.#limit))));
    this.#bytes += Math.min(chunk.length, this.#limit);
    this.#cut ||= chunk.length > this.#limit;
    for (
      let first = this.#parts[0];
      first !== undefined && this.#bytes - first.length >= this.#limit;
      first = this.#parts[0]
    ) {
      this.#bytes -= first.length;
      this.#parts.shift();
      this.#cut = true;
    }
    if (this.#parts.length > 64) this.#parts = [Buffer.concat(this.#parts)];
  }

  /** Begins with a whole line where one fits. */
  text(): string {
    const all = Buffer.concat(this.#parts);
    if (all.length <= this.#limit && !this.#cut) return all.toString();
    const kept = all.subarray(Math.max(0, all.length - this.#limit));
    const lineEnd = kept.indexOf(0x0a);
    return kept.subarray(lineEnd === -1 || lineEnd === kept.length - 1 ? 0 : lineEnd + 1).toString();
  }
}
