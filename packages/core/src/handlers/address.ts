/**
 * Which addresses a request of ours may reach: the public ones, and what the installation allows by name.
 *
 * Pure. The answer for a name is only known where the connection resolves it (`http-connection.ts`); literals are
 * checked here too, as nothing resolves them.
 */
import { isIP } from 'node:net';

type Bytes = readonly number[];

/** The 4 or 16 bytes of an address; null when the text is none. Zones (`%eth0`) are not addresses here. */
export function addressBytes(text: string): Bytes | null {
  const version = text.includes('%') ? 0 : isIP(text);
  if (version === 4) return text.split('.').map(Number);
  return version === 6 ? bytesOf6(text) : null;
}

function bytesOf6(text: string): Bytes {
  const dotted = text.lastIndexOf(':') + 1;
  const four = text.includes('.') ? text.slice(dotted).split('.').map(Number) : null;
  const hex = four === null ? text : text.slice(0, dotted) + words(four);
  const [head = '', tail] = hex.split('::');
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return [...before, ...zeros, ...after].flatMap((group) => [group >> 8, group & 0xff]);
}

function words(four: Bytes): string {
  const [a = 0, b = 0, c = 0, d = 0] = four;
  return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

function groups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16));
}

interface Range {
  readonly bytes: Bytes;
  readonly bits: number;
}

function range(text: string): Range {
  const [address = '', bits] = text.split('/');
  const bytes = addressBytes(address);
  if (bytes === null) throw new RangeError(`not an address: ${text}`);
  return { bytes, bits: bits === undefined ? bytes.length * 8 : Number(bits) };
}

function isInside(bytes: Bytes, { bytes: base, bits }: Range): boolean {
  if (bytes.length !== base.length) return false;
  return bytes.every((byte, place) => {
    const left = Math.min(8, Math.max(0, bits - place * 8));
    const mask = (0xff << (8 - left)) & 0xff;
    return (byte & mask) === ((base[place] ?? 0) & mask);
  });
}

/** IANA's special-purpose IPv4 addresses, multicast and the reserved rest. */
const closed4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
].map(range);
/** Only here are addresses that the world routes; within it, what is set aside (protocols, Teredo, 6to4, documentation). */
const global6 = range('2000::/3');
const closed6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'].map(range);
/** IPv6 forms that lead to the IPv4 address in their last four bytes: mapped and translated. */
const carrying4 = ['::ffff:0:0/96', '64:ff9b::/96'].map(range);

/** Whether an address is one that anybody in the world could be asked under. */
export function isPublicAddress(text: string): boolean {
  const bytes = addressBytes(text);
  return bytes !== null && isPublic(bytes);
}

function isPublic(bytes: Bytes): boolean {
  if (bytes.length === 4) return !closed4.some((closed) => isInside(bytes, closed));
  if (carrying4.some((carrier) => isInside(bytes, carrier))) return isPublic(bytes.slice(12));
  return isInside(bytes, global6) && !closed6.some((closed) => isInside(bytes, closed));
}

/** `security.outgoing_allow`, read once. */
export interface AllowList {
  /** Whether this address is allowed by itself. */
  address(text: string): boolean;
  /** Whether everything under this host name is allowed, at this port. */
  host(name: string, port: number): boolean;
  /** Whether an entry names this port of this host or address. */
  port(name: string, port: number): boolean;
}

/**
 * Reads entries such as `10.1.2.3`, `10.0.0.0/8`, `fd00::/8`, `intranet.example`, `intranet.example:9000` and
 * `[::1]:9000`. With a port only that one is allowed, also where it is none of the usual ones.
 *
 * @throws RangeError naming an entry that is none of these
 */
export function allowList(entries: readonly string[]): AllowList {
  const ranges: Range[] = [];
  const hosts: { name: string; port: number | null }[] = [];
  for (const entry of entries) {
    const parsed = parseEntry(entry);
    if ('bytes' in parsed) ranges.push(parsed);
    else hosts.push(parsed);
  }
  const address = (text: string): boolean => {
    const bytes = addressBytes(text);
    if (bytes === null) return false;
    const inner = carrying4.some((carrier) => isInside(bytes, carrier)) ? bytes.slice(12) : bytes;
    return ranges.some((allowed) => isInside(inner, allowed) || isInside(bytes, allowed));
  };
  const named = (name: string, port: number): { port: number | null } | undefined =>
    hosts.find((host) => host.name === plainHost(name) && (host.port === null || host.port === port));
  return {
    address,
    host: (name, port) => named(name, port) !== undefined,
    port: (name, port) => named(name, port)?.port === port,
  };
}

/** An address or a range of them; null for anything else. */
function parseRange(base: string, bits: string | undefined): Range | null {
  const bytes = addressBytes(base);
  if (bytes === null) return null;
  const width = bits === undefined ? bytes.length * 8 : Number(bits);
  return width <= bytes.length * 8 ? { bytes, bits: width } : null;
}

/** Whether the text is an address or a range of them, as `10.0.0.0/8`. */
export function isAddressRange(text: string): boolean {
  const [, base = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  return parseRange(base, bits) !== null;
}

function parseEntry(entry: string): Range | { name: string; port: number | null } {
  const text = entry.trim();
  const [, base = '', bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const range = parseRange(base, bits);
  if (range !== null) return range;
  const host = bits === undefined ? parseHost(text) : null;
  if (host === null)
    throw new RangeError(`${JSON.stringify(entry)} is no address, range (10.0.0.0/8) or host (name or name:port).`);
  return host;
}

function parseHost(text: string): { name: string; port: number | null } | null {
  const [, name, port] = /^(\[[0-9a-f:.]+\]|[\p{L}\p{N}_.-]+)(?::(\d{1,5}))?$/iu.exec(text) ?? [];
  if (name === undefined || Number(port ?? 1) > 65_535) return null;
  return { name: plainHost(name), port: port === undefined ? null : Number(port) };
}

/** A host as it is compared: lower case, no brackets, no dot at the end. */
export function plainHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '');
}
