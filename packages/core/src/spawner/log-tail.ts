/**
 * The last bytes of an output that outgrew its limit: a queue of blocks, of which the oldest is dropped.
 *
 * Blocks end at line ends where lines are shorter than a block, so that the kept tail begins with a whole line.
 */
import type { ByteList } from './byte-list.ts';
import { RecordList, readRecord, recordBytes, type LogRecord } from './log-format.ts';

interface Block {
  readonly bytes: Buffer;
  used: number;
  /** Offsets are counted from the block's own beginning. */
  readonly records: RecordList;
}

const blocksInTail = 6;

export class LogTail {
  readonly #blockBytes: number;
  readonly #blocks: Block[] = [];
  #droppedBytes = 0;
  #droppedLines = 0;

  /** @param limitBytes the most that is kept; five sixths of it at least, when lines are short beside a block */
  constructor(limitBytes: number) {
    this.#blockBytes = Math.max(1, Math.floor(limitBytes / blocksInTail));
  }

  get droppedBytes(): number {
    return this.#droppedBytes;
  }
  get droppedLines(): number {
    return this.#droppedLines;
  }

  /** `record` is null when the bytes go on with the line before. Its offset is not looked at. */
  push(bytes: Buffer, record: Omit<LogRecord, 'offset'>, starts: boolean): void {
    let rest = bytes;
    let starting = starts;
    while (rest.length > 0) {
      const block = this.#blockFor(rest.length);
      const piece = rest.subarray(0, this.#blockBytes - block.used);
      if (starting || block.used === 0) {
        block.records.add({ ...record, offset: block.used, continued: record.continued || !starting });
      }
      piece.copy(block.bytes, block.used);
      block.used += piece.length;
      rest = rest.subarray(piece.length);
      starting = false;
    }
  }

  /** Adds what is kept to `bytes` and `records`, oldest first, with the records' offsets counted from `base`. */
  copyTo(bytes: ByteList, records: RecordList, base: number): void {
    let start = base;
    for (const block of this.#blocks) {
      const view = block.records.view();
      for (let position = 0; position < view.length; position += recordBytes) {
        const record = readRecord(view, position);
        records.add({ ...record, offset: record.offset + start });
      }
      bytes.add(block.bytes.subarray(0, block.used));
      start += block.used;
    }
  }

  /** The newest block, while the piece fits into it or fits into none; else the next. */
  #blockFor(length: number): Block {
    const current = this.#blocks.at(-1);
    const room = current === undefined ? 0 : this.#blockBytes - current.used;
    if (current === undefined || room === 0) return this.#open();
    const fits = length <= room || current.used === 0;
    return fits || length > this.#blockBytes ? current : this.#open();
  }

  #open(): Block {
    const oldest = this.#blocks.length === blocksInTail ? this.#blocks.shift() : undefined;
    const block = oldest ?? { bytes: Buffer.allocUnsafe(this.#blockBytes), used: 0, records: new RecordList() };
    this.#droppedBytes += block.used;
    this.#droppedLines += block.records.count;
    block.used = 0;
    block.records.clear();
    this.#blocks.push(block);
    return block;
  }
}
