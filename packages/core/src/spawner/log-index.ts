/** Reads a line index from disk a page at a time: which bytes a line has, and which line a byte belongs to. */
import type { FileHandle } from 'node:fs/promises';
import {
  decodeHeader,
  emptyHeader,
  headerBytes,
  offsetAt,
  readRecord,
  recordBytes,
  type LogHeader,
  type LogRecord,
} from './log-format.ts';

const pageRecords = 4096;

/**
 * One look at an index that may still grow. Positions count the records in the file from 0; numbers are the lines'
 * own, from 1, which skip what was cut.
 */
export class LogIndex {
  readonly header: LogHeader;
  /** Lines in the file. */
  readonly count: number;
  readonly #file: FileHandle;
  #page: { first: number; bytes: Buffer } | null = null;

  private constructor(file: FileHandle, header: LogHeader, count: number) {
    this.#file = file;
    this.header = header;
    this.count = count;
  }

  /** Costs one read and one stat, however long the log is. */
  static async look(file: FileHandle): Promise<LogIndex> {
    const bytes = Buffer.alloc(headerBytes);
    const { bytesRead } = await file.read(bytes, 0, headerBytes, 0);
    const { size } = await file.stat();
    const header = decodeHeader(bytes.subarray(0, bytesRead)) ?? emptyHeader;
    return new LogIndex(file, header, Math.max(0, Math.floor((size - headerBytes) / recordBytes)));
  }

  /** The highest line number, 0 for an empty log. */
  get lines(): number {
    return this.count === 0 ? 0 : this.numberAt(this.count - 1);
  }

  numberAt(position: number): number {
    const { headLines, cutLines } = this.header;
    return cutLines === 0 || position <= headLines ? position + 1 : position + cutLines;
  }

  /** Where line `number` lies; the first line after it when it was cut. */
  positionOf(number: number): number {
    const { headLines, cutLines } = this.header;
    if (cutLines === 0 || number <= headLines + 1) return Math.max(0, number - 1);
    return Math.max(headLines + 1, number - cutLines);
  }

  async record(position: number): Promise<LogRecord | null> {
    const page = await this.#pageOf(position);
    const at = (position - page.first) * recordBytes;
    return at + recordBytes <= page.bytes.length ? readRecord(page.bytes, at) : null;
  }

  async records(position: number, count: number): Promise<LogRecord[]> {
    const found: LogRecord[] = [];
    for (let next = position; next < Math.min(position + count, this.count); next += 1) {
      const record = await this.record(next);
      if (record === null) break;
      found.push(record);
    }
    return found;
  }

  /** The position of the line that holds the byte at `offset`; -1 before the first line. */
  async positionAt(offset: number): Promise<number> {
    // Searches ask in ascending order: mostly the page at hand or the next one knows.
    for (let page = this.#page, tries = 0; page !== null && tries < 2; tries += 1) {
      const held = page.bytes.length / recordBytes;
      const found = searchPage(page.bytes, offset);
      if (found >= 0 && (found < held - 1 || page.first + held >= this.count)) return page.first + found;
      page = found < 0 ? null : await this.#pageOf(page.first + pageRecords);
    }
    let low = 0;
    let high = Math.max(0, Math.ceil(this.count / pageRecords) - 1);
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((await this.#offsetOf(middle * pageRecords)) > offset) high = middle - 1;
      else low = middle;
    }
    const page = await this.#pageOf(low * pageRecords);
    return page.first + searchPage(page.bytes, offset);
  }

  /** Without loading its page. */
  async #offsetOf(position: number): Promise<number> {
    const bytes = Buffer.alloc(recordBytes);
    const { bytesRead } = await this.#file.read(bytes, 0, recordBytes, headerBytes + position * recordBytes);
    return bytesRead === recordBytes ? offsetAt(bytes, 0) : Infinity;
  }

  async #pageOf(position: number): Promise<{ first: number; bytes: Buffer }> {
    const first = Math.floor(position / pageRecords) * pageRecords;
    if (this.#page?.first === first) return this.#page;
    const bytes = Buffer.alloc(Math.max(0, Math.min(pageRecords, this.count - first)) * recordBytes);
    const { bytesRead } = await this.#file.read(bytes, 0, bytes.length, headerBytes + first * recordBytes);
    this.#page = { first, bytes: bytes.subarray(0, bytesRead - (bytesRead % recordBytes)) };
    return this.#page;
  }
}

/** The last record of the page that begins at or before `offset`; -1 when none does. */
function searchPage(page: Buffer, offset: number): number {
  let low = -1;
  let high = page.length / recordBytes - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (offsetAt(page, middle * recordBytes) > offset) high = middle - 1;
    else low = middle;
  }
  return low;
}
