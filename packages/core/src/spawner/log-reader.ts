/**
 * Reads the log of an attempt by line, also while it is being written. A log of 1 GB opens as fast as one of 1 kB.
 *
 * Lines are numbered from 1 in the order they came. Where output was cut the numbers jump, and a `system` line says so.
 */
import { open, type FileHandle } from 'node:fs/promises';
import type { Instant, Millis } from '../model/instant.ts';
import type { LogRecord, LogStream } from './log-format.ts';
import { LogIndex } from './log-index.ts';
import { indexPath } from './log-path.ts';
import { findFirstError, searchLog, type LogMatches, type LogSearch } from './log-search.ts';

/** Longer lines are shown up to here. */
const shownLineBytes = 8192;
const readAtOnce = 4 * 1024 * 1024;
/** How far the end of a growing log's last line is looked for; a longer one counts as open until the next begins. */
const lookedThrough = 1024 * 1024;
const chunkBytes = 256 * 1024;
const newline = 0x0a;

export interface LogLine {
  readonly line: number;
  readonly at: Instant;
  readonly stream: LogStream;
  /** Without the line end. Bytes that are no UTF-8 show as U+FFFD. */
  readonly text: string;
  /** Goes on where an earlier line of its stream stopped without an end. */
  readonly continued: boolean;
  /** Bytes of the line that `text` leaves out, as it is longer than {@link shownLineBytes}; `showAll` shows them. */
  readonly hiddenBytes: number;
  /** Its end has not come yet: the same line may be longer at the next look. Only ever the last one. */
  readonly open: boolean;
}

export interface LogState {
  /** The highest line number. */
  readonly lines: number;
  /** Size of the log file. */
  readonly bytes: number;
  /** What was left out as the output outgrew its limit; null when nothing was. */
  readonly cut: { readonly bytes: number; readonly lines: number; readonly afterLine: number } | null;
  /** Nothing more will be written. False for ever when the spawner was killed. */
  readonly complete: boolean;
}

export class LogReader {
  readonly #data: FileHandle;
  readonly #indexFile: FileHandle;

  private constructor(data: FileHandle, index: FileHandle) {
    this.#data = data;
    this.#indexFile = index;
  }

