/**
 * Several artifacts as one archive (APPNOTE.TXT of PKWARE), as they are and not pressed: most are pressed already, and so
 * the size is known before the first byte. Everything is said ahead of the bytes, so that any reader can take it as it comes.
 */
import type { Instant } from '../model/instant.ts';

export interface ZipEntry {
  readonly name: string;
  readonly bytes: number;
  readonly crc32: number;
  readonly at: Instant;
  readonly read: () => Promise<AsyncIterable<Uint8Array>>;
}

/** What 32 bits of a length can say. */
const mostBytes = 0xffff_ffff;
const localBytes = 30;
const centralBytes = 46;
const endBytes = 22;

/** Null when it would be larger than the format's first edition can say. */
export function zipSize(entries: readonly Pick<ZipEntry, 'name' | 'bytes'>[]): number | null {
  let size = endBytes;
  for (const { name, bytes } of entries) size += localBytes + centralBytes + 2 * Buffer.byteLength(name) + bytes;
  return size > mostBytes || entries.length > 0xffff ? null : size;
}

export async function* zipOf(entries: readonly ZipEntry[]): AsyncGenerator<Uint8Array> {
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const name = Buffer.from(entry.name);
    const facts = factsOf(entry, name.length);
    const local = Buffer.alloc(localBytes);
    local.writeUInt32LE(0x04034b50, 0);
    facts.copy(local, 4);
    yield Buffer.concat([local, name]);
    yield* await entry.read();
    const central = Buffer.alloc(centralBytes);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(versionMade, 4);
    facts.copy(central, 6);
    central.writeUInt32LE(plainFile, 38);
    central.writeUInt32LE(offset, 42);
    directory.push(central, name);
    offset += localBytes + name.length + entry.bytes;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(endBytes);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(offset, 16);
  yield listing;
  yield end;
}

/** Unix, so that the mode counts. */
const versionMade = (3 << 8) | 20;
const plainFile = (0o100644 << 16) >>> 0;
const nameIsUtf8 = 0x0800;

/** The 26 bytes that both headers of an entry share. */
function factsOf({ bytes, crc32, at }: ZipEntry, nameBytes: number): Buffer {
  const date = new Date(at);
  const year = Math.min(127, Math.max(0, date.getUTCFullYear() - 1980));
  const facts = Buffer.alloc(26);
  facts.writeUInt16LE(20, 0);
  facts.writeUInt16LE(nameIsUtf8, 2);
  facts.writeUInt16LE((date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1), 6);
  facts.writeUInt16LE((year << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate(), 8);
  facts.writeUInt32LE(crc32, 10);
  facts.writeUInt32LE(bytes, 14);
  facts.writeUInt32LE(bytes, 18);
  facts.writeUInt16LE(nameBytes, 22);
  return facts;
}
