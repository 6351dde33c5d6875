/**
 * Writes the output of one attempt: the log file and the line index beside it, inside a limit.
 *
 * Bytes go to the file as they come. From the limit on they go to a tail in memory that is put behind the file's head
 * once a second, so that the newest lines can be read while the process still talks; the end states what was cut. The
 * order on disk is bytes first, index second: a reader never sees a line without its bytes.
 */
import { closeSync, ftruncate, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { promisify } from 'node:util';
import type { Instant } from '../model/instant.ts';
import type { OutputLimitPolicy } from '../model/job.ts';
import type { Clock } from '../system/clock.ts';
import { emptyHeader, encodeHeader, headerBytes, recordBytes, RecordList, type LogStream } from './log-format.ts';
import { indexPath } from './log-path.ts';
import { ByteList } from './byte-list.ts';
import { LogTail } from './log-tail.ts';
import { LineSplitter, quietMs } from './line-splitter.ts';
import { markBroken } from './log-mark.ts';
import { writeFully } from './write-fully.ts';

const truncate = promisify(ftruncate);

const largestTail = 768 * 1024;
/** Room for the line that states what was cut. */
const markBytes = 256;
const pausesAt = 1024 * 1024;
const resumesAt = 256 * 1024;
const tailEveryMs = 1000;
const newline = 0x0a;

export interface LogWriterOptions {
  /** Where the log goes; its folder is made. */
  readonly path: string;
  /** The most bytes the file may have, the statement of the cut included. */
  readonly limitBytes: number;
  /**
   * What becomes of the output beyond the limit. Default `truncate`. With `fail` it is cut, too, and {@link onFull} tells
   * of it; with `throttle` the writer has no room any more.
   */
  readonly policy?: OutputLimitPolicy;
  readonly clock: Clock;
  /** Called once, when the limit is passed. */
  readonly onFull?: () => void;
  /** Called when a writer that answered false to {@link LogWriter.write} has room again. */
  readonly onRoom?: () => void;
}

export class LogWriter {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #tailLimit: number;
  readonly #policy: OutputLimitPolicy;
  readonly #onRoom: () => void;
  readonly #onFull: () => void;
  readonly #splitter = new LineSplitter((stream, line, at) => this.#place(stream, line, at));
  readonly #data: number;
  readonly #index: number;
  /** Streams whose last line in the log has no end yet; the one whose line stands last in the file can go on in place. */
  readonly #unfinished = new Set<LogStream>();
  #last: LogStream | null = null;
  readonly #pending = new ByteList();
  readonly #pendingRecords = new RecordList();
  #headBytes = 0;
  #headEndsOpen = false;
  #writtenBytes = 0;
  #writtenLines = 0;
  #tail: LogTail | null = null;
  #tailChanged = false;
  #generation = 0;
  /** As `#writtenBytes`, as far as the index knows of them. */
  #indexedBytes = 0;
  #lostBytes = 0;
  #total = 0;
  #full = false;
  #passed = false;
  #stalled = false;
  #closed = false;
  #writing: Promise<void> | null = null;
  #failure: NodeJS.ErrnoException | null = null;
  #cancelQuiet: (() => void) | null = null;
  #cancelTail: (() => void) | null = null;

  /** @throws the system's error when folder or files cannot be made */
  constructor({ path, limitBytes, policy = 'truncate', clock, onRoom, onFull }: LogWriterOptions) {
    this.#clock = clock;
    this.#limit = limitBytes;
    this.#tailLimit = Math.min(largestTail, Math.floor(limitBytes / 2));
    this.#policy = policy;
    this.#onRoom = onRoom ?? (() => undefined);
    this.#onFull = onFull ?? (() => undefined);
    this.#data = create(path);
    this.#index = openSync(indexPath(path), 'w+', 0o600);
  }

  /** Bytes that came in, the cut ones included. */
  get bytes(): number {
    return this.#total;
  }
  get cutBytes(): number {
    return this.#failure === null ? (this.#tail?.droppedBytes ?? 0) : this.#lostBytes;
  }
  /** It has no room left and will have none: what comes waits in the pipe, and the process with it. */
  get stalled(): boolean {
    return this.#stalled;
  }
  /** The first failure of the disk. Output after it is lost, the process is not disturbed. */
  get failure(): NodeJS.ErrnoException | null {
    return this.#failure;
  }

  /** False asks the caller to pause until `onRoom`. The chunk is copied. What comes after {@link end} is dropped. */
  write(stream: LogStream, chunk: Buffer): boolean {
    if (this.#closed) return true;
    this.#total += chunk.length;
    this.#splitter.push(stream, chunk, { wall: this.#clock.wall(), mono: this.#clock.mono() });
    if (this.#splitter.holding) this.#awaitQuiet();
    this.#flush();
    if (this.#pending.length > pausesAt) this.#full = true;
    this.#heedLimit();
    return !this.#full && !this.#stalled;
  }

  /** A stalled writer keeps the room of the tail for what is on its way already. */
  #heedLimit(): void {
    const isOver = this.#policy === 'throttle' ? this.#tail !== null : this.#total > this.#limit;
    if (!isOver || this.#passed) return;
    this.#passed = true;
    this.#stalled = this.#policy === 'throttle';
    if (this.#stalled) this.note(`--- the limit of ${this.#limit} bytes is reached: the job waits ---`);
    this.#onFull();
  }

  /** One line of the portal's own, which counts as output. */
  note(text: string): void {
    this.#splitter.flush();
    this.write('system', Buffer.from(`${text}\n`));
  }

  /** Writes what is left, states what was cut and closes. Never throws; see {@link failure}. */
  async end(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelQuiet?.();
    this.#splitter.flush();
    this.#flush();
    while (this.#writing !== null) await this.#writing;
    this.#cancelTail?.();
    await this.#attempt(async () => {
      if (this.#tail !== null) await this.#writeTail(true);
      // So little does not wait for a thread of its own.
      else writeSync(this.#index, encodeHeader({ ...emptyHeader, complete: true }), 0, headerBytes, 0);
    });
    if (this.#failure !== null) await this.#markBroken(this.#failure.code);
    closeSync(this.#data);
    closeSync(this.#index);
  }

  #place(stream: LogStream, line: Buffer, at: Instant): void {
    const goesOn = this.#last === stream && this.#unfinished.has(stream);
    const continued = this.#unfinished.has(stream);
    const ended = line.at(-1) === newline;
    if (ended) this.#unfinished.delete(stream);
    else this.#unfinished.add(stream);
    this.#last = stream;
    const room = this.#tail === null ? this.#limit - this.#tailLimit - markBytes - this.#headBytes : 0;
    if (line.length <= room) {
      if (!goesOn) this.#addRecord(stream, continued, at);
      this.#addBytes(line);
      return;
    }
    this.#tail ??= new LogTail(this.#tailLimit);
    if (room > this.#tailLimit / 2) {
      // One line longer than the room left: its beginning stays in the head.
      if (!goesOn) this.#addRecord(stream, continued, at);
      this.#addBytes(line.subarray(0, room));
      this.#tail.push(line.subarray(room), { stream, continued: true, at }, true);
    } else {
      this.#tail.push(line, { stream, continued, at }, !goesOn);
    }
    this.#tailChanged = true;
  }

  #addRecord(stream: LogStream, continued: boolean, at: Instant): void {
    this.#pendingRecords.add({ offset: this.#headBytes, at, stream, continued });
  }

  #addBytes(bytes: Buffer): void {
    this.#pending.add(bytes);
    this.#headBytes += bytes.length;
    this.#headEndsOpen = bytes.at(-1) !== newline;
  }

  #awaitQuiet(): void {
    this.#cancelQuiet ??= this.#clock.after(quietMs, () => {
      this.#cancelQuiet = null;
      this.#splitter.flush(this.#clock.mono() - quietMs + 1);
      this.#flush();
      if (this.#splitter.holding) this.#awaitQuiet();
    });
  }

  #flush(): void {
    if (this.#writing === null && this.#pending.length > 0) this.#startWriting(() => this.#writePending());
    if (this.#tailChanged) {
      this.#cancelTail ??= this.#clock.after(tailEveryMs, () => {
        this.#cancelTail = null;
        if (this.#writing === null) this.#startWriting(() => this.#writeTail(false));
      });
    }
  }

  #startWriting(work: () => Promise<void>): void {
    this.#writing = this.#attempt(work).then(() => {
      this.#writing = null;
      if (this.#full && this.#pending.length < resumesAt) {
        this.#full = false;
        if (!this.#stalled) this.#onRoom();
      }
      this.#flush();
      return undefined;
    });
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    try {
      if (this.#failure === null) await work();
    } catch (error) {
      this.#failure = error as NodeJS.ErrnoException;
    }
    if (this.#failure !== null) this.#pending.take();
  }

  /** Where not even the mark finds room, {@link failure} alone tells. */
  async #markBroken(code: string | undefined): Promise<void> {
    this.#lostBytes = this.#total;
    try {
      const kept = await markBroken({
        data: this.#data,
        index: this.#index,
        bytes: this.#indexedBytes,
        lines: this.#writtenLines,
        total: this.#total,
        generation: this.#generation,
        at: this.#clock.wall(),
        code,
      });
      this.#lostBytes = this.#total - kept;
    } catch {
      this.#lostBytes = this.#total - this.#indexedBytes;
    }
  }

  async #writePending(): Promise<void> {
    const data = this.#pending.take();
    const records = this.#pendingRecords.take();
    await writeFully(this.#data, data, this.#writtenBytes);
    this.#writtenBytes += data.length;
    if (this.#writtenLines === 0) await writeFully(this.#index, encodeHeader(emptyHeader), 0);
    await writeFully(this.#index, records, headerBytes + this.#writtenLines * recordBytes);
    this.#writtenLines += records.length / recordBytes;
    this.#indexedBytes = this.#writtenBytes;
  }

  async #writeTail(complete: boolean): Promise<void> {
    this.#tailChanged = false;
    const tail = this.#tail;
    if (tail === null) return;
    const cutBytes = tail.droppedBytes;
    const cutLines = tail.droppedLines;
    const records = this.#pendingRecords;
    if (cutBytes > 0) {
      const broken = this.#headEndsOpen ? '\n' : '';
      const text = `--- ${cutBytes} bytes (${cutLines} lines) cut: the limit is ${this.#limit} bytes ---\n`;
      const offset = this.#writtenBytes + broken.length;
      records.add({ offset, at: this.#clock.wall(), stream: 'system', continued: false });
      this.#pending.add(Buffer.from(broken + text));
    }
    tail.copyTo(this.#pending, records, this.#writtenBytes + this.#pending.length);
    const bytes = this.#pending.take();
    const index = records.take();
    const lines = headerBytes + this.#writtenLines * recordBytes;
    await writeFully(this.#data, bytes, this.#writtenBytes);
    await truncate(this.#data, this.#writtenBytes + bytes.length);
    await writeFully(this.#index, index, lines);
    await truncate(this.#index, lines + index.length);
    this.#generation += 1;
    const header = { complete, generation: this.#generation, headLines: this.#writtenLines, cutLines, cutBytes };
    await writeFully(this.#index, encodeHeader(header), 0);
  }
}

/** Mostly the worker has made the folder already. */
function create(path: string): number {
  try {
    return openSync(path, 'w', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    return openSync(path, 'w', 0o600);
  }
}
