/** Bytes that wait to be written: copies, so that the buffers they came in can be used again. */
const smallest = 4096;

export class ByteList {
  #bytes = Buffer.alloc(0);
  #spare = Buffer.alloc(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(bytes: Buffer): void {
    const start = this.#length;
    this.grow(bytes.length);
    bytes.copy(this.#bytes, start);
  }

  /** Makes the list longer and answers the new bytes, for the caller to fill at once. */
  grow(by: number): Buffer {
    const needed = this.#length + by;
    if (needed > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(smallest, needed, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, this.#length);
      this.#bytes = larger;
    }
    this.#length = needed;
    return this.#bytes.subarray(needed - by, needed);
  }

  /**
   * Takes everything out; the list starts anew. What was taken stays valid until the next call, as two buffers take
   * turns: a new one for each write would be garbage that is collected late.
   */
  take(): Buffer {
    const taken = this.view();
    [this.#bytes, this.#spare] = [this.#spare, this.#bytes];
    this.#length = 0;
    return taken;
  }

  /** The bytes so far, which the list still owns. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }
}