  /** Null when the attempt has no log. Close the reader after use. */
  static async open(path: string): Promise<LogReader | null> {
    let data: FileHandle | undefined;
    try {
      data = await open(path, 'r');
      return new LogReader(data, await open(indexPath(path), 'r'));
    } catch (error) {
      await data?.close();
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#data.close();
    await this.#indexFile.close();
  }

  /** How the log stands now. */
  async state(): Promise<LogState> {
    const index = await LogIndex.look(this.#indexFile);
    const { size } = await this.#data.stat();
    const { cutBytes, cutLines, headLines, complete } = index.header;
    const cut = cutLines === 0 ? null : { bytes: cutBytes, lines: cutLines, afterLine: headLines };
    return { lines: index.lines, bytes: size, cut, complete };
  }

  /**
   * The bytes of the file from `from` up to `to`, a piece at a time.
   * @throws when the file became shorter meanwhile, as a log beyond its limit may while it is written
   */
  async *bytes(from: number, to: number): AsyncGenerator<Buffer> {
    for (let at = from; at < to;) {
      const piece = await this.#bytes(at, Math.min(to, at + chunkBytes));
      if (piece.length === 0) throw new Error('The log became shorter while it was read.');
      yield piece;
      at += piece.length;
    }
  }

  /** At most `count` lines from `fromLine` on; none past the end. The last one may still grow. */
  async read({ fromLine, count, showAll = false }: ReadLines): Promise<LogLine[]> {
    const index = await LogIndex.look(this.#indexFile);
    const lines = await this.#readAt(index, index.positionOf(fromLine), count, showAll);
    const after = await LogIndex.look(this.#indexFile);
    if (after.header.generation === index.header.generation) return lines;
    return this.#readAt(after, after.positionOf(fromLine), count, showAll);
  }

  /** The last `count` lines. */
  async tail(count: number): Promise<LogLine[]> {
    const index = await LogIndex.look(this.#indexFile);
    return this.#readAt(index, Math.max(0, index.count - count), count, false);
  }

  /** Lines that hold a text, over the whole log; see {@link searchLog}. */
  async search(search: LogSearch): Promise<LogMatches> {
    const index = await LogIndex.look(this.#indexFile);
    return searchLog({ data: this.#data, index }, search);
  }

  /** The line a reader of a failed run wants to see first: what looks like an error, else the first of stderr, else null. */
  async firstError(limits: { maxMs?: Millis; now?: () => Millis } = {}): Promise<number | null> {
    const index = await LogIndex.look(this.#indexFile);
    return findFirstError({ data: this.#data, index }, limits);
  }

  async #readAt(index: LogIndex, position: number, count: number, showAll: boolean): Promise<LogLine[]> {
    const places = await this.#placesOf(index, position, count, showAll);
    const begin = places[0]?.record.offset ?? 0;
    const close = places.at(-1)?.end ?? 0;
    const whole = close - begin <= readAtOnce ? await this.#bytes(begin, close) : null;
    const lines: LogLine[] = [];
    for (const [at, { record, shown, end, open }] of places.entries()) {
      const bytes =
        whole === null ? await this.#bytes(record.offset, shown) : whole.subarray(record.offset - begin, shown - begin);
      lines.push({ ...toLine(index.numberAt(position + at), record, bytes, Math.max(0, end - shown)), open });
    }
    return lines;
  }

  /** A line ends where the next one begins; the last of the log, where its bytes do. */
  async #placesOf(index: LogIndex, position: number, count: number, showAll: boolean): Promise<LinePlace[]> {
    const found = await index.records(position, count + 1);
    const last = found.length <= count ? found.at(-1) : undefined;
    const tip = last === undefined ? null : await this.#endOf(last.offset, index.header.complete);
    return found.slice(0, count).map((record, at) => {
      const end = Math.max(0, found[at + 1]?.offset ?? tip?.end ?? 0);
      const shown = showAll ? end : Math.min(end, record.offset + shownLineBytes);
      return { record, end, shown: Math.max(record.offset, shown), open: record === last && tip?.open === true };
    });
  }

  /** Bytes come before their record: behind a growing log's last line may stand others that the index does not know yet. */
  async #endOf(offset: number, complete: boolean): Promise<{ readonly end: number; readonly open: boolean }> {
    const { size } = await this.#data.stat();
    if (complete) return { end: size, open: false };
    for (let from = offset; from < Math.min(size, offset + lookedThrough); from += chunkBytes) {
      const found = (await this.#bytes(from, Math.min(size, from + chunkBytes))).indexOf(newline);
      if (found >= 0) return { end: from + found + 1, open: false };
    }
    return { end: size, open: true };
  }

  async #bytes(from: number, to: number): Promise<Buffer> {
    const bytes = Buffer.alloc(Math.max(0, to - from));
    const { bytesRead } = await this.#data.read(bytes, 0, bytes.length, from);
    return bytes.subarray(0, bytesRead);
  }
}

/** Where the bytes of a line stand in the file. */
interface LinePlace {
  readonly record: LogRecord;
  /** The end of what is shown of it. */
  readonly shown: number;
  readonly end: number;
  readonly open: boolean;
}

export interface ReadLines {
  readonly fromLine: number;
  readonly count: number;
  /** Lines longer than {@link shownLineBytes} as a whole. */
  readonly showAll?: boolean;
}

const decoder = new TextDecoder();

function toLine(line: number, record: LogRecord, bytes: Buffer, hiddenBytes: number): Omit<LogLine, 'open'> {
  const whole = hiddenBytes > 0 ? withoutBrokenEnd(bytes) : bytes;
  const text = decoder.decode(whole).replace(/\r?\n$/, '');
  const { at, stream, continued } = record;
  return { line, at, stream, text, continued, hiddenBytes: hiddenBytes + bytes.length - whole.length };
}

/** Leaves out a character whose bytes were cut in two. */
function withoutBrokenEnd(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(4, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}
