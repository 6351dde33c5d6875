/**
 * What a plugin's program says on its standard output: JSON, one object a line, `kind` first among equals. It begins
 * with `hello`, may tell `log` and `progress`, and ends with one `result` or `fail`. Read as it comes, so that no more
 * than one line is ever held.
 */
import { failureCategories, type FailureCategory } from '../model/run.ts';

export const pluginProtocol = 1;
/** Of one line, so of a result, too. */
const longestLineBytes = 262_144;
const newline = 0x0a;
const shownCharacters = 120;
const longestWaitSeconds = 31_622_400;

/** How a plugin said that it ended; `broken`: it did not keep to the protocol, in a sentence of what was expected and what came. */
export type PluginEnd =
  | { readonly kind: 'result'; readonly result: unknown; readonly summary: string | null }
  | {
      readonly kind: 'fail';
      readonly message: string;
      readonly category: FailureCategory | null;
      readonly retryable: boolean;
      readonly retryAfterSeconds: number | null;
      readonly detail: string | null;
    }
  | { readonly kind: 'broken'; readonly message: string; readonly wrongVersion: boolean };

export interface PluginProgress {
  readonly fraction: number | null;
  readonly message: string | null;
}

export interface PluginListener {
  readonly log: (stream: 'stdout' | 'stderr', text: string) => void;
  readonly progress: (progress: PluginProgress) => void;
  /** Called once at most: nothing that comes later is read. */
  readonly broken: (message: string) => void;
}

type Said = Readonly<Record<string, unknown>>;

/** Carries a sentence to where the line is known. */
class Broken extends Error {
  readonly wrongVersion: boolean;

  constructor(message: string, wrongVersion = false) {
    super(message);
    this.wrongVersion = wrongVersion;
  }
}

const kinds = ['hello', 'log', 'progress', 'result', 'fail'];
const greeting = `{"kind":"hello","protocol":${pluginProtocol}}`;

export class PluginLines {
  readonly #listener: PluginListener;
  #held: Buffer[] = [];
  #heldBytes = 0;
  #line = 0;
  #greeted = false;
  #final: { readonly line: number; readonly kind: string } | null = null;
  #end: PluginEnd | null = null;

  constructor(listener: PluginListener) {
    this.#listener = listener;
  }

  /** Lines that were read. */
  get lines(): number {
    return this.#line;
  }

  /** What it ended with, as far as it was read; null when it has not said yet. */
  get end(): PluginEnd | null {
    return this.#end;
  }

  /** The chunk is only valid during the call. */
  push(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(newline); at !== -1 && !this.#isBroken; at = chunk.indexOf(newline, from)) {
      this.#take(chunk.subarray(from, at));
      from = at + 1;
    }
    if (from < chunk.length && !this.#isBroken) this.#hold(chunk.subarray(from));
  }

  /** Its output is over: what stands without a line end is its last line. */
  finish(): void {
    if (this.#heldBytes > 0 && !this.#isBroken) this.#take(Buffer.alloc(0));
  }

  get #isBroken(): boolean {
    return this.#end?.kind === 'broken';
  }

  #hold(part: Buffer): void {
    if (this.#refuseLong(part.length)) return;
    this.#held.push(Buffer.from(part));
    this.#heldBytes += part.length;
  }

