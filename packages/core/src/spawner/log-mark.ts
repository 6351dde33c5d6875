/** The last line of a log that the disk refused: it has to find room where there is none. */
import { ftruncate, read } from 'node:fs';
import { promisify } from 'node:util';
import type { Instant } from '../model/instant.ts';
import { encodeHeader, headerBytes, offsetAt, recordBytes, RecordList } from './log-format.ts';
import { writeFully } from './write-fully.ts';

const truncate = promisify(ftruncate);
const readAt = promisify(read);

export interface BrokenLog {
  readonly data: number;
  readonly index: number;
  /** Bytes and lines that are whole on disk, with their index. */
  readonly bytes: number;
  readonly lines: number;
  /** Everything that came in. */
  readonly total: number;
  readonly generation: number;
  readonly at: Instant;
  readonly code: string | undefined;
}

/** @returns bytes of output that are kept. @throws when not even the mark finds room */
export async function markBroken(log: BrokenLog): Promise<number> {
  await truncate(log.data, log.bytes);
  await truncate(log.index, headerBytes + log.lines * recordBytes);
  try {
    return await writeMark(log, { offset: log.bytes, lines: log.lines });
  } catch (error) {
    // In the place of the last lines, which need no new blocks.
    const place = await placeBefore(log);
    if (place === null) throw error;
    return await writeMark(log, place);
  }
}

interface Place {
  readonly offset: number;
  /** Lines that stay before it. */
  readonly lines: number;
}

const why: Readonly<Record<string, string>> = { ENOSPC: 'no space', EDQUOT: 'no space' };

function textOf({ total, code = 'unknown' }: BrokenLog, { offset }: Place): Buffer {
  return Buffer.from(`--- truncated: ${why[code] ?? code} (${total - offset} bytes lost) ---\n`);
}

async function writeMark(log: BrokenLog, place: Place): Promise<number> {
  const { offset, lines } = place;
  const text = textOf(log, place);
  const record = new RecordList();
  record.add({ offset, at: log.at, stream: 'system', continued: false });
  await writeFully(log.data, text, offset);
  await truncate(log.data, offset + text.length);
  await writeFully(log.index, record.take(), headerBytes + lines * recordBytes);
  await truncate(log.index, headerBytes + (lines + 1) * recordBytes);
  const cutBytes = log.total - offset;
  const header = { complete: true, generation: log.generation + 1, headLines: lines, cutLines: 0, cutBytes };
  await writeFully(log.index, encodeHeader(header), 0);
  return offset;
}

/** The newest line behind which the mark fits into what is written. */
async function placeBefore(log: BrokenLog): Promise<Place | null> {
  const record = Buffer.alloc(recordBytes);
  for (let lines = log.lines - 1; lines >= 0; lines -= 1) {
    await readAt(log.index, record, 0, recordBytes, headerBytes + lines * recordBytes);
    const place = { offset: offsetAt(record, 0), lines };
    if (log.bytes - place.offset >= textOf(log, place).length) return place;
  }
  return null;
}
