/**
 * Finds many patterns in one pass (Aho and Corasick, 1975): a tree of all of them, in which each node knows where to go
 * on when the next byte does not fit. The work is linear in the bytes that are read, however many patterns there are.
 */

const root = 0;

export class PatternTree {
  readonly #first: Int32Array;
  readonly #next: Int32Array;
  readonly #byte: Uint8Array;
  readonly #fallback: Int32Array;
  readonly #depth: Int32Array;
  /** The longest pattern that ends at a node; 0 for none. */
  readonly #ends: Int32Array;
  /** The children of the root, by byte: where most of all output leads. */
  readonly #start = new Int32Array(256);
  #nodes = 1;

  constructor(patterns: readonly Uint8Array[]) {
    const most = 1 + patterns.reduce((sum, { length }) => sum + length, 0);
    this.#first = new Int32Array(most);
    this.#next = new Int32Array(most);
    this.#byte = new Uint8Array(most);
    this.#fallback = new Int32Array(most);
    this.#depth = new Int32Array(most);
    this.#ends = new Int32Array(most);
    for (const pattern of patterns) this.#add(pattern);
    this.#connect();
  }

  get start(): number {
    return root;
  }

  /** Where a byte leads to. */
  step(node: number, byte: number): number {
    for (let at = node; at !== root; at = this.#fallback[at] ?? root) {
      const child = this.#child(at, byte);
      if (child !== root) return child;
    }
    return this.#start[byte] ?? root;
  }

  /** How many of the last bytes may be the beginning of a pattern. */
  depth(node: number): number {
    return this.#depth[node] ?? 0;
  }

  /** The length of the longest pattern that ends here; 0 for none. */
  ends(node: number): number {
    return this.#ends[node] ?? 0;
  }

  #child(node: number, byte: number): number {
    let child = this.#first[node] ?? root;
    while (child !== root && this.#byte[child] !== byte) child = this.#next[child] ?? root;
    return child;
  }

  #add(pattern: Uint8Array): void {
    let node = root;
    for (const byte of pattern) {
      let child = node === root ? (this.#start[byte] ?? root) : this.#child(node, byte);
      if (child === root) {
        child = this.#nodes++;
        this.#byte[child] = byte;
        this.#depth[child] = (this.#depth[node] ?? 0) + 1;
        this.#next[child] = this.#first[node] ?? root;
        this.#first[node] = child;
        if (node === root) this.#start[byte] = child;
      }
      node = child;
    }
    this.#ends[node] = pattern.length;
  }

  /** Breadth first: what a node falls back to is shallower, and known already. */
  #connect(): void {
    const waiting = new Int32Array(this.#nodes);
    let count = 1;
    for (let at = 0; at < count; at += 1) {
      const node = waiting[at] ?? root;
      for (let child = this.#first[node] ?? root; child !== root; child = this.#next[child] ?? root) {
        waiting[count++] = child;
        if (node !== root) this.#fallBack(child, node);
      }
    }
  }

  #fallBack(child: number, parent: number): void {
    const fallback = this.step(this.#fallback[parent] ?? root, this.#byte[child] ?? 0);
    this.#fallback[child] = fallback;
    this.#ends[child] = Math.max(this.#ends[child] ?? 0, this.#ends[fallback] ?? 0);
  }
}
