/** Archives in the format that every `tar` reads (POSIX ustar), with the few kinds of entries that a backup has. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { JobTriggerError } from '../../errors.ts';

const block = 512;
const nameBytes = 100;
const longestRecord = 65_536;
/** What eleven octal digits cannot say is said in binary, as GNU and BSD do. */
const mostOctal = 8 ** 11;

export interface TarEntry {
  readonly name: string;
  readonly bytes: number;
  /** Where its content begins in the archive. */
  readonly offset: number;
}

/** A file as it was written or read. */
export interface TarFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** The record that says a name which a header has no room for: its own length, in decimals, counts too. */
function nameRecord(name: string): Buffer {
  const rest = ` path=${name}\n`;
  const restBytes = Buffer.byteLength(rest);
  let length = restBytes + 1;
  while (`${length}`.length + restBytes !== length) length = `${length}`.length + restBytes;
  return Buffer.from(`${length}${rest}`);
}

function sizeField(bytes: number): Buffer {
  if (bytes < mostOctal) return Buffer.from(`${bytes.toString(8).padStart(11, '0')}\0`);
  const field = Buffer.alloc(12);
  field.writeBigUInt64BE(BigInt(bytes), 4);
  field[0] = 0x80;
  return field;
}

/** A name that is too long stands in an entry of its own before it (`x` of POSIX pax). */
function header(name: string, bytes: number, modifiedAt: number): Buffer {
  if (Buffer.byteLength(name) <= nameBytes) return headerBlock(name, { bytes, modifiedAt, type: '0' });
  const record = nameRecord(name);
  return Buffer.concat([
    headerBlock('name', { bytes: record.length, modifiedAt, type: 'x' }),
    record,
    padding(record.length),
    headerBlock('long', { bytes, modifiedAt, type: '0' }),
  ]);
}

function headerBlock(
  name: string,
  { bytes, modifiedAt, type }: { readonly bytes: number; readonly modifiedAt: number; readonly type: '0' | 'x' },
): Buffer {
  const head = Buffer.alloc(block);
  head.write(name, 0);
  head.write('0000600\0', 100);
  head.write('0000000\0', 108);
  head.write('0000000\0', 116);
  sizeField(bytes).copy(head, 124);
  head.write(
    `${Math.floor(modifiedAt / 1000)
      .toString(8)
      .padStart(11, '0')}\0`,
    136,
  );
  head.write('        ', 148);
  head.write(type, 156);
  head.write('ustar\x0000', 257);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return head;
}

const padding = (bytes: number): Buffer => Buffer.alloc((block - (bytes % block)) % block);

/** Appends to a file that it was given, and closes nothing. */
export class TarWriter {
  readonly #file: FileHandle;
  readonly #modifiedAt: number;

  constructor(file: FileHandle, modifiedAt: number) {
    this.#file = file;
    this.#modifiedAt = modifiedAt;
  }

  /** At most `bytes` of the file at `from`, as a log may grow meanwhile. @throws `conflict` when it became shorter */
  async addFile(name: string, from: string, bytes: number): Promise<TarFile> {
    await this.#file.writeFile(header(name, bytes, this.#modifiedAt));
    const hash = createHash('sha256');
    let left = bytes;
    if (bytes > 0) {
      for await (const piece of createReadStream(from, { end: bytes - 1 }) as AsyncIterable<Buffer>) {
        hash.update(piece);
        left -= piece.length;
        await this.#file.writeFile(piece);
      }
    }
    if (left !== 0) throw new JobTriggerError('conflict', `${name} became shorter while it was copied. Try again.`);
    await this.#file.writeFile(padding(bytes));
    return { path: name, bytes, sha256: hash.digest('hex') };
  }

  async addText(name: string, text: string): Promise<void> {
    const content = Buffer.from(text);
    await this.#file.writeFile(
      Buffer.concat([header(name, content.length, this.#modifiedAt), content, padding(content.length)]),
    );
  }

  async end(): Promise<void> {
    await this.#file.writeFile(Buffer.alloc(2 * block));
    await this.#file.sync();
  }
}

function textOf(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? field.length : end);
}

function isWhole(head: Buffer): boolean {
  const said = Number.parseInt(textOf(head.subarray(148, 156)), 8);
  const sum = head.reduce((total, byte, place) => total + (place >= 148 && place < 156 ? 0x20 : byte), 0);
  return said === sum && textOf(head.subarray(257, 262)) === 'ustar';
}

/** The size that a header says, NaN for none. */
function sizeIn(head: Buffer): number {
  const field = head.subarray(124, 136);
  return field[0] === 0x80 ? Number(field.readBigUInt64BE(4)) : Number.parseInt(textOf(field), 8);
}

/** The end of an archive is a block of nothing; what is neither that nor a header is no archive. */
function isEnd(head: Buffer, bytesRead: number): boolean {
  if (bytesRead === block && head.every((byte) => byte === 0)) return true;
  if (bytesRead < block || !isWhole(head)) throw new JobTriggerError('invalid', 'The file is no whole backup.');
  return false;
}

/** The name that an entry of records gives to the one after it. */
async function nameIn(file: FileHandle, at: number, bytes: number): Promise<string | null> {
  if (bytes > longestRecord) throw new JobTriggerError('invalid', 'The file is no whole backup.');
  const records = Buffer.alloc(bytes);
  await file.read(records, 0, bytes, at);
  return /^\d+ path=(.+)\n/m.exec(records.toString('utf8'))?.[1] ?? null;
}

/** The plain files of an archive, in order. @throws {JobTriggerError} `invalid` when it is none, or cut off */
export async function readTar(file: FileHandle): Promise<readonly TarEntry[]> {
  const { size } = await file.stat();
  const entries: TarEntry[] = [];
  const head = Buffer.alloc(block);
  let longName: string | null = null;
  for (let at = 0; ;) {
    const { bytesRead } = await file.read(head, 0, block, at);
    if (isEnd(head, bytesRead)) return entries;
    const bytes = sizeIn(head);
    const [type, name] = [String.fromCharCode(head[156] ?? 0), textOf(head.subarray(0, nameBytes))];
    at += block;
    if (!Number.isSafeInteger(bytes) || at + bytes > size)
      throw new JobTriggerError('invalid', 'The backup is cut off.');
    if (type === '0') entries.push({ name: longName ?? name, bytes, offset: at });
    longName = type === 'x' ? await nameIn(file, at, bytes) : null;
    at += Math.ceil(bytes / block) * block;
  }
}
