import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Instant } from '../model/instant.ts';
import { emptyHeader, encodeHeader, RecordList, type LogStream } from './log-format.ts';
import { indexPath } from './log-path.ts';

/** One line of output, without its end. */
export interface WrittenLine {
  readonly at: Instant;
  readonly stream: LogStream;
  readonly text: string;
}

/** Writes a log that is complete from the start, with the index beside it: output that nobody has to wait for. */
export function writeLogFile(path: string, lines: readonly WrittenLine[]): void {
  const records = new RecordList();
  let offset = 0;
  for (const { at, stream, text } of lines) {
    records.add({ offset, at, stream, continued: false });
    offset += Buffer.byteLength(text) + 1;
  }
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, lines.map(({ text }) => `${text}\n`).join(''), { mode: 0o600 });
  const header = encodeHeader({ ...emptyHeader, complete: true });
  writeFileSync(indexPath(path), Buffer.concat([header, records.take()]), { mode: 0o600 });
}
