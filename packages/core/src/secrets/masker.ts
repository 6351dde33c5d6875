/**
 * Takes secrets out of what a job says, byte by byte as it comes, wherever it is cut. Everything else is left as it is.
 *
 * Bytes wait only as long as they may be the beginning of a secret: output without one flows on at once.
 */
import { maskedTexts } from './hidden.ts';
import { PatternTree } from './pattern-tree.ts';
import { leastPatternBytes, variantsOf } from './variants.ts';

/** Stands for each secret. */
export const mask = '***';

const maskBytes = Buffer.from(mask);
const nothing: Buffer = Buffer.alloc(0);

interface Span {
  from: number;
  to: number;
}

/** One stream: its parts in their order, and its end. */
export class StreamMasker {
  readonly #tree: PatternTree;
  #node: number;
  /** What waits, and where in the stream it begins. */
  #held = nothing;
  #base = 0;
  /** Found and not yet written to their end, in order and apart from each other. */
  #found: Span[] = [];

  constructor(tree: PatternTree) {
    this.#tree = tree;
    this.#node = tree.start;
  }

  /** What may go on. The chunk is not kept. */
  push(chunk: Uint8Array): Buffer {
    const tree = this.#tree;
    const bytes = this.#held.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.#held, chunk]);
    let node = this.#node;
    const begin = this.#base + this.#held.length;
    for (let at = 0; at < chunk.length; at += 1) {
      node = tree.step(node, chunk[at] ?? 0);
      const length = tree.ends(node);
      if (length > 0) this.#note(begin + at + 1 - length, begin + at + 1);
    }
    this.#node = node;
    return this.#release(bytes, this.#base + bytes.length - tree.depth(node));
  }

  /** What is left. The beginning of a secret that was cut off is masked, too, when it is long enough to be told by. */
  finish({ hidesBeginnings = true } = {}): Buffer {
    const end = this.#base + this.#held.length;
    const depth = this.#tree.depth(this.#node);
    if (hidesBeginnings && depth >= leastPatternBytes) this.#note(end - depth, end);
    this.#node = this.#tree.start;
    const rest = this.#release(this.#held, end);
    this.#found = [];
    return rest;
  }

  #note(from: number, to: number): void {
    let span: Span = { from, to };
    for (let last = this.#found.at(-1); last !== undefined && last.to >= span.from; last = this.#found.at(-1)) {
      span = { from: Math.min(last.from, span.from), to: Math.max(last.to, span.to) };
      this.#found.pop();
    }
    this.#found.push(span);
  }

  /** Writes up to `until`, a place in the stream. A mask is written where its span begins. */
  #release(bytes: Buffer, until: number): Buffer {
    const parts: Buffer[] = [];
    let at = this.#base;
    let gone = 0;
    for (const { from, to } of this.#found) {
      if (from >= until) break;
      if (from >= at) {
        parts.push(bytes.subarray(at - this.#base, from - this.#base), maskBytes);
      }
      at = Math.max(at, Math.min(to, until));
      if (to <= until) gone += 1;
    }
    // A span that ends here may still grow: it stays until something stands behind it.
    const stays = this.#found[gone - 1];
    this.#found.splice(0, stays !== undefined && stays.to === until ? gone - 1 : gone);
    if (at < until) parts.push(bytes.subarray(at - this.#base, until - this.#base));
    this.#held = bytes.subarray(until - this.#base);
    this.#base = until;
    return parts.length === 1 ? (parts[0] ?? nothing) : Buffer.concat(parts);
  }
}

export class Masker {
  readonly #tree: PatternTree;

  /** @param values as they are stored; those that are not masked are left out here */
  constructor(values: readonly string[]) {
    const texts = new Set(values.flatMap(maskedTexts));
    this.#tree = new PatternTree([...texts].flatMap(variantsOf));
  }

  stream(): StreamMasker {
    return new StreamMasker(this.#tree);
  }

  /** @param options `hidesBeginnings`: as at the end of a stream, also that of a secret which the text was cut in. Default true. */
  text(text: string, options: { readonly hidesBeginnings?: boolean } = {}): string {
    const stream = this.stream();
    const parts = [stream.push(Buffer.from(text)), stream.finish(options)];
    return Buffer.concat(parts).toString('utf8');
  }

  /** Anything that is written as JSON, its names and numbers included. */
  value<T>(value: T): T {
    return this.#value(value) as T;
  }

  /** Numbers by name: what is counted stays a number. */
  names(counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
    return Object.fromEntries(Object.entries(counts).map(([name, count]) => [this.text(name), count]));
  }

  #value(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (typeof value === 'number' || typeof value === 'bigint') {
      return this.text(String(value)) === String(value) ? value : mask;
    }
    if (Array.isArray(value)) return value.map((item) => this.#value(item));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [this.text(name), this.#value(item)]));
  }
}