  #refuseLong(more: number): boolean {
    const tooLong = this.#heldBytes + more > longestLineBytes;
    if (tooLong) {
      this.#held = [];
      this.#heldBytes = 0;
      this.#break(`Line ${this.#line + 1} is longer than ${longestLineBytes} bytes, the most a line may have.`);
    }
    return tooLong;
  }

  #take(part: Buffer): void {
    if (this.#refuseLong(part.length)) return;
    const bytes = this.#heldBytes === 0 ? part : Buffer.concat([...this.#held, part]);
    this.#held = [];
    this.#heldBytes = 0;
    this.#line += 1;
    const text = bytes.toString('utf8').trim();
    if (text === '') return;
    try {
      this.#heed(text);
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      this.#break(`Line ${this.#line} ${error.message}`, error.wrongVersion);
    }
  }

  #break(message: string, wrongVersion = false): void {
    this.#end = { kind: 'broken', message, wrongVersion };
    this.#listener.broken(message);
  }

  #heed(text: string): void {
    const said = objectOf(text);
    const { kind } = said;
    if (typeof kind !== 'string' || !kinds.includes(kind)) {
      const found = kind === undefined ? 'has no kind' : `has the kind ${shown(JSON.stringify(kind))}`;
      throw new Broken(`${found}; expected one of ${kinds.join(', ')}.`);
    }
    if (this.#final !== null) {
      const { line, kind: before } = this.#final;
      throw new Broken(`(${kind}) came after the final line ${line} (${before}); expected nothing more.`);
    }
    if (this.#greeted === (kind === 'hello')) {
      if (this.#greeted) throw new Broken('is a second hello; expected one, as the first line.');
      throw new Broken(`has the kind "${kind}"; expected ${greeting} first.`);
    }
    if (kind === 'hello') this.#greet(said);
    else if (kind === 'log') this.#log(said);
    else if (kind === 'progress') this.#listener.progress(progressOf(said));
    else this.#finish(kind, said);
  }

  #greet({ protocol }: Said): void {
    if (protocol !== pluginProtocol)
      throw new Broken(
        `offers protocol ${shown(JSON.stringify(protocol) ?? 'nothing')}; expected ${pluginProtocol}.`,
        true,
      );
    this.#greeted = true;
  }

  #log({ message, level = 'info' }: Said): void {
    if (typeof message !== 'string') throw new Broken('is a log without a text as its message.');
    if (level !== 'info' && level !== 'warn' && level !== 'error')
      throw new Broken(`has the level ${shown(JSON.stringify(level))}; expected info, warn or error.`);
    this.#listener.log(level === 'info' ? 'stdout' : 'stderr', message);
  }

  #finish(kind: string, said: Said): void {
    this.#final = { line: this.#line, kind };
    this.#end = kind === 'result' ? resultOf(said) : failOf(said);
  }
}

function objectOf(text: string): Said {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Broken(`is not JSON: ${shown(text)}. Expected an object such as {"kind":"log","message":"…"}.`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Said;
  throw new Broken(`is no JSON object: ${shown(text)}. Expected one such as {"kind":"log","message":"…"}.`);
}

function shown(text: string): string {
  return text.length > shownCharacters ? `${text.slice(0, shownCharacters)}…` : text;
}

function textOrNull(said: Said, name: string): string | null {
  const value = said[name] ?? null;
  if (value === null || typeof value === 'string') return value;
  throw new Broken(`has a ${name} that is no text.`);
}

function progressOf(said: Said): PluginProgress {
  const fraction = said['fraction'] ?? null;
  if (fraction !== null && !(typeof fraction === 'number' && fraction >= 0 && fraction <= 1))
    throw new Broken(`has the fraction ${shown(JSON.stringify(fraction))}; expected a number from 0 to 1, or null.`);
  return { fraction, message: textOrNull(said, 'message')?.slice(0, 500) ?? null };
}

function resultOf(said: Said): PluginEnd {
  return { kind: 'result', result: said['result'] ?? null, summary: textOrNull(said, 'summary') };
}

function failOf(said: Said): PluginEnd {
  const message = said['message'];
  if (typeof message !== 'string' || message === '') throw new Broken('is a fail without a text as its message.');
  const { retryable = true } = said;
  if (typeof retryable !== 'boolean') throw new Broken('has a retryable that is neither true nor false.');
  return {
    kind: 'fail',
    message: message.slice(0, 2000),
    category: categoryOf(said),
    retryable,
    retryAfterSeconds: secondsOf(said),
    detail: textOrNull(said, 'detail'),
  };
}

function categoryOf(said: Said): FailureCategory | null {
  const given = said['category'] ?? null;
  const category = failureCategories.find((known) => known === given) ?? null;
  if (category !== null || given === null) return category;
  throw new Broken(
    `has the category ${shown(JSON.stringify(given))}; expected one of ${failureCategories.join(', ')}.`,
  );
}

function secondsOf(said: Said): number | null {
  const after = said['retry_after_seconds'] ?? null;
  if (after === null || (typeof after === 'number' && after >= 0 && after <= longestWaitSeconds)) return after;
  throw new Broken(`has a retry_after_seconds that is no number from 0 to ${longestWaitSeconds}.`);
}
