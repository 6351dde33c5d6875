/**
 * The line index beside a log: a header of 64 bytes and 16 bytes a line, so that line N is found by one read.
 *
 * The log itself is nothing but the bytes of both streams, a whole line at a time. A line that stood unfinished when the
 * other stream spoke goes on later, in a line marked `continued`. When output was cut, one `system` line states it, and
 * the numbers of the cut lines are skipped, so that a line keeps its number while the kept tail moves.
 */
import type { Instant } from '../model/instant.ts';
import { ByteList } from './byte-list.ts';

export const headerBytes = 64;
export const recordBytes = 16;
const magic = 0x4a54504c;
const version = 1;

const logStreams = ['stdout', 'stderr', 'system'] as const;
/** Where a line came from; `system` is what the portal itself wrote. */
export type LogStream = (typeof logStreams)[number];

/** What the index states about the whole log. */
export interface LogHeader {
  /** Nothing more will be written. */
  readonly complete: boolean;
  /** Counts the rewritings of the tail; a reader that saw two values reads again. */
  readonly generation: number;
  /** Lines before the cut, from the log's beginning. */
  readonly headLines: number;
  /** Lines and bytes left out; both 0 when the log is whole. */
  readonly cutLines: number;
  readonly cutBytes: number;
}

export interface LogRecord {
  /** First byte of the line in the log file. */
  readonly offset: number;
  readonly at: Instant;
  readonly stream: LogStream;
  /** Goes on where an earlier line of its stream stopped without an end. */
  readonly continued: boolean;
}

export const emptyHeader: LogHeader = { complete: false, generation: 0, headLines: 0, cutLines: 0, cutBytes: 0 };

export function encodeHeader(header: LogHeader): Buffer {
  const bytes = Buffer.alloc(headerBytes);
  bytes.writeUInt32BE(magic, 0);
  bytes.writeUInt8(version, 4);
  bytes.writeUInt8(header.complete ? 1 : 0, 5);
  bytes.writeUInt32BE(header.generation, 8);
  bytes.writeUIntBE(header.headLines, 12, 6);
  bytes.writeUIntBE(header.cutLines, 18, 6);
  bytes.writeUIntBE(header.cutBytes, 24, 6);
  return bytes;
}

/** Null when the bytes are no index of this version. */
export function decodeHeader(bytes: Buffer): LogHeader | null {
  if (bytes.length < headerBytes || bytes.readUInt32BE(0) !== magic || bytes.readUInt8(4) !== version) return null;
  return {
    complete: bytes.readUInt8(5) === 1,
    generation: bytes.readUInt32BE(8),
    headLines: bytes.readUIntBE(12, 6),
    cutLines: bytes.readUIntBE(18, 6),
    cutBytes: bytes.readUIntBE(24, 6),
  };
}

function writeRecord(target: Buffer, position: number, record: LogRecord): void {
  target.writeUIntBE(record.offset, position, 6);
  target.writeUIntBE(record.at, position + 6, 6);
  target.writeUInt8(logStreams.indexOf(record.stream), position + 12);
  target.writeUInt8(record.continued ? 1 : 0, position + 13);
  target.writeUInt16BE(0, position + 14);
}

export function offsetAt(source: Buffer, position: number): number {
  return source.readUIntBE(position, 6);
}

export function readRecord(source: Buffer, position: number): LogRecord {
  return {
    offset: offsetAt(source, position),
    at: source.readUIntBE(position + 6, 6),
    stream: logStreams[source.readUInt8(position + 12)] ?? 'system',
    continued: source.readUInt8(position + 13) === 1,
  };
}

/** A growing piece of an index, in memory. */
export class RecordList {
  readonly #bytes = new ByteList();

  get count(): number {
    return this.#bytes.length / recordBytes;
  }

  add(record: LogRecord): void {
    writeRecord(this.#bytes.grow(recordBytes), 0, record);
  }

  /** The records so far, which the list still owns: write them before it changes. */
  view(): Buffer {
    return this.#bytes.view();
  }

  /** Takes the records out, valid until the next time; the list starts anew. */
  take(): Buffer {
    return this.#bytes.take();
  }

  clear(): void {
    this.#bytes.clear();
  }
}
